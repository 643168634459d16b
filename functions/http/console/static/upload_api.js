// The posting page's calls for files. An answer is the upload, or an error with the texts of the error catalogue.

import { sessionHeaders } from "./session_headers.js";

/** An error that the server explained. `fix` says what to do. */
export class UploadError extends Error {
  constructor({ code, message, fix }) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

/** The server did not answer, or answered with a temporary failure. */
export class Unanswered extends Error {}

/** Calls with the session's CSRF token. Paths are below `home`, where the session's pages are. */
export class UploadApi {
  constructor(home, csrf) {
    this.home = home;
    this.csrf = csrf;
  }

  begin(accountId, { name, size, type }) {
    const content_type = type || "application/octet-stream";
    return this.#call("POST", "", { account_id: accountId, filename: name, size, content_type });
  }

  show(uploadId) {
    return this.#call("GET", `/${uploadId}`);
  }

  complete(uploadId) {
    return this.#call("POST", `/${uploadId}/complete`, {});
  }

  abort(uploadId) {
    return this.#call("DELETE", `/${uploadId}`);
  }

  /** An address at which the browser can show the bucket's object `key`, for an hour; "" if there is none. */
  async preview(key) {
    const asked = this.#ask("GET", `/media?key=${encodeURIComponent(key)}`);
    return asked.then(({ url }) => url).catch(() => "");
  }

  #call(method, path, body) {
    return this.#ask(method, `/uploads${path}`, body);
  }

  async #ask(method, path, body) {
    const headers = { "X-CSRF": this.csrf, ...sessionHeaders() };
    if (body) headers["Content-Type"] = "application/json";
    const request = { method, headers, body: body && JSON.stringify(body) };
    const answer = await fetch(`${this.home}${path}`, request).catch(() => {
      throw new Unanswered();
    });
    if (answer.status === 401) document.dispatchEvent(new Event("session-ended"));
    if (answer.status >= 500 || answer.status === 429) throw new Unanswered();
    const content = await answer.json().catch(() => {
      throw new Unanswered();
    });
    if (!answer.ok) throw new UploadError(content.error);
    return content;
  }
}
