// The page of a secret that is shown once: copies it, and takes it out of the page when the person leaves. A browser may
// keep the page as it is, and show it again at a press of its Back button.

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
    copied.textContent = "The browser does not allow it. Copy the marked text yourself.";
  }
});

addEventListener("pagehide", () => {
  secret.textContent = "It was shown once.";
  copied.textContent = "";
  copy.remove();
});
