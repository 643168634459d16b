// The page of a secret that is shown once. Copies the secret, and removes it from the page when the person leaves, because
// the browser's Back button may show the page again.

const secret = document.getElementById("secret");
const copy = document.getElementById("copy");
const copied = document.getElementById("copied");

copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(secret.textContent);
    copied.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(secret);
    copied.textContent = "The browser does not allow this. Copy the selected text yourself.";
  }
});

addEventListener("pagehide", () => {
  secret.textContent = "It was shown once.";
  copied.textContent = "";
  copy.remove();
});
