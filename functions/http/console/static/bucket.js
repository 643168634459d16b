// Adds to the post a file that is already in the bucket. The person chooses it from the list that the server sent.

import { addStoredRow, removeRows } from "./file_rows.js";

/** A click on `[data-key]` in `section` adds that object to the post. `show(row, key)` shows its preview. */
export function wireBucket(section, show) {
  const list = section.querySelector("#files");
  section.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (!button) return;
    if (section.dataset.kind === "video") removeRows(list);
    const { key, name } = button.dataset;
    show(addStoredRow(list, { key, name }), key);
  });
}
