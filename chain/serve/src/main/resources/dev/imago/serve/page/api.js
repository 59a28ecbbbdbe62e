// The server, as any client would call it: keys, errors in words that help, streams.
import { say } from "./words.js";

const KEY = "imago-api-key";

/** Asks the user for a key; set by the page. Takes whether one was refused and a signal to give up. */
let askForKey = () => Promise.reject(new Error(say("key")));

export function onKeyWanted(ask) {
  askForKey = ask;
}

/**
 * Fetches with the API key, where the user gave one; asks for one where the server wants it, and
 * tries again. Passes a good response on; throws the server's own words for a bad one.
 */
export async function call(path, options = {}) {
  while (true) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
    const response = await fetch(path, { ...options, headers });
    if (response.ok) return response;
    if (response.status === 401) {
      sessionStorage.setItem(KEY, await askForKey(key !== null, options.signal));
      continue;
    }
    const body = await response.json().catch(() => null);
    throw Object.assign(new Error(body?.error?.message ?? say("status", { status: response.status })), {
      code: body?.error?.code,
    });
  }
}

export function post(path, body, signal) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    signal,
    body: JSON.stringify(body),
  });
}

/** Server-sent events as parsed JSON, up to [DONE]. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) throw new Error(say("lost"));
    waiting += value;
    const blocks = waiting.split("\n\n");
    waiting = blocks.pop();
    for (const block of blocks) {
      if (!block.startsWith("data: ")) continue; // a sign of life
      const data = block.slice("data: ".length);
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new Error(chunk.error.message);
      yield chunk;
    }
  }
}
