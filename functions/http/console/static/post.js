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

const form = document.getElementById("post-form");
if (form) wire(form, document.getElementById("media"));

function wire(form, section) {
  const api = new UploadApi(form.elements.csrf.value);
  const list = section.querySelector("#files");
  const isVideo = section.dataset.kind === "video";
  const show = isVideo ? (row, key) => showStoredVideo(section, key) : wireStoredPhoto;
  if (isVideo) wireVideo(section, api);
  else wirePhotos(section, api);
  wireBucket(section, show);
  for (const file of keptFiles(form)) show(addStoredRow(list, file), file.key);
  keepFiles(form, list);
  const isRestored = keepTyped(form);
  form.elements.time_zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
  countTexts(document);
  document.addEventListener("htmx:after:swap", () => countTexts(document));
  warnBeforeLeaving(list);
  // The server renders what depends on the choices that were put back.
  if (isRestored || list.children.length) whenReady(form, () => form.dispatchEvent(new Event("change")));
}

/** A browser asks before it leaves a page whose upload is under way. */
function warnBeforeLeaving(list) {
  addEventListener("beforeunload", (event) => {
    if (list.querySelector("li:not(.ready, .failed)")) event.preventDefault();
  });
}
