// The video of a post: its preview, the check of its length against the creator's limit, its cover, and its upload.

import { onFiles } from "./file_drop.js";
import { addUploadRow, removeRows } from "./file_rows.js";

/** Wire the area where a person chooses the video. `api`: the calls for uploads. */
export function wireVideo(section, api) {
  const list = section.querySelector("#files");
  const player = section.querySelector("video");
  onFiles(section.querySelector(".drop-area"), async ([file]) => {
    if (!file) return;
    removeRows(list);
    await show(section, player, URL.createObjectURL(file));
    if (!isTooLong(section)) addUploadRow(list, api, section.dataset.accountId, file);
  });
  list.addEventListener("file-gone", () => {
    player.removeAttribute("src");
    player.load();
    player.hidden = true;
    section.querySelector("#cover")?.toggleAttribute("hidden", true);
  });
  wireCover(section, player);
}

/** Show a video that is in the bucket. `preview`: the promise of its address. */
export async function showStoredVideo(section, preview) {
  return show(section, section.querySelector("video"), await preview);
}

/** Show the video at `address`, and note its length, unless this browser cannot play it. */
async function show(section, player, address) {
  const seconds = await lengthOf(player, address);
  section.querySelector("[name=duration_ms]").value = seconds === null ? "" : Math.round(seconds * 1000);
  const longest = Number(section.dataset.maxSeconds);
  const line = section.querySelector(".too-long");
  line.hidden = !isTooLong(section);
  line.textContent = `This video is ${Math.ceil(seconds)} s long. TikTok lets this creator post up to ${longest} s. Choose a shorter video.`;
}

function isTooLong(section) {
  const longest = Number(section.dataset.maxSeconds) * 1000;
  return longest > 0 && Number(section.querySelector("[name=duration_ms]").value) > longest;
}

function lengthOf(player, address) {
  return new Promise((resolve) => {
    player.onloadedmetadata = () => resolve(Number.isFinite(player.duration) ? player.duration : null);
    player.onerror = () => resolve(null);
    player.hidden = false;
    player.src = address;
  });
}

function wireCover(section, player) {
  const cover = section.querySelector("#cover");
  if (!cover) return;
  const slider = cover.querySelector("#cover-slider");
  const words = cover.querySelector("#cover-words");
  const field = cover.querySelector("[name=cover_timestamp_ms]");
  player.addEventListener("loadedmetadata", () => {
    slider.max = Number.isFinite(player.duration) ? Math.max(0, Math.floor(player.duration * 1000) - 1) : 0;
    cover.hidden = Number(slider.max) <= 0;
    if (field.value) showChosen(field.value);
  });
  slider.addEventListener("input", () => {
    player.pause();
    player.currentTime = slider.valueAsNumber / 1000;
    field.value = slider.value;
    showChosen(slider.value);
  });
  const showChosen = (milliseconds) => {
    slider.value = milliseconds;
    words.textContent = `The picture at ${(slider.valueAsNumber / 1000).toFixed(1)} s`;
    slider.setAttribute("aria-valuetext", words.textContent);
  };
}
