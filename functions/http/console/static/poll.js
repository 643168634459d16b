// Refreshes the parts of a page that change. An element with data-poll (seconds) gets the event "poll" that often, and
// its hx-trigger names that event. A hidden tab asks for nothing; when it is shown again, each part is asked for at once.
// If a refresh is refused, #trouble says so until a refresh succeeds or another request writes there.

const TICK_MS = 500;
const asked = new WeakMap();
let isTroubled = false;

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

function noteOutcome({ detail }) {
  const { sourceElement, response } = detail.ctx;
  const isRefresh = "poll" in sourceElement.dataset;
  const isRefused = response.status >= 400;
  if (isTroubled && isRefresh && !isRefused) document.getElementById("trouble").replaceChildren();
  if (isRefresh || isRefused) isTroubled = isRefresh && isRefused;
}

setInterval(askForDue, TICK_MS);
document.addEventListener("htmx:after:request", noteOutcome);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelectorAll("[data-poll]").forEach(ask);
});
