// Counts a text as TikTok does: in UTF-16 units, which is what a JavaScript string's length is.

/** Keep the counter of each `[data-counts]` text field up to date. The attribute's value is the id of the counter's element. */
export function countTexts(root) {
  for (const field of root.querySelectorAll("[data-counts]")) {
    if (field.dataset.counted) continue;
    field.dataset.counted = "yes";
    field.addEventListener("input", () => showLength(field));
    showLength(field);
  }
}

function showLength(field) {
  const counter = document.getElementById(field.dataset.counts);
  const longest = Number(field.dataset.max);
  counter.textContent = `${field.value.length} / ${longest}`;
  counter.classList.toggle("over", field.value.length > longest);
}
