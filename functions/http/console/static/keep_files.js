// Stores the list of a post's uploaded files in the tab, so that a reload of the page or a new sign-in does not lose them.

import { tabStorage } from "./tab_storage.js";

/** The stored files of this form, in their order: [{key, name}]. */
export function keptFiles(form) {
  return JSON.parse(tabStorage.getItem(nameOf(form)) ?? "[]");
}

/** Store the ready rows of `list` at each change from now on. */
export function keepFiles(form, list) {
  for (const event of ["file-ready", "file-gone", "reordered"]) {
    list.addEventListener(event, () => tabStorage.setItem(nameOf(form), JSON.stringify([...readyFiles(list)])));
  }
}

function* readyFiles(list) {
  for (const row of list.querySelectorAll(".ready")) {
    yield { key: row.querySelector("[name=source]").value, name: row.querySelector(".name").textContent };
  }
}

function nameOf(form) {
  return `dropcast.form.${form.dataset.keep}.files.${form.elements.kind.value}`;
}
