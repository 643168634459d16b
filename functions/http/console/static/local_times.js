// Shows each <time> in the person's own time zone, also in parts that htmx puts into the page.
// A <time> that has only a date stays as it is.

const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function show(root) {
  for (const time of root.querySelectorAll("time[datetime*=T]")) {
    time.title = time.dateTime;
    time.textContent = format.format(new Date(time.dateTime));
  }
}

show(document);
document.addEventListener("htmx:after:swap", () => show(document));
