// The headers that prove the session in requests of a page's scripts. An embed's token needs a header; the console's cookie
// does not.

let headers = {};

/** Send these headers from now on. They stay in the page's memory. */
export function setSessionHeaders(more) {
  headers = more;
}

/** The headers of a request to our own server. */
export function sessionHeaders() {
  return { ...headers };
}
