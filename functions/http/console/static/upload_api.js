// The console's calls for uploads. An answer is the upload, or an error in the words of the error catalogue.

/** An error that the server explained. `fix` says what to do; `retry` whether the same call may succeed later. */
export class UploadError extends Error {
  constructor({ code, message, fix }) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

/** The server did not answer, or answered with a temporary failure. */
export class Unanswered extends Error {}

/** Calls with the session's CSRF token. Paths are below /console/uploads. */
export class UploadApi {
  constructor(csrf) {
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

  async #call(method, path, body) {
    const headers = { "X-CSRF": this.csrf };
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(`/console/uploads${path}`, { method, headers, body: body && JSON.stringify(body) }).catch(
      () => {
        throw new Unanswered();
      },
    );
    if (answer.status >= 500 || answer.status === 429) throw new Unanswered();
    const content = await answer.json().catch(() => {
      throw new Unanswered();
    });
    if (!answer.ok) throw new UploadError(content.error);
    return content;
  }
}
