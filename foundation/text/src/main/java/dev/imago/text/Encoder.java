package dev.imago.text;

/// Encodes ordinary text: pattern, then pairs, with a cache from word to ids. One thread at a time;
/// a tokenizer keeps a few of these.
final class Encoder {
  /// Past either, the cache starts anew: text has a few thousand words that it repeats, and many
  /// that it does not.
  private static final int MAX_WORDS = 1 << 17;

  private static final int MAX_POOL_BYTES = 8 << 20;

  /// Longer words are not cached.
  private static final int MAX_WORD_BYTES = 256;

  private final SplitPattern pattern;
  private final Bpe bpe;
  private final Words words = new Words(1 << 12);

  /// By a word's number: its id, or −1 − its place in `runs`, where its count and its ids stand.
  private final IntList values = new IntList();

  private final IntList runs = new IntList();
  final IntList out = new IntList();

  Encoder(SplitPattern pattern, Bpe bpe) {
    this.pattern = pattern;
    this.bpe = bpe;
  }

  /// Appends the ids of `text[from, to)`, valid UTF-8, to [#out].
  void encode(byte[] text, int from, int to) {
    int start = from;
    while (start < to) {
      int end = pattern.end(text, start, to);
      if (end - start > MAX_WORD_BYTES) {
        bpe.merge(text, start, end, out);
      } else {
        int number = words.add(text, start, end);
        if (number < 0) {
          remember(-1 - number, text, start, end);
        } else {
          int value = values.get(number);
          if (value >= 0) {
            out.add(value);
          } else {
            out.add(runs.array(), -value, runs.get(-1 - value));
          }
        }
      }
      start = end;
    }
  }

  private void remember(int number, byte[] text, int start, int end) {
    if (number >= MAX_WORDS || words.pooledBytes() > MAX_POOL_BYTES) {
      words.clear();
      values.clear();
      runs.clear();
      words.add(text, start, end);
    }
    int before = out.size();
    bpe.merge(text, start, end, out);
    int count = out.size() - before;
    if (count == 1) {
      values.add(out.get(before));
    } else {
      values.add(-1 - runs.size());
      runs.add(count);
      runs.add(out.array(), before, count);
    }
  }
}
