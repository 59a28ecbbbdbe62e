package dev.imago.text.bytelevel;

/// Encodes ordinary text: cuts it into pieces, takes a piece's ids from what it remembers, or
/// merges them. One thread at a time; what it remembers makes the next text faster and changes no
/// id.
///
/// Pieces are taken some hundred at a time, and each step does all of them, without a branch on
/// what memory says wherever that can be had: a processor then has many loads under way at once and
/// guesses few branches wrong. A piece's first station is a small table, kept near by its size: the
/// few hundred pieces that make up most of any text, of up to seven bytes each.
public final class Encoder {
  private static final int BATCH = 256;
  private static final int NEAR_BITS = 11;

  /// By length: which bits of a long are a piece's own; none from 8 on.
  private static final long[] MASKS = {
    0, 0xff, 0xffff, 0xffffff, 0xffffffffL, 0xffffffffffL, 0xffffffffffffL, 0xffffffffffffffL, 0
  };

  private static final int NEAR_LENGTH = 7;

  private final ByteLevelBpe bpe;
  private final Splitter splitter;
  private final PieceCache cache = new PieceCache();
  private final Merging merging = new Merging();

  /// The small table: a key, which is the piece with its length in the top byte, and a value.
  private final long[] near = new long[2 << NEAR_BITS];

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

  Encoder(ByteLevelBpe bpe) {
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
      if (length <= NEAR_LENGTH && value > 0) {
        int at = nearPlace(high | low);
        near[at] = high | low;
        near[at + 1] = value;
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
      int length = Math.min(end - start, NEAR_LENGTH + 1);
      long bytes =
          start + 8 <= text.length
              ? Bytes.longAt(text, start) & MASKS[length]
              : length > NEAR_LENGTH ? 0 : Bytes.part(text, start, end);
      long key = bytes | (long) length << 56;
      int at = nearPlace(key);
      long differs = near[at] ^ key;
      long miss = (differs | -differs) >> 63;
      values[i] = near[at + 1] & ~miss;
      missed[misses] = i;
      missedStarts[misses] = start;
      misses -= (int) miss;
      start = end;
    }
    return misses;
  }

  private static int nearPlace(long key) {
    return (int) (key * Bytes.MIX >>> 64 - NEAR_BITS) << 1;
  }

  /// Computes the keys and places of what was missed, and loads what lies there.
  private void fetch(byte[] text, int misses) {
    long sum = 0;
    for (int k = 0; k < misses; k++) {
      int start = missedStarts[k];
      int end = ends[missed[k]];
      long low = PieceCache.low(text, start, end);
      long high = PieceCache.high(text, start, end);
      int place = cache.place(low, high);
      lows[k] = low;
      highs[k] = high;
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
