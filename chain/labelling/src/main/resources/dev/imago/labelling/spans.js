// A text in which spans are marked by keys. Positions are JavaScript's, always between what a reader sees as characters.
export class SpanText {
  constructor(text, nested) {
    this.text = text; this.nested = nested; this.spans = []; this.relations = [];
    this.byWords = true; this.anchor = 0; this.caret = 0; this.chosen = -1;
    const graphemes = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(s => s.index);
    this.characters = [...graphemes, text.length];
    const edges = new Set(this.characters), words = new Set([0, text.length]);
    for (const s of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
      for (const edge of [s.index, s.index + s.segment.length]) if (edges.has(edge)) words.add(edge);
    }
    this.words = [...words].sort((a, b) => a - b);
  }
  #step(from, by) {
    const stops = this.byWords ? this.words : this.characters;
    return by > 0 ? stops.find(s => s > from) ?? this.text.length : stops.findLast(s => s < from) ?? 0;
  }
  move(by, extend) {
    const span = this.spans[this.chosen];
    if (span && extend) { // the end moves; the beginning stays
      const to = this.#step(span.to, by);
      if (to > span.from && this.#free({ ...span, to }, this.chosen)) span.to = to;
      return;
    }
    this.chosen = -1;
    this.caret = this.#step(this.caret, by);
    if (!extend) this.anchor = this.caret;
  }
  #free(span, except) {
    return this.nested || this.spans.every((s, i) => i === except || s.to <= span.from || span.to <= s.from);
  }
  /** Marks what is selected, or gives the chosen span another label; false where it may not. */
  mark(label) {
    if (this.chosen >= 0) { this.spans[this.chosen].label = label; return true; }
    let from = Math.min(this.anchor, this.caret), to = Math.max(this.anchor, this.caret);
    if (from === to) to = this.#step(from, 1);
    const surface = this.text.slice(from, to);
    from += surface.length - surface.trimStart().length;
    to -= surface.length - surface.trimEnd().length;
    const span = { from, to, label };
    if (from >= to || !this.#free(span, -1)) return false;
    if (this.spans.some(s => s.from === from && s.to === to && s.label === label)) return false;
    this.spans.push(span);
    this.anchor = this.caret = to;
    return true;
  }
  next() { this.chosen = this.spans.length === 0 ? -1 : (this.chosen + 1) % this.spans.length; }
  remove() {
    if (this.chosen < 0) return;
    const gone = this.chosen;
    this.spans.splice(gone, 1);
    this.relations = this.relations.filter(r => r.head !== gone && r.tail !== gone)
      .map(r => ({ ...r, head: r.head - (r.head > gone), tail: r.tail - (r.tail > gone) }));
    this.chosen = -1;
  }
  answer() {
    return { spans: this.spans.map(s => ({ ...s, text: this.text.slice(s.from, s.to) })), relations: this.relations };
  }
  take(answer) {
    this.spans = (answer.spans ?? []).map(({ from, to, label }) => ({ from, to, label }));
    this.relations = answer.relations ?? [];
    this.chosen = -1;
  }
  /** Text is set as text: what it holds is never markup. */
  render(into) {
    const from = Math.min(this.anchor, this.caret), to = Math.max(this.anchor, this.caret);
    const cuts = [...new Set([0, this.text.length, from, to, ...this.spans.flatMap(s => [s.from, s.to])])].sort((a, b) => a - b);
    into.replaceChildren();
    for (let i = 0; i < cuts.length; i++) {
      if (cuts[i] === this.caret) into.append(Object.assign(document.createElement('i'), { className: 'caret' }));
      if (i + 1 === cuts.length) break;
      const part = document.createElement('span');
      part.textContent = this.text.slice(cuts[i], cuts[i + 1]);
      const over = this.spans.filter(s => s.from <= cuts[i] && cuts[i + 1] <= s.to);
      part.classList.toggle('marked', over.length > 0);
      part.classList.toggle('deep', over.length > 1);
      part.classList.toggle('chosen', over.includes(this.spans[this.chosen]));
      part.classList.toggle('selected', from < to && from <= cuts[i] && cuts[i + 1] <= to);
      part.title = over.map(s => s.label).join(', ');
      into.append(part);
    }
    into.querySelector('.caret')?.scrollIntoView({ block: 'nearest' });
  }
}
