// The rows of the page's files: one for each file that is being uploaded or is already in the bucket.

import { Upload } from "./upload.js";

const KILOBYTE = 1_000;
const MEGABYTE = 1_000_000;

/**
 * Add a row for `file` to `list` and send the file. Events on the list: `file-ready`, `file-gone`.
 */
export function addUploadRow(list, api, accountId, file) {
  const row = addRow(list, file.name);
  const upload = new Upload(api, accountId, file);
  upload.addEventListener("progress", ({ detail }) => showProgress(row, detail));
  upload.addEventListener("waiting", () => say(row, "The upload was interrupted. It continues by itself."));
  upload.addEventListener("going", () => say(row, "Continuing …"));
  upload.addEventListener("done", ({ detail }) => finish(row, detail.key, "Uploaded"));
  upload.addEventListener("failed", ({ detail }) => fail(row, detail));
  row.addEventListener("removed", () => row.classList.contains("ready") || upload.cancel());
  upload.run();
  return row;
}

/** Add a row for an object that is in the bucket. */
export function addStoredRow(list, { key, name }) {
  const row = addRow(list, name);
  finish(row, key, "In the bucket");
  return row;
}

/** Remove all rows. */
export function removeRows(list) {
  for (const row of [...list.children]) removeRow(row);
}

function addRow(list, name) {
  const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  row.querySelector(".name").textContent = name;
  row.querySelector(".remove").setAttribute("aria-label", `Remove ${name}`);
  row.querySelector(".remove").addEventListener("click", () => removeRow(row));
  list.append(row);
  return row;
}

function removeRow(row) {
  const list = row.parentElement;
  row.remove();
  row.dispatchEvent(new CustomEvent("removed"));
  list.dispatchEvent(new CustomEvent("file-gone", { bubbles: true }));
}

function showProgress(row, { sent, total, bytesPerSecond, secondsLeft }) {
  const bar = row.querySelector("progress");
  bar.max = total;
  bar.value = sent;
  const [unit, name] = total < MEGABYTE ? [KILOBYTE, "KB"] : [MEGABYTE, "MB"];
  const amount = (bytes) => (bytes / unit).toFixed(1);
  const parts = sent < total ? [`${amount(sent)} of ${amount(total)} ${name}`] : [`${amount(total)} ${name}`];
  if (bytesPerSecond > 0 && sent < total) parts.push(`${amount(bytesPerSecond)} ${name}/s`);
  if (secondsLeft !== null && sent < total) parts.push(`${timeLeft(secondsLeft)} left`);
  row.querySelector(".figures").textContent = parts.join(" · ");
}

function finish(row, key, words) {
  const field = row.querySelector("[name=source]");
  field.disabled = false;
  field.value = key;
  row.classList.add("ready");
  row.querySelector("progress").hidden = true;
  say(row, words);
  row.dispatchEvent(new CustomEvent("file-ready", { bubbles: true }));
}

function fail(row, error) {
  row.classList.add("failed");
  row.querySelector("progress").hidden = true;
  say(row, `${error.message} ${error.fix}`);
}

/** `role=status` reads this text aloud, so it changes only when something happened. */
function say(row, text) {
  row.querySelector(".status").textContent = text;
}

function timeLeft(seconds) {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
