// How somebody comes in: by the key of a link, which this tab keeps, or by name and password where people sign in.
import { call } from './outbox.js';
const KEPT = 'imago-label-key';

function keep(key) {
  sessionStorage.setItem(KEPT, key);
  history.replaceState(null, '', location.pathname); // the key leaves the address bar
  return key;
}

/** Asks for name and password until they belong together. */
function signIn(form, say) {
  form.hidden = false;
  form.elements.name.focus();
  return new Promise(done => {
    form.onsubmit = async e => {
      e.preventDefault();
      try {
        const { key } = await call('', 'label/sign-in', { name: form.elements.name.value, password: form.elements.password.value });
        form.elements.password.value = '';
        form.hidden = true;
        say('');
        done(key);
      } catch (e) { say(e.message); form.elements.password.select(); }
    };
  });
}

/** Whether a key is a person's, as soon as the server tells. */
async function isOf(key, path, person) {
  for (;;) {
    try { return (await call(key, path)).person === person; } catch (e) {
      if (e.status && e.status < 500 && e.status !== 429) return false; // whom this page is not for is somebody else
      await new Promise(done => setTimeout(done, 2000));
    }
  }
}

let asking = null;
/** A new key where a session has ended in mid-work; empty where nobody signs in here. Who else asks meanwhile waits for the same one. */
export function again(form, say, why, path, person) {
  return asking ??= (async () => {
    say(why);
    if (!(await call('', 'label/door')).sign_in) return '';
    const fresh = await signIn(form, say);
    if (await isOf(fresh, path, person)) return keep(fresh);
    keep(fresh);
    location.reload(); // somebody else: work that is not sent stays with who did it
    return new Promise(() => {});
  })().finally(() => { asking = null; });
}

/** The key and what is asked with it, such as the task. */
export async function enter(path, form, words, say) {
  let key = location.hash.slice(1) || sessionStorage.getItem(KEPT) || '';
  const { sign_in } = await call('', 'label/door');
  if (!key && !sign_in) throw new Error(words.noKey);
  for (;;) {
    if (!key) key = await signIn(form, say);
    try {
      const task = await call(key, path);
      return { key: keep(key), task };
    } catch (e) {
      if (e.status !== 401 || !sign_in) throw e;
      key = ''; // its session has ended
    }
  }
}
