// A page in the site of an adopter: exchanges the link's secret for a token, sends it with each request, opens every
// page inside this one, and reports the results to the adopter's site. It accepts no messages.

import { secret } from "./embed_secret.js";
import { whenReady } from "./htmx_ready.js";
import { forgetTyped } from "./keep_typed.js";
import { sessionHeaders, setSessionHeaders } from "./session_headers.js";

const TRIES = 5;
const TRY_AGAIN_MS = 2_000;

const main = document.getElementById("main");
const content = document.getElementById("page");
const { home, origin, page } = main.dataset;
const isPopup = window.parent === window;
const site = isPopup ? window.opener : window.parent;
const results = { publish_ids: [], account_ids: [] };

let told = "";
let isShown = false;
let connectWindow = null;

function tell(message) {
  site?.postMessage(message, origin);
}

function tellClosed() {
  tell({ type: "dropcast.closed", page, ...results });
}

/** The session, or null if the link is not valid, or if the server does not answer. */
async function exchange() {
  const headers = { "Content-Type": "application/json" };
  for (let left = TRIES; left > 0; left -= 1) {
    const request = { method: "POST", headers, body: JSON.stringify({ secret }), credentials: "omit" };
    const answer = await fetch(`${home}/session`, request).catch(() => null);
    if (answer?.ok) return answer.json();
    if (answer && answer.status < 500 && answer.status !== 429) return null;
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
  return null;
}

async function open() {
  const session = secret ? await exchange() : null;
  if (!session) return end();
  setSessionHeaders({ Authorization: `Bearer ${session.token}` });
  setTimeout(end, session.expires_in * 1_000);
  whenReady(content, () => content.dispatchEvent(new Event("show")));
}

/** Show that the session has ended, stop all polling, and report the end to the adopter's site. */
function end() {
  const notice = document.getElementById("ended");
  if (!notice.hidden) return;
  notice.hidden = false;
  for (const part of document.querySelectorAll("[data-poll]")) part.removeAttribute("data-poll");
  document.getElementById("loading")?.remove();
  setSessionHeaders({});
  tell({ type: "dropcast.expired" });
}

function tellPublish() {
  const { publishId, accountId, state } = document.querySelector("[data-publish-id]")?.dataset ?? {};
  if (!publishId || told === `${publishId} ${state}`) return;
  told = `${publishId} ${state}`;
  if (!results.publish_ids.includes(publishId)) results.publish_ids.push(publishId);
  tell({ type: "dropcast.publish", publish_id: publishId, account_id: accountId, state });
}

function tellConnected() {
  const { connected } = document.querySelector("[data-connected]")?.dataset ?? {};
  if (!connected || results.account_ids.includes(connected)) return;
  results.account_ids.push(connected);
  tellClosed();
}

/** Remove the last page's problem and move the focus to the new page. At the first page the site keeps the focus. */
function showNewPage() {
  document.getElementById("trouble").replaceChildren();
  if (isShown) main.focus();
  isShown = true;
}

/** Open the new link to TikTok in the window that the click opened. Without a window, the person uses the link on the page. */
function continueInWindow() {
  const link = document.getElementById("connect-link");
  if (link && connectWindow) connectWindow.location.href = link.href;
  connectWindow = null;
}

document.addEventListener("htmx:config:request", ({ detail }) => {
  detail.ctx.request.credentials = "omit";
  Object.assign(detail.ctx.request.headers, sessionHeaders());
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  for (const { dataset } of document.querySelectorAll("[data-forget]")) forgetTyped(dataset.forget);
  tellPublish();
  tellConnected();
  if (detail.ctx.target.id === "connection") continueInWindow();
  if (detail.ctx.target === content) showNewPage();
});
document.addEventListener("htmx:response:error", ({ detail }) => {
  connectWindow?.close();
  connectWindow = null;
  if (detail.ctx.response.status === 401) end();
});
document.addEventListener("session-ended", end);

document.addEventListener("click", (event) => {
  // Browsers allow a new window only during the click, so it is opened before its address is known.
  if (event.target.closest("[data-opens-window]")) {
    connectWindow = window.open("", "_blank", "popup,width=520,height=760");
    if (connectWindow) connectWindow.opener = null;
    return;
  }
  const link = event.target.closest("a[href]");
  if (!link || link.target || !content.contains(link)) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.pathname + link.search, { target: "#page", swap: "innerHTML" });
});

const closeButton = document.getElementById("close");
closeButton.disabled = false;
closeButton.addEventListener("click", () => {
  tellClosed();
  if (isPopup) window.close();
});

open();
