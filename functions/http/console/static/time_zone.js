// Fills in the person's time zone in fields without one, and shows times in this zone.
// data-time-zone: the id of the element that names the zone, or empty. data-moment: the time of a
// datetime-local field.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const field of document.querySelectorAll("[data-moment]")) {
  const moment = new Date(field.dataset.moment);
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  field.value = shifted.toISOString().slice(0, 16);
  for (const one of field.form.querySelectorAll("[data-time-zone]")) one.value = "";
}
for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value ||= zone;
  const words = document.getElementById(field.dataset.timeZone);
  if (words) words.textContent = field.value;
}
