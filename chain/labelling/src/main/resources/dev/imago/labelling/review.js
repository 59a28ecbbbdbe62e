// The page of a reviewer: what all answered of an item, side by side, by keys alone.
import { again, enter } from './door.js';
import { call, newId } from './outbox.js';
import { fill, words } from './review-words.js';
import { SpanText } from './spans.js';

const $ = id => document.getElementById(id);
let key, task, item = null, mode = 'look', wanted = 'all', chosen = [], whom = [], marks = null, doubts = [], doubt = 0, seenItems = [];

const spanned = () => task.kind === 'spans' || task.kind === 'answer-span';
const writes = () => ['text', 'correction', 'translation'].includes(task.kind);
const compares = () => task.kind === 'comparison' || task.kind === 'ranking';
const composing = e => e.isComposing || e.keyCode === 229;
const DIGITS = '123456789', SPARE = [...'1234567890abcdefghijklnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'];

function say(text) { $('trouble').textContent = text; $('trouble').hidden = !text; }
function element(name, text, more = {}) { return Object.assign(document.createElement(name), { textContent: text, ...more }); }
const brief = a => [...(a.labels ?? []), ...(a.spans ?? []).map(s => `${s.text} → ${s.label}`), a.text ?? ''].filter(Boolean).join(', ') || words.nothing;

/** In a decision each label has a key of its own: the task's, else the first that is free. */
function labelKeys() {
  const names = task.kind === 'answer-span' ? ['answer'] : task.labels.map(l => l.name), keys = {};
  for (const l of task.labels) if (l.key && l.key !== 'm') keys[l.key] = l.name;
  for (const name of names) if (!Object.values(keys).includes(name)) { const free = SPARE.find(c => !(c in keys) && !(spanned() && c === 'm')); if (free) keys[free] = name; }
  if (compares()) {
    for (const i of item.fields.answers.keys()) if (i < 9) keys[DIGITS[i]] = String(i + 1);
    if (task.kind === 'comparison') keys['0'] = '=';
  }
  return keys;
}

const KEYS = {
  look: () => [['1 … 9', 'accept'], ['d', 'decide'], ['s', 'sendBack'], ['n', 'next'], ['b', 'back_'], ['t', 'note_'], ['f', 'wantDiffering'], ['e', 'doubt'], ['p', 'status'], ['g', 'guide']],
  own: () => [...(writes() ? [] : Object.entries(labelKeys()).map(([k, name]) => [k, null, name === '=' ? words.tie : name])),
    ...(spanned() ? [['← →', 'move'], ['Shift+← →', 'extend'], ['Tab', 'nextSpan'], ['Delete', 'remove'], ['m', 'mode']] : []), [writes() ? 'Ctrl+Enter' : 'Enter', 'store'], ['Escape', 'leave']],
  whom: () => [['1 … 9', 'choose'], ['Enter', 'sendBack'], ['Escape', 'leave']],
  why: () => [['Enter', 'sendBack'], ['Escape', 'leave']],
  note: () => [['Enter', 'note'], ['Escape', 'leave']],
  doubts: () => [['↑ ↓', 'move'], ['Enter', 'open'], ['Escape', 'leave']],
  people: () => [['Escape', 'leave']],
};

function show() {
  $('work').hidden = !item || mode === 'doubts' || mode === 'people';
  $('done').hidden = !!item || mode === 'doubts' || mode === 'people';
  $('doubts').hidden = mode !== 'doubts'; $('people').hidden = mode !== 'people'; $('own').hidden = mode !== 'own';
  $('note-label').hidden = mode !== 'why' && mode !== 'note' && !$('note').value; $('note-say').textContent = mode === 'why' ? words.why : words.note;
  $('keys').replaceChildren(...KEYS[mode]().flatMap(([press, what, name]) => {
    const dt = element('dt', '');
    dt.append(element('kbd', press));
    return [dt, element('dd', name ?? words[what])];
  }));
  for (const [i, row] of [...$('doubt-rows').children].entries()) row.setAttribute('aria-current', i === doubt);
  if (!item) return;
  const fields = Object.entries(item.fields).filter(([name, value]) => !['priority', 'split'].includes(name) && (name !== 'answers' || !Array.isArray(value)));
  $('fields').replaceChildren(...fields.flatMap(([name, value]) =>
    [element('b', fields.length > 1 ? name : ''), element('pre', typeof value === 'string' ? value : JSON.stringify(value), { dir: 'auto' })]));
  $('answers').replaceChildren(...(Array.isArray(item.fields.answers) ? item.fields.answers : []).map(a => element('li', a, { dir: 'auto' })));
  $('said').replaceChildren(...item.said.map((each, i) => {
    const li = element('li', '');
    li.append(element('kbd', i < 9 ? DIGITS[i] : ''), element('b', ` ${each.person} `), element('pre', brief(each.answer), { dir: 'auto' }));
    if ((each.answer.spans ?? []).length > 0) li.append(marked(each.answer));
    if (each.note) li.append(element('em', each.note, { dir: 'auto' }));
    li.setAttribute('aria-current', whom.includes(i));
    li.tabIndex = -1;
    li.addEventListener('click', () => { if (mode === 'look') accept(i).catch(() => {}); });
    return li;
  }));
  $('decided').hidden = !item.decided;
  $('decided').textContent = item.decided ? words.decided(brief(item.decided)) : '';
  if (mode !== 'own') return;
  marks?.render($('text'));
  $('spans').replaceChildren(...(marks?.spans ?? []).map((s, i) => {
    const li = element('li', `${marks.text.slice(s.from, s.to)} → ${s.label}`);
    li.setAttribute('aria-current', i === marks.chosen);
    return li;
  }));
  const keys = labelKeys();
  const unkeyed = task.labels.map(l => l.name).filter(name => !Object.values(keys).includes(name)).map(name => ['', name]);
  $('choices').replaceChildren(...(spanned() || writes() ? [] : [...Object.entries(keys), ...unkeyed]).map(([press, name]) => {
    const li = element('li', `${name === '=' ? words.tie : name} `);
    li.append(element('kbd', press));
    li.setAttribute('role', task.kind === 'several' ? 'checkbox' : 'radio');
    li.setAttribute('aria-checked', chosen.includes(name));
    li.addEventListener('click', () => choose(name));
    return li;
  }));
}

/** The text with one person's spans. */
function marked(answer) {
  const of = new SpanText(String(item.fields.text ?? ''), true), div = element('div', '', { className: 'marks', dir: 'auto' });
  of.take(answer);
  of.caret = of.anchor = -1;
  of.render(div);
  return div;
}

function begin(next) {
  item = next.item === undefined ? null : next;
  mode = 'look'; chosen = []; whom = []; marks = null; $('note').value = ''; say('');
  if (item && seenItems.at(-1) !== item.item) seenItems.push(item.item);
  document.activeElement?.blur();
  show();
}

/** Asks again until the server answers. */
async function ask(path, body) {
  for (;;) {
    try { return await call(key, path, body); } catch (e) {
      if (e.status === 401) {
        const fresh = await again($('door'), say, e.message, 'review/task', task.person).catch(() => null); // null: the server is gone in this very moment
        if (fresh) { key = fresh; continue; }
        if (fresh === null) { await new Promise(done => setTimeout(done, 2000)); continue; }
      }
      if (e.status) { say(e.message); throw e; }
      say(words.gone);
      await new Promise(done => setTimeout(done, 2000));
    }
  }
}

const next = async after => begin(await ask('review/next', after === undefined ? { wanted } : { wanted, after }));

/** An item by its number; the next one where it is not to be reviewed now, as one that went back to who answered it. */
async function open(number) {
  const of = await ask('review/item', { item: number });
  if (of.item !== undefined) return begin(of);
  await next();
  say(words.notNow);
}

let acting = null;
/** One at a time: what is pressed meanwhile was meant for what is on the way. */
function act(what) { return acting ??= send(what).finally(() => { acting = null; }); }

async function send(what) {
  const of = item.item;
  const reply = await ask('review/act', { client: newId(), item: of, seen: item.seen, note: $('note').value, ...what });
  if (reply.refused) { await open(of); say(words.refused(reply.refused)); return; }
  $('state').textContent = words.stored;
  await next(of);
}

const accept = i => item?.said[i] ? act({ accept: item.said[i].person }) : Promise.resolve();

function decide() {
  mode = 'own';
  const from = item.decided ?? item.said[0]?.answer ?? {};
  chosen = item.decided ? [...(from.labels ?? [])] : [];
  $('written').hidden = !writes(); $('written').value = from.text ?? '';
  if (spanned()) { marks = new SpanText(String(item.fields.text ?? ''), task.nested); marks.take(from); }
  show();
  if (writes()) $('written').focus();
}

function choose(name) {
  if (task.kind === 'several' || task.kind === 'ranking') chosen = chosen.includes(name) ? chosen.filter(c => c !== name) : [...chosen, name];
  else chosen = [name];
  show();
}

function store() {
  if (spanned()) return act({ answer: marks.answer() });
  if (writes() ? !$('written').value.trim() : task.kind !== 'several' && chosen.length === 0) return say(words.first);
  return act({ answer: writes() ? { text: $('written').value } : { labels: chosen } });
}

function cells(row, values) { row.append(...values.map(v => element('td', v, { dir: 'auto' }))); return row; }

async function listDoubts() {
  ({ doubts } = await ask('review/doubts'));
  $('doubts-none').hidden = doubts.length > 0;
  $('doubt-rows').replaceChildren(...doubts.map(d => cells(document.createElement('tr'), [d.id, d.person, d.given, d.likely, d.probability.toFixed(3)])));
  doubt = 0; mode = 'doubts'; show();
}

async function progress() {
  const status = await ask('review/status');
  $('progress').textContent = words.counts(status);
  $('people-rows').replaceChildren(...status.people.map(p => cells(document.createElement('tr'), [p.removed ? `${p.name} (${words.removed})` : p.name, words.roles[p.role] ?? p.role,
    String(p.answers), String(p.skipped), String(p.sent_back), words.of(p.gold_right, p.gold), words.of(p.upheld, p.reviewed)])));
  mode = 'people'; show();
}

const LOOK = {
  d: () => { if (item) decide(); },
  s: () => { if (item) { whom = item.said.length === 1 ? [0] : []; mode = whom.length ? 'why' : 'whom'; if (mode === 'whom') $('state').textContent = words.whom; show(); if (mode === 'why') $('note').focus(); } },
  n: () => next(item?.item),
  b: async () => { seenItems.pop(); const before = seenItems.pop(); if (before !== undefined) await open(before); else if (item) seenItems.push(item.item); },
  t: () => { if (item) { mode = 'note'; show(); $('note').focus(); } },
  f: () => { wanted = wanted === 'all' ? 'differing' : 'all'; $('state').textContent = wanted === 'all' ? words.all : words.differing; return next(); },
  e: listDoubts, p: progress, g: () => { $('guide').open = !$('guide').open; },
};

const leave = () => { mode = 'look'; whom = []; $('written').hidden = true; $('state').textContent = ''; document.activeElement?.blur(); show(); };

function pressed(e, press) {
  if (press === 'Escape' && mode !== 'look') return leave();
  if (mode === 'look') return DIGITS.includes(press) ? accept(Number(press) - 1) : LOOK[press]?.();
  if (mode === 'whom') {
    const i = DIGITS.indexOf(press);
    if (i >= 0 && item.said[i]) { whom = whom.includes(i) ? whom.filter(w => w !== i) : [...whom, i]; return show(); }
    if (press === 'Enter' && whom.length) { mode = 'why'; show(); $('note').focus(); }
    return undefined;
  }
  if (mode === 'doubts') {
    if (press === 'ArrowDown') doubt = Math.min(doubts.length - 1, doubt + 1);
    else if (press === 'ArrowUp') doubt = Math.max(0, doubt - 1);
    else if (press === 'Enter' && doubts[doubt]) return open(doubts[doubt].item);
    return show();
  }
  if (mode !== 'own') return undefined;
  if (press === 'Enter' && (!writes() || e.ctrlKey)) return store();
  if (marks) {
    const of = { ArrowLeft: () => marks.move(-1, false), ArrowRight: () => marks.move(1, false), 'Shift+ArrowLeft': () => marks.move(-1, true), 'Shift+ArrowRight': () => marks.move(1, true),
      Tab: () => marks.next(), Delete: () => marks.remove(), Backspace: () => marks.remove(), m: () => { marks.byWords = !marks.byWords; $('state').textContent = marks.byWords ? words.words : words.characters; } }[press];
    if (of) { of(); return show(); }
  }
  const name = labelKeys()[press];
  if (name === undefined || writes()) return undefined;
  if (!marks) return choose(name);
  say(marks.mark(name) ? '' : words.overlap);
  return show();
}

addEventListener('keydown', e => {
  if (composing(e) || !task || !$('door').hidden || e.metaKey || e.altKey || (e.ctrlKey && e.key !== 'Enter')) return;
  const press = (e.shiftKey && e.key.length > 1 ? 'Shift+' : '') + e.key;
  if (e.repeat && (mode === 'look' || press === 'Enter')) return; // a key that is held decides nothing
  const inside = e.target.closest?.('input, textarea');
  if (inside && press !== 'Escape') {
    if (press !== 'Enter') return;
    if (inside.id === 'note') {
      e.preventDefault();
      if (mode === 'why' && inside.value.trim()) act({ send_back: whom.map(i => item.said[i].person) }).catch(() => {});
      else if (mode === 'note') { mode = 'look'; inside.blur(); show(); }
      return;
    }
    if (!e.ctrlKey) return;
  }
  if (e.target.closest?.('a, summary') && press === 'Enter') return;
  const known = press === 'Escape' || press === 'Enter' || press.length === 1 || marks && mode === 'own' || mode === 'doubts';
  if (!known) return;
  e.preventDefault();
  Promise.resolve(pressed(e, press)).catch(() => {});
});

async function start() {
  fill();
  ({ key, task } = await enter('review/task', $('door'), words, say));
  document.title = $('project').textContent = task.project;
  $('person').textContent = task.person; $('question').textContent = task.question;
  $('guidelines').textContent = task.guidelines; $('guide').hidden = !task.guidelines;
  await next();
}
start().catch(e => say(e.message));
