/** Call `act` once htmx handles the element. htmx may prepare elements before this script runs, or after the page's load event. */
export function whenReady(element, act) {
  if (element.hasAttribute("data-htmx-powered")) act();
  else element.addEventListener("htmx:after:init", act, { once: true });
}
