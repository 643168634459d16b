// Sends the event "poll" to each element with data-poll, whose value is the interval in seconds. When a hidden tab is shown
// again, the script sends the event at once. A hidden tab sends none. #trouble shows a refused refresh until a refresh succeeds
// or another request writes there.

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
