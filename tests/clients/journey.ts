// The journey of docs/start.md with openapi-fetch and the types that openapi-typescript generates.
import createClient from "openapi-fetch";
import type { components, paths } from "./dropcast.js";

declare const process: { env: Record<string, string> };
const { BASE, KEY, BUCKET } = process.env as { BASE: string; KEY: string; BUCKET: string };
const { GET, POST, PATCH } = createClient<paths>({ baseUrl: BASE, headers: { Authorization: `Bearer ${KEY}` } });

function check(what: boolean, words: string): asserts what {
  if (!what) throw new Error(words);
}

function words(error: components["schemas"]["ErrorAnswer"] | components["schemas"]["GatewayAnswer"]): string {
  return "error" in error ? error.error.code : error.message;
}

const link = await POST("/v1/connections", { body: { user_id: "me" } });
check(link.data?.connect_url.startsWith("https://") === true, "no link");

const accounts = await GET("/v1/accounts", { params: { query: { user_id: "me" } } });
const account = accounts.data?.items[0];
check(account?.status === "active", "no account");

const body: components["schemas"]["PublishRequest"] = {
  account_id: account.account_id,
  privacy_level: "SELF_ONLY",
  title: "Hello #demo",
  allow_comment: true,
  publish_at: "2027-06-01T12:00:00Z",
  source: { type: "s3", bucket: BUCKET, key: "video.mp4" },
};
const header = { "Idempotency-Key": "first" };
const taken = await POST("/v1/publishes", { body, headers: header });
check(taken.response.status === 202 && taken.data !== undefined && "publish_id" in taken.data, "not taken in");
const publish_id = taken.data.publish_id;
const again = await POST("/v1/publishes", { body, headers: header });
check(again.response.headers.get("Idempotency-Replayed") === "true", "not replayed");

const path = { params: { path: { publish_id } } };
const edited = await PATCH("/v1/publishes/{publish_id}", { ...path, body: { publish_at: "2027-06-02T12:00:00Z" } });
check(edited.data?.publish_at === "2027-06-02T12:00:00Z", "the time was not changed");
check(edited.data.options?.title === "Hello #demo" && edited.data.options.allow_comment, "an edit of the time lost options");

const shown = await GET("/v1/publishes/{publish_id}", path);
check(shown.data?.state === "held" && shown.response.headers.get("X-Request-Id") !== null, "not held");

const missing = await GET("/v1/publishes/{publish_id}", { params: { path: { publish_id: "pub_nothing" } } });
check(missing.error !== undefined && words(missing.error) === "not_found", "something was found");

for (const [authorization, status] of [["", 401], ["Bearer wrong", 403]] as const) {
  const stranger = createClient<paths>({ baseUrl: BASE, headers: authorization ? { Authorization: authorization } : {} });
  const refused = await stranger.GET("/v1/accounts");
  check(refused.response.status === status && refused.error !== undefined, `${status} was not answered`);
  check(words(refused.error).length > 0, "a refusal without words");
}
