// What proves the session with each request of a page's scripts. The console's cookie needs no header; an embed's token does.

let headers = {};

/** Send these headers from now on. They stay in the page's memory. */
export function setSessionHeaders(more) {
  headers = more;
}

/** The headers of a request to our own server. */
export function sessionHeaders() {
  return { ...headers };
}
