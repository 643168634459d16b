// Forms that act once: a second press while the first is under way would replace its answer, which may hold a secret.

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
