// What the page asks the server. The key lives in this tab's session storage alone.

const KEY = "corral.key";

export const key = () => sessionStorage.getItem(KEY) ?? "";

export function setKey(value) {
  if (value) sessionStorage.setItem(KEY, value);
  else sessionStorage.removeItem(KEY);
}

/// An answer that is not what was asked for, in words.
export class APIError extends Error {
  constructor(status, { code, message, field } = {}, retryAfter = null) {
    const hints = {
      401: "The server wants a key: enter it at the top of the page.",
      403: "This key does not open that.",
      429: "Too many requests.",
      503: "The server is busy.",
    };
    let text = message || hints[status] || "The server could not answer.";
    if (message && (status === 401 || status === 403)) text = `${hints[status]} (${message})`;
    if (field && !text.startsWith(field)) text = `${field}: ${text}`;
    if (retryAfter) text += ` Try again in ${retryAfter} s.`;
    super(`${text} [${code ? `${code}, ` : ""}${status}]`);
    this.status = status;
    this.code = code;
  }
}

// Relative to the page, so that a proxy may put the server under any path.
function address(path, query = {}) {
  const url = new URL(path, new URL(".", document.baseURI.replace(/[?#].*$/, "")));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, value);
  }
  return url;
}

async function send(method, path, { query, body, signal } = {}) {
  const headers = {};
  if (key()) headers.Authorization = `Bearer ${key()}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address(path, query), {
      method, headers, signal, cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new APIError("no connection", { message: "The server does not answer. Is it running?" });
  }
  const text = await response.text();
  if (response.ok) return text;
  let details = {};
  try {
    details = JSON.parse(text).error ?? {};
  } catch {
    // A proxy's page is no JSON: the status alone must do.
  }
  throw new APIError(response.status, details, response.headers.get("Retry-After"));
}

async function json(method, path, options) {
  const text = await send(method, path, options);
  return text ? JSON.parse(text) : {};
}

// An id as a part of a path. Browsers take one of dots alone for a way up, however it is written.
function part(id) {
  if (id === "." || id === "..") {
    throw new APIError("not asked", { message: `No browser can send the id ${id} in an address.` });
  }
  return encodeURIComponent(id.toWellFormed ? id.toWellFormed() : id);
}


export const recommend = (request) => json("POST", "v1/recommend", { body: request });
export const explain = (request) => json("POST", "v1/explain", { body: request });
export const sendEvents = (events) => json("POST", "v1/events", { body: events });
export const item = async (id) => json("GET", `v1/items/${part(id)}`);
export const similar = async (id, k) =>
  (await json("GET", `v1/items/${part(id)}/similar`, { query: { k } })).items;
export const list = async (source, k) => (await json("GET", `v1/lists/${source}`, { query: { k } })).items;
export const users = async (after, limit, signal) =>
  (await json("GET", "v1/users", { query: { after, limit }, signal })).users;
export const items = async (after, limit, signal) =>
  (await json("GET", "v1/items", { query: { after, limit }, signal })).items;
export const report = (since) => json("GET", "v1/report", { query: { since } });
export const status = () => json("GET", "v1/admin/status");
export const metrics = () => send("GET", "metrics");

/// The events of a user, oldest first: page after page, as the log hands them out; none of an unknown user.
export async function events(user, pages = 20) {
  const all = [];
  let after;
  for (let page = 0; page < pages; page += 1) {
    let answer;
    try {
      answer = await json("GET", `v1/users/${part(user)}/events`, { query: { after, limit: 1000 } });
    } catch (error) {
      if (error.status === 404) return all;
      throw error;
    }
    all.push(...answer.events);
    after = answer.next;
    if (after === undefined || after === null) break;
  }
  return all;
}

/// An id that no other event has, also where the page came without TLS.
export function newID() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0")).join("");
}
