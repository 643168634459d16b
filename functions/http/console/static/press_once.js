// Forms that can be sent only once. A second click would replace the answer to the first, which may contain a secret.

for (const form of document.querySelectorAll("form[data-press-once]")) {
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  addEventListener("pageshow", () => {
    isSent = false;
  });
}
