// Sends one file to the bucket in parts, and continues where an earlier attempt ended: after a lost connection, a
// reload or a closed tab. A part that the bucket has is not sent again.

import { lastingStorage } from "./tab_storage.js";
import { Unanswered, UploadError } from "./upload_api.js";

const AT_ONCE = 4;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Events: `progress` (detail: {sent, total, bytesPerSecond, secondsLeft}), `waiting` (an interruption), `going`,
 * `done` (detail: the upload, with its `key` in the bucket), `failed` (detail: UploadError).
 */
export class Upload extends EventTarget {
  #api;
  #accountId;
  #stopped = false;
  #requests = new Set();
  #loaded = new Map();
  #stored = 0;
  #begunAt = 0;
  #storedAtBegin = 0;

  constructor(api, accountId, file) {
    super();
    this.#api = api;
    this.#accountId = accountId;
    this.file = file;
  }

  /** Send the missing parts. Try again after each interruption until the bucket has the file or a person cancels. */
  async run() {
    for (let wait = FIRST_WAIT_MS; !this.#stopped; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const storedBefore = this.#stored;
      try {
        const upload = await this.#attempt();
        if (upload) this.#tell("done", upload);
        return;
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof UploadError) return this.#tell("failed", error);
        if (!(error instanceof Unanswered)) throw error;
      }
      if (this.#stored > storedBefore) wait = FIRST_WAIT_MS;
      this.#measureSpeed();
      this.#tell("waiting");
      await networkOr(wait);
      this.#tell("going");
    }
  }

  /** Stop, and delete the parts in the bucket. */
  async cancel() {
    this.#stopped = true;
    for (const request of this.#requests) request.abort();
    const uploadId = this.#remembered();
    if (uploadId) await this.#discard(uploadId);
  }

  /** The bucket deletes the parts of an abandoned upload after a day, so a failure does not matter here. */
  async #discard(uploadId) {
    this.#forget();
    await this.#api.abort(uploadId).catch(() => undefined);
  }

  async #attempt() {
    const upload = await this.#current();
    if (this.#stopped) return this.#discard(upload.upload_id);
    this.#remember(upload.upload_id);
    if (upload.state === "complete") return upload;
    const missing = upload.parts_missing;
    this.#stored = this.file.size - missing.reduce((sum, part) => sum + part.size, 0);
    this.#measureSpeed();
    await this.#sendAll(missing);
    if (this.#stopped) return null;
    return this.#api.complete(upload.upload_id);
  }

  /** The upload that an earlier attempt began for this file, or a new one. */
  async #current() {
    const uploadId = this.#remembered();
    if (uploadId) {
      try {
        const upload = await this.#api.show(uploadId);
        if (upload.state !== "aborted") return upload;
      } catch (error) {
        if (error.code !== "upload_not_found") throw error;
      }
      this.#forget();
    }
    return this.#api.begin(this.#accountId, this.file);
  }

  async #sendAll(parts) {
    const queue = [...parts];
    const sendNext = async () => {
      for (let part = queue.shift(); part && !this.#stopped; part = queue.shift()) await this.#send(part);
    };
    const senders = await Promise.allSettled(Array.from({ length: AT_ONCE }, sendNext));
    this.#loaded.clear();
    const lost = senders.find((sender) => sender.status === "rejected");
    if (lost) throw lost.reason;
  }

  #send(part) {
    const request = new XMLHttpRequest();
    this.#requests.add(request);
    return new Promise((resolve, reject) => {
      request.upload.onprogress = (event) => {
        this.#loaded.set(part.number, event.loaded);
        this.#report();
      };
      request.onload = () => (request.status === 200 ? resolve() : reject(new Unanswered()));
      request.onerror = request.ontimeout = request.onabort = () => reject(new Unanswered());
      request.open("PUT", part.url);
      request.send(this.file.slice(part.offset, part.offset + part.size));
    })
      .then(() => {
        this.#stored += part.size;
      })
      .finally(() => {
        this.#requests.delete(request);
        this.#loaded.delete(part.number);
        this.#report();
      });
  }

  /** Measure the speed from now on. */
  #measureSpeed() {
    this.#begunAt = performance.now();
    this.#storedAtBegin = this.#stored;
    this.#report();
  }

  #report() {
    const sent = Math.min(this.file.size, this.#stored + [...this.#loaded.values()].reduce((sum, one) => sum + one, 0));
    const seconds = (performance.now() - this.#begunAt) / 1000;
    const bytesPerSecond = seconds > 0 ? (sent - this.#storedAtBegin) / seconds : 0;
    const secondsLeft = bytesPerSecond > 0 ? (this.file.size - sent) / bytesPerSecond : null;
    this.#tell("progress", { sent, total: this.file.size, bytesPerSecond, secondsLeft });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  get #name() {
    const { name, size, lastModified } = this.file;
    return `dropcast.upload.${this.#accountId}.${name}.${size}.${lastModified}`;
  }

  #remembered() {
    return lastingStorage.getItem(this.#name);
  }

  #remember(uploadId) {
    lastingStorage.setItem(this.#name, uploadId);
  }

  #forget() {
    lastingStorage.removeItem(this.#name);
  }
}

/** Wait for `ms`, or for the network to come back. */
function networkOr(ms) {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      removeEventListener("online", goOn);
      resolve();
    };
    const timer = setTimeout(goOn, ms);
    addEventListener("online", goOn);
  });
}
