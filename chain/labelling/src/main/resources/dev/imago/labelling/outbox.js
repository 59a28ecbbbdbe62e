// What was answered and is not acknowledged yet: kept in this browser, sent in order, again and again until the server answers.
const PAUSE = 2000;

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('');
}

export async function call(key, path, body) {
  const reply = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Authorization': `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = await reply.json();
  if (!reply.ok) throw Object.assign(new Error(json.error?.message ?? reply.statusText), { status: reply.status });
  return json;
}

export class Outbox {
  /** `key` tells the key of this moment; `told.again` gets another where it counts no more. */
  #key; #name; #told; #sending = null;
  constructor(key, name, told) { this.#key = key; this.#name = `imago-label-${name}`; this.#told = told; }
  all() { return JSON.parse(localStorage.getItem(this.#name) ?? '[]'); }
  #keep(list) { localStorage.setItem(this.#name, JSON.stringify(list)); }
  add(save) { this.#keep([...this.all(), save]); return this.send(); }
  /** Resolves when all is acknowledged. */
  send() { return this.#sending ??= this.#sendAll().finally(() => { this.#sending = null; }); }
  async #sendAll() {
    for (let save; (save = this.all()[0]) !== undefined;) {
      try {
        const outcome = await call(this.#key(), 'label/save', save);
        this.#keep(this.all().filter(each => each.client !== save.client));
        await this.#told.outcome(save, outcome);
      } catch (e) {
        if (e.status === 401) { // a session has ended, or somebody was taken out: the work stays here
          const fresh = await this.#told.again(e.message).catch(() => ''); // the server is gone in this very moment, perhaps
          if (!fresh) await new Promise(done => setTimeout(done, PAUSE));
          continue;
        }
        if (e.status >= 400 && e.status < 500) { // it will never be taken as it is
          this.#keep(this.all().filter(each => each.client !== save.client));
          await this.#told.outcome(save, { refused: e.message });
          continue;
        }
        this.#told.gone(this.all().length);
        await new Promise(done => setTimeout(done, PAUSE));
      }
    }
    this.#told.back();
  }
}
