// Stores the browser's time zone, which the server cannot know, in a cookie. If it was not stored yet, the script
// reloads the page, unless the page's address names a zone.

const YEAR_S = 31_536_000;
const stored = `dropcast_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
const secure = location.protocol === "https:" ? "; Secure" : "";

function isStored() {
  return document.cookie.split("; ").includes(stored);
}

if (!isStored()) {
  document.cookie = `${stored}; Path=/console; SameSite=Strict; Max-Age=${YEAR_S}${secure}`;
  if (isStored() && !new URLSearchParams(location.search).get("zone")) location.reload();
}
