// The posting page.

import { wireBucket } from "./bucket.js";
import { countTexts } from "./counter.js";
import { addStoredRow } from "./file_rows.js";
import { whenReady } from "./htmx_ready.js";
import { keepFiles, keptFiles } from "./keep_files.js";
import { keepTyped } from "./keep_typed.js";
import { wirePhotos, wireStoredPhoto } from "./photos.js";
import { UploadApi } from "./upload_api.js";
import { showStoredVideo, wireVideo } from "./video.js";

const wired = new WeakSet();

/** Wire the form that the page shows. An embed's page gets its form later, and a new form for each kind of post. */
function wireShown() {
  const form = document.getElementById("post-form");
  if (form && !wired.has(form)) {
    wired.add(form);
    wire(form, document.getElementById("media"));
  }
  countTexts(document);
}

function wire(form, section) {
  const api = new UploadApi(section.dataset.home, form.elements.csrf.value);
  const list = section.querySelector("#files");
  const isVideo = section.dataset.kind === "video";
  const show = (row, key) => (isVideo ? showStoredVideo(section, api.preview(key)) : wireStoredPhoto(row, api.preview(key)));
  if (isVideo) wireVideo(section, api);
  else wirePhotos(section, api);
  wireBucket(section, show);
  for (const file of givenFiles(section) ?? keptFiles(form)) show(addStoredRow(list, file), file.key);
  keepFiles(form, list);
  const cover = list.querySelectorAll("[name=cover_index]")[section.dataset.cover];
  if (cover) cover.checked = true;
  const isRestored = keepTyped(form);
  form.elements.time_zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
  // The server renders what depends on the restored choices.
  if (isRestored || list.children.length) whenReady(form, () => form.dispatchEvent(new Event("change")));
}

/** The files of a plan, which a person cannot change; undefined without a plan. */
function givenFiles({ dataset }) {
  return dataset.given && JSON.parse(dataset.given);
}

/** Make the browser ask before a person leaves the page during an upload. */
addEventListener("beforeunload", (event) => {
  if (document.querySelector("#files li:not(.ready, .failed)")) event.preventDefault();
});

wireShown();
document.addEventListener("htmx:after:swap", wireShown);
