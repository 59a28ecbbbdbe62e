package dev.imago.tokenizers.bytelevel;

/// Encodes ordinary text: cuts it into pieces, takes a piece's ids from what it remembers, or
/// merges them. One thread at a time; what it remembers makes the next text faster and changes no
/// id.
///
/// Pieces are taken some hundred at a time, and each step does all of them, without a branch on
/// what memory says wherever that can be had: a processor then has many loads under way at once and
/// guesses few branches wrong. A piece's first station is a small table, kept near by its size: the
/// some thousand pieces that make up nine tenths of most texts.
public final class ByteLevelEncoder {
  private static final int BATCH = 256;
  private static final int NEAR_BITS = 12;

  /// By length: which bits of a piece's two longs are its own; none past 15.
  private static final long[] LOW_MASKS = new long[PieceCache.INLINE + 2];

  private static final long[] HIGH_MASKS = new long[PieceCache.INLINE + 2];

  static {
    for (int length = 0; length <= PieceCache.INLINE; length++) {
      LOW_MASKS[length] = length >= 8 ? -1L : (1L << length * 8) - 1;
      HIGH_MASKS[length] = length <= 8 ? 0 : (1L << (length - 8) * 8) - 1;
    }
  }

  private final ByteLevelBpe bpe;
  private final Splitter splitter;
  private final PieceCache cache = new PieceCache();
  private final Merging merging = new Merging();

  /// The small table: the two longs of a key, a value, and one that is free.
  private final long[] near = new long[4 << NEAR_BITS];

  // Of the pieces of a batch.
  private final int[] ends = new int[BATCH];
  private final long[] values = new long[BATCH];

  // Of those among them that the small table does not have.
  private final int[] missed = new int[BATCH];
  private final int[] missedStarts = new int[BATCH];
  private final long[] lows = new long[BATCH];
  private final long[] highs = new long[BATCH];
  private final int[] places = new int[BATCH];

  /// Keeps loads alive that only fetch.
  private long fetched;

  ByteLevelEncoder(ByteLevelBpe bpe) {
    this.bpe = bpe;
    this.splitter = bpe.splitter();
  }

  /// Appends the ids of `text[from, to)`.
  ///
  /// @param text valid UTF-8
  public void encode(byte[] text, int from, int to, IntList out) {
    int start = from;
    while (start < to) {
      int count = splitter.cut(text, start, to, ends);
      resolve(text, start, count);
      append(text, start, count, out);
      start = ends[count - 1];
    }
  }

  /// As [#encode], and appends where each id's bytes end in `text`. A byte that has no token is
  /// within an id's bytes or right before them.
  public void encode(byte[] text, int from, int to, IntList out, IntList idEnds) {
    int start = from;
    while (start < to) {
      int count = splitter.cut(text, start, to, ends);
      resolve(text, start, count);
      for (int i = 0; i < count; i++) {
        int before = out.size();
        append(text, start, ends[i], values[i], out);
        int at = start;
        for (int n = before; n < out.size(); n++) {
          at = bpe.endOf(out.get(n), text, at, ends[i]);
          idEnds.add(at);
        }
        start = ends[i];
      }
    }
  }

  /// Finds the values of a batch.
  private void resolve(byte[] text, int from, int count) {
    cache.tidy();
    int misses = lookNear(text, from, count);
    fetch(text, misses);
    for (int k = 0; k < misses; k++) {
      int i = missed[k];
      int start = missedStarts[k];
      long low = lows[k];
      long high = highs[k];
      int length = ends[i] - start;
      if (length > PieceCache.LONGEST) {
        values[i] = 0;
        continue;
      }
      long value = cache.find(places[k], low, high, text, start);
      if (value == 0) {
        int found = merge(text, start, ends[i]);
        value = cache.put(places[k], low, high, text, start, ends[i], merging.ids(), found);
      }
      values[i] = value;
      if (high > 0 && value > 0) {
        int at = nearPlace(low, high);
        near[at] = low;
        near[at + 1] = high;
        near[at + 2] = value;
      }
    }
  }

  /// Takes from the small table what it has.
  ///
  /// @return how many pieces it does not have
  private int lookNear(byte[] text, int from, int count) {
    long[] near = this.near;
    int misses = 0;
    int start = from;
    for (int i = 0; i < count; i++) {
      int end = ends[i];
      int length = Math.min(end - start, PieceCache.INLINE + 1);
      long low;
      long high;
      if (start + 16 <= text.length) {
        low = Bytes.longAt(text, start) & LOW_MASKS[length];
        high = Bytes.longAt(text, start + 8) & HIGH_MASKS[length] | (long) length << 56;
      } else if (length <= PieceCache.INLINE) {
        low = PieceCache.low(text, start, end);
        high = PieceCache.high(text, start, end);
      } else {
        low = 0;
        high = (long) length << 56;
      }
      int at = nearPlace(low, high);
      long differs = near[at] ^ low | near[at + 1] ^ high;
      long miss = (differs | -differs) >> 63;
      values[i] = near[at + 2] & ~miss;
      missed[misses] = i;
      missedStarts[misses] = start;
      lows[misses] = low;
      highs[misses] = high;
      misses -= (int) miss;
      start = end;
    }
    return misses;
  }

  private static int nearPlace(long low, long high) {
    return (int) (PieceCache.hash(low, high) >>> 64 - NEAR_BITS) << 2;
  }

  /// Computes the keys and places of what was missed, and loads what lies there.
  private void fetch(byte[] text, int misses) {
    long sum = 0;
    for (int k = 0; k < misses; k++) {
      int start = missedStarts[k];
      int end = ends[missed[k]];
      if (end - start > PieceCache.INLINE) {
        lows[k] = PieceCache.low(text, start, end);
        highs[k] = PieceCache.high(text, start, end);
      }
      int place = cache.place(lows[k], highs[k]);
      places[k] = place;
      sum += cache.fetch(place);
    }
    fetched = sum;
  }

  private void append(byte[] text, int from, int count, IntList out) {
    int[] ids = out.reserve(PieceCache.IDS * count);
    int size = out.size();
    for (int i = 0; i < count; i++) {
      long value = values[i];
      if (value > 0) {
        // All three, of which the next piece overwrites what is too many.
        ids[size] = (int) value & PieceCache.ID_MASK;
        ids[size + 1] = (int) (value >>> PieceCache.ID_BITS) & PieceCache.ID_MASK;
        ids[size + 2] = (int) (value >>> 2 * PieceCache.ID_BITS) & PieceCache.ID_MASK;
        size += (int) (value >>> 3 * PieceCache.ID_BITS);
      } else {
        out.size(size);
        append(text, i == 0 ? from : ends[i - 1], ends[i], value, out);
        ids = out.reserve(PieceCache.IDS * (count - i));
        size = out.size();
      }
    }
    out.size(size);
  }

  private void append(byte[] text, int from, int to, long value, IntList out) {
    if (value > 0) {
      int count = (int) (value >>> 3 * PieceCache.ID_BITS);
      for (int i = 0; i < count; i++) {
        out.add((int) (value >>> PieceCache.ID_BITS * i) & PieceCache.ID_MASK);
      }
    } else if (value < 0) {
      cache.appendListed(value, out);
    } else {
      int count = merge(text, from, to);
      out.add(merging.ids(), 0, count);
    }
  }

  /// Leaves the ids of a piece in [#merging].
  ///
  /// @return how many they are
  private int merge(byte[] text, int from, int to) {
    int whole = bpe.whole(text, from, to);
    if (whole >= 0) {
      merging.room(1)[0] = whole;
      return 1;
    }
    return merging.merge(bpe, text, from, to);
  }
}
