// Refreshes the parts of a page that change. An element with data-poll (seconds) gets the event "poll" that often, and
// its hx-trigger names that event. A hidden tab asks for nothing; when it is shown again, each part is asked for at once.

const TICK_MS = 500;
const asked = new WeakMap();

function ask(element) {
  asked.set(element, Date.now());
  element.dispatchEvent(new Event("poll"));
}

function askForDue() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-poll]")) {
    if (!asked.has(element)) asked.set(element, Date.now());
    if (Date.now() - asked.get(element) >= element.dataset.poll * 1_000) ask(element);
  }
}

setInterval(askForDue, TICK_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelectorAll("[data-poll]").forEach(ask);
});
