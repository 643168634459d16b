// The pictures of a post: their order, which one is the cover, their previews and uploads.

import { onFiles } from "./file_drop.js";
import { addUploadRow } from "./file_rows.js";

/** Wire the area where a person chooses pictures. `api`: the calls for uploads. */
export function wirePhotos(section, api) {
  const list = section.querySelector("#files");
  const most = Number(section.dataset.maxPhotos);
  onFiles(section.querySelector(".drop-area"), (files) => {
    const free = most - list.children.length;
    for (const file of files.slice(0, free)) addPhoto(list, api, section.dataset.accountId, file);
    section.querySelector(".too-many").hidden = files.length <= free;
    renumber(list);
  });
  list.addEventListener("file-gone", () => renumber(list));
  wireDragging(list);
}

function addPhoto(list, api, accountId, file) {
  const row = addUploadRow(list, api, accountId, file);
  wireRow(row);
  row.querySelector("img").src = URL.createObjectURL(file);
}

/** Show the picture of a row whose file is in the bucket. `preview`: the promise of its address. */
export async function wireStoredPhoto(row, preview) {
  wireRow(row);
  renumber(row.parentElement);
  row.querySelector("img").src = await preview;
}

function wireRow(row) {
  row.querySelector("img").alt = row.querySelector(".name").textContent;
  row.draggable = !row.querySelector(".actions").hidden;
  row.querySelector(".earlier").addEventListener("click", () => move(row, -1));
  row.querySelector(".later").addEventListener("click", () => move(row, 1));
}

function move(row, step) {
  const list = row.parentElement;
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  const button = row.querySelector(step < 0 ? ".earlier" : ".later");
  changed(list);
  (button.disabled ? row.querySelector(step < 0 ? ".later" : ".earlier") : button).focus();
  document.getElementById("order-status").textContent = `${row.querySelector(".name").textContent} is now picture ${place(row) + 1}`;
}

/** Put a dragged row before the row under the pointer, or after it if the pointer is in that row's lower half. */
function wireDragging(list) {
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  list.addEventListener("dragend", () => {
    dragged = null;
    changed(list);
  });
}

function changed(list) {
  renumber(list);
  list.dispatchEvent(new CustomEvent("reordered", { bubbles: true }));
}

function place(row) {
  return [...row.parentElement.children].indexOf(row);
}

/** Set the numbers of the pictures, enable the buttons that can move a picture, and choose the first cover if there is none. */
function renumber(list) {
  const rows = [...list.children];
  rows.forEach((row, index) => {
    const cover = row.querySelector("[name=cover_index]");
    cover.value = index;
    row.querySelector(".place").textContent = `${index + 1}`;
    row.querySelector(".earlier").disabled = index === 0;
    row.querySelector(".later").disabled = index === rows.length - 1;
  });
  const covers = rows.map((row) => row.querySelector("[name=cover_index]"));
  if (covers.length && !covers.some((cover) => cover.checked)) covers[0].checked = true;
}
