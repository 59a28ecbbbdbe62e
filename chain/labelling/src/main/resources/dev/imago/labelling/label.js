// The page of an annotator: one item at a time, by keys alone.
import { again, enter } from './door.js';
import { fill, words } from './label-words.js';
import { call, newId, Outbox } from './outbox.js';
import { SpanText } from './spans.js';

const $ = id => document.getElementById(id);
let key, task, item, outbox, marks = null, chosen = [], recent = [], at = -1, bindings = {}, changing = null, relating = -1, problem = null;

const WISHES = { submit: ['Enter'], skip: ['s', 'x', '-'], undo: ['u', 'z', '_'], back: ['b', 'PageUp'], note_: ['n', ','], accept: ['y', '+'], guide: ['g', '?'],
  change: ['k', '='], left: ['ArrowLeft'], right: ['ArrowRight'], extendLeft: ['Shift+ArrowLeft'], extendRight: ['Shift+ArrowRight'],
  nextSpan: ['Tab'], remove: ['Delete', 'Backspace'], mode: ['m', '.'], relate: ['r', '/'] };
const OF_SPANS = ['left', 'right', 'extendLeft', 'extendRight', 'nextSpan', 'remove', 'mode', 'relate'];
const writes = () => ['text', 'correction', 'translation'].includes(task.kind);
const spanned = () => task.kind === 'spans' || task.kind === 'answer-span';
const compares = () => task.kind === 'comparison' || task.kind === 'ranking';

function say(text) { $('trouble').textContent = text; $('trouble').hidden = !text; }
function element(name, text, more = {}) { return Object.assign(document.createElement(name), { textContent: text, ...more }); }

/** Every label and every act gets a key of its own: the task's, the person's, else the first that is free. */
function bind() {
  const stored = JSON.parse(localStorage.getItem('imago-label-keys') ?? '{}');
  const taken = new Set();
  bindings = {};
  const give = (what, ...wishes) => {
    const free = wishes.find(w => w && !taken.has(w));
    if (free) { taken.add(free); bindings[what] = free; }
  };
  for (const label of task.labels.filter(l => l.key)) give(`=${label.name}`, stored[`=${label.name}`], label.key);
  const acts = Object.keys(WISHES).filter(a => spanned() || !OF_SPANS.includes(a));
  for (const act of acts.filter(a => stored[a])) give(act, stored[act]);
  const spare = [...'123456789abcdefghijklmnopqrstuvwxyz'];
  const names = compares() ? [] : task.labels.map(l => l.name);
  if (task.kind === 'answer-span') names.push('answer');
  for (const name of names) if (!bindings[`=${name}`]) give(`=${name}`, stored[`=${name}`], ...spare.filter(c => !Object.values(WISHES).some(w => w[0] === c)));
  if (task.kind === 'comparison') give('==', '0');
  for (const act of acts) if (!bindings[act]) give(act, ...WISHES[act], ...spare);
}

function showKeys() {
  $('keys').replaceChildren();
  for (const [what, press] of Object.entries(bindings)) {
    const row = element('dt', ''), means = task.labels.find(l => `=${l.name}` === what)?.means;
    row.append(element('kbd', writes() && what === 'submit' ? `Ctrl+${press}` : press));
    const told = element('dd', what === '==' ? words.tie : what.startsWith('=') ? what.slice(1) + (means ? ` – ${means}` : '') : words[what]);
    told.setAttribute('aria-current', changing?.what === what);
    $('keys').append(row, told);
  }
}

function show() {
  $('work').hidden = !item; $('done').hidden = !!item;
  if (!item) return;
  const fields = Object.entries(item.fields).filter(([name]) => (name !== 'answers' || !Array.isArray(item.fields.answers)) && (name !== 'text' || !spanned()));
  $('fields').replaceChildren(...fields.filter(([name]) => !['priority', 'split'].includes(name)).flatMap(([name, value]) =>
    [element('b', fields.length > 1 ? name : ''), element('pre', typeof value === 'string' ? value : JSON.stringify(value), { dir: 'auto' })]));
  $('answers').replaceChildren(...(Array.isArray(item.fields.answers) ? item.fields.answers : []).map((a, i) => {
    const li = element('li', a, { dir: 'auto' });
    li.setAttribute('aria-checked', chosen.includes(String(i + 1)));
    return li;
  }));
  marks?.render($('text'));
  $('spans').replaceChildren(...(marks?.spans ?? []).map((s, i) => {
    const li = element('li', `${marks.text.slice(s.from, s.to)} → ${s.label}${marks.relations.filter(r => r.head === i).map(r => ` (${r.label} → ${marks.text.slice(marks.spans[r.tail].from, marks.spans[r.tail].to)})`).join('')}`);
    li.setAttribute('aria-current', i === marks.chosen);
    return li;
  }));
  $('choices').replaceChildren(...(spanned() ? [] : task.labels).map(label => {
    const li = element('li', `${label.name} `);
    li.append(element('kbd', bindings[`=${label.name}`] ?? ''));
    li.setAttribute('role', task.kind === 'several' ? 'checkbox' : 'radio');
    li.setAttribute('aria-checked', chosen.includes(label.name));
    li.addEventListener('click', () => choose(label.name));
    return li;
  }));
  $('sent-back').hidden = !item.sent_back;
  $('sent-back').textContent = item.sent_back ? words.sentBack(item.sent_back) : '';
  $('suggestion').hidden = !item.suggestion;
  if (item.suggestion) $('suggestion').textContent = `${words.suggested} ${brief(item.suggestion)}${item.probability === undefined ? '' : ` (${(100 * item.probability).toFixed(0)} %)`}`;
}

const brief = a => [...(a.labels ?? []), ...(a.spans ?? []).map(s => `${s.text} → ${s.label}`), a.text ?? ''].filter(Boolean).join(', ');

function take(answer) {
  chosen = [...(answer.labels ?? [])];
  marks?.take(answer);
  if (writes()) $('written').value = answer.text ?? '';
}

function begin(next) {
  item = next.item === undefined ? null : next;
  chosen = []; relating = -1; say('');
  $('note').value = item?.note ?? ''; $('note-label').hidden = !item?.note; $('skip-label').hidden = true; $('skip').value = '';
  marks = item && spanned() ? new SpanText(String(item.fields.text ?? ''), task.nested) : null;
  $('text').replaceChildren();
  $('written').hidden = !item || !writes(); $('written').value = '';
  if (item?.own) take(item.own); else if (item && task.kind === 'correction') $('written').value = item.fields.answer ?? '';
  show();
  if (item && writes()) $('written').focus(); else document.activeElement?.blur();
}

/** Asks again until the server answers; what is open stays. */
async function ask(path, body) {
  for (;;) {
    try { const reply = await call(key, path, body); say(''); return reply; } catch (e) {
      if (e.status === 401) {
        const fresh = await again($('door'), say, e.message, 'label/task', task.person).catch(() => null); // null: the server is gone in this very moment
        if (fresh) { key = fresh; continue; }
        if (fresh === null) { await new Promise(done => setTimeout(done, 2000)); continue; }
      }
      if (e.status) { say(e.message); throw e; }
      say(words.gone(outbox?.all().length ?? 0));
      await new Promise(done => setTimeout(done, 2000));
    }
  }
}

function choose(name) {
  if (task.kind === 'several' || task.kind === 'ranking') chosen = chosen.includes(name) ? chosen.filter(c => c !== name) : [...chosen, name];
  else chosen = [name];
  show();
}

function answer() {
  if (spanned()) return marks.answer();
  return writes() ? { text: $('written').value } : { labels: chosen };
}

let submitting = null;
/** One at a time: what is pressed meanwhile was meant for what is on the way. */
function submit(skip = '') { return submitting ??= sendIt(skip).finally(() => { submitting = null; }); }

async function sendIt(skip) {
  if (!skip && !spanned() && (writes() ? !$('written').value.trim() : task.kind !== 'several' && chosen.length === 0)) return say(words.first);
  const save = { client: newId(), item: item.item, revision: item.revision, text_hash: item.text_hash, note: $('note').value };
  Object.assign(save, skip ? { skip } : { answer: answer() });
  recent = [item.item, ...recent.filter(n => n !== item.item)]; at = -1;
  await outbox.add(save);
  begin(await ask('label/next', {}));
  if (!problem) return;
  if (item?.item === problem.save.item && problem.save.answer) { take(problem.save.answer); show(); } // it is there to be mended
  say(words.refused(problem.why));
  problem = null;
}

/** Both versions are shown, and a person decides. */
function conflicted(save, outcome) {
  $('there').textContent = brief(outcome.there); $('mine').textContent = brief(save.answer ?? {}) || save.skip;
  const dialog = $('conflict');
  return new Promise(done => {
    const end = async mine => {
      dialog.close();
      if (mine) outbox.add({ ...save, client: newId(), revision: outcome.conflict });
      done();
    };
    $('keep-there').onclick = () => end(false);
    $('keep-mine').onclick = () => end(true);
    dialog.onkeydown = e => { if (!composing(e) && '12'.includes(e.key)) { e.preventDefault(); end(e.key === '2'); } };
    dialog.showModal();
  });
}

const composing = e => e.isComposing || e.keyCode === 229;

const ACTS = {
  submit: () => submit(),
  skip: () => { $('skip-label').hidden = false; $('skip').focus(); },
  note_: () => { $('note-label').hidden = false; $('note').focus(); },
  guide: () => { $('guide').open = !$('guide').open; },
  accept: () => { if (item?.suggestion) { take(item.suggestion); show(); } },
  undo: async () => { const reply = await ask('label/undo', { client: newId() }); if (reply.item !== undefined) begin(await ask('label/own', { item: reply.item })); },
  back: async () => { if (at + 1 < recent.length) begin(await ask('label/own', { item: recent[++at] })); },
  change: () => { changing = { names: Object.keys(bindings), at: 0, wait: false }; changing.what = changing.names[0]; showKeys(); },
  left: () => marks.move(-1, false), right: () => marks.move(1, false),
  extendLeft: () => marks.move(-1, true), extendRight: () => marks.move(1, true),
  nextSpan: () => marks.next(), remove: () => marks.remove(),
  mode: () => { marks.byWords = !marks.byWords; $('state').textContent = marks.byWords ? words.words : words.characters; },
  relate: () => {
    if (marks.chosen < 0 || task.relations.length === 0) return;
    if (relating < 0) { relating = marks.chosen; say(words.relateFrom); return; }
    const there = marks.relations.findIndex(r => r.head === relating && r.tail === marks.chosen);
    const place = there < 0 ? -1 : task.relations.indexOf(marks.relations[there].label); // the same again takes the next kind
    if (there >= 0) marks.relations.splice(there, 1);
    if (relating !== marks.chosen && place + 1 < task.relations.length) marks.relations.push({ head: relating, tail: marks.chosen, label: task.relations[place + 1] });
    relating = -1; say('');
  },
};

function changeKey(e, press) {
  e.preventDefault();
  if (press === 'Escape') changing = null;
  else if (changing.wait) {
    if (Object.entries(bindings).some(([what, k]) => k === press && what !== changing.what)) say(words.clash);
    else {
      localStorage.setItem('imago-label-keys', JSON.stringify({ ...JSON.parse(localStorage.getItem('imago-label-keys') ?? '{}'), [changing.what]: press }));
      changing = null; say(''); bind(); show();
    }
  } else if (press === 'ArrowDown' || press === 'ArrowUp') {
    changing.at = (changing.at + (press === 'ArrowDown' ? 1 : -1) + changing.names.length) % changing.names.length;
    changing.what = changing.names[changing.at];
  } else if (press === 'Enter') { changing.wait = true; say(words.press); }
  showKeys();
}

addEventListener('keydown', e => {
  if (composing(e) || !task || !$('door').hidden || $('conflict').open || e.metaKey || e.altKey) return;
  if (e.repeat && e.key === 'Enter') return e.target.closest?.('textarea') && !e.ctrlKey ? undefined : e.preventDefault(); // a key that is held sends nothing
  const press = (e.shiftKey && e.key.length > 1 ? 'Shift+' : '') + e.key;
  if (press === 'Shift') return;
  if (changing) return changeKey(e, press);
  const inside = e.target.closest?.('input, textarea');
  if (inside) {
    if (e.key === 'Escape') { e.preventDefault(); inside.blur(); }
    else if (e.key === 'Enter' && inside.id === 'skip') { e.preventDefault(); if (inside.value.trim()) submit(inside.value.trim()); }
    else if (e.key === 'Enter' && (inside.id === 'note' || e.ctrlKey)) { e.preventDefault(); if (inside.id === 'note') inside.blur(); else submit(); }
    return;
  }
  if (e.ctrlKey && e.key !== 'Enter') return;
  if (item && compares() && /^[1-9]$/.test(press) && Number(press) <= item.fields.answers.length) { e.preventDefault(); return choose(press); }
  const what = Object.keys(bindings).find(w => bindings[w] === press);
  if (!what || (!item && !['back', 'undo', 'change', 'guide'].includes(what))) return;
  e.preventDefault();
  if (what === '==') return choose('=');
  if (!what.startsWith('=')) { Promise.resolve(ACTS[what]()).catch(() => {}); if (marks && OF_SPANS.includes(what)) show(); return; }
  if (!spanned()) return choose(what.slice(1));
  if (!marks.mark(what.slice(1))) say(words.overlap); else say('');
  show();
});

async function start() {
  fill();
  ({ key, task } = await enter('label/task', $('door'), words, say));
  recent = task.recent;
  document.title = $('project').textContent = task.project;
  $('review').hidden = !task.reviews;
  $('person').textContent = task.person; $('question').textContent = task.question;
  $('guidelines').textContent = task.guidelines; $('guide').hidden = !task.guidelines;
  bind(); showKeys();
  outbox = new Outbox(() => key, `${task.project}-${task.person}`, {
    outcome: async (save, outcome) => {
      if (outcome.conflict !== undefined) await conflicted(save, outcome);
      else if (outcome.refused) { problem = { save, why: outcome.refused }; say(words.refused(outcome.refused)); }
      else $('state').textContent = words.saved;
    },
    again: async why => { const fresh = await again($('door'), say, why, 'label/task', task.person); if (fresh) key = fresh; return fresh; },
    gone: n => { say(words.gone(n)); $('state').textContent = words.unsent(n); },
    back: () => { if ($('state').textContent !== words.saved) $('state').textContent = ''; },
  });
  await outbox.send(); // what an earlier visit left
  begin(await ask('label/next', {}));
}
start().catch(e => say(e.message));
