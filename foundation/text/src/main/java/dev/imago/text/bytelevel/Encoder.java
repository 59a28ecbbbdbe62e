package dev.imago.text.bytelevel;

/// Encodes ordinary text: cuts it into pieces, takes a piece's ids from a cache or merges them. One
/// thread at a time; what it remembers makes the next text faster and changes no id.
public final class Encoder {
  private static final int PIECES = 512;

  private final ByteLevelBpe bpe;
  private final Splitter splitter;
  private final PieceCache cache = new PieceCache();
  private final Merging merging = new Merging();
  private final int[] ends = new int[PIECES];

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
      out.reserve(PieceCache.IDS * (count + 1));
      int room = out.array().length - PieceCache.IDS * count;
      for (int i = 0; i < count; i++) {
        int end = ends[i];
        if (!cache.find(text, start, end, out)) {
          merge(text, start, end, out);
        }
        // A piece may have more ids than were thought of.
        if (out.size() > room + PieceCache.IDS * i) {
          out.reserve(PieceCache.IDS * (count - i));
          room = out.array().length - PieceCache.IDS * count;
        }
        start = end;
      }
    }
  }

  /// As [#encode], and appends where each id's bytes end in `text`. A byte that has no token is
  /// within an id's bytes or right before them.
  public void encode(byte[] text, int from, int to, IntList out, IntList idEnds) {
    int start = from;
    while (start < to) {
      int count = splitter.cut(text, start, to, ends);
      for (int i = 0; i < count; i++) {
        int end = ends[i];
        int before = out.size();
        out.reserve(PieceCache.IDS);
        if (!cache.find(text, start, end, out)) {
          merge(text, start, end, out);
        }
        int at = start;
        for (int n = before; n < out.size(); n++) {
          at = bpe.endOf(out.get(n), text, at, end);
          idEnds.add(at);
        }
        start = end;
      }
    }
  }

  private void merge(byte[] text, int from, int to, IntList out) {
    int whole = bpe.whole.find(text, from, to);
    if (whole >= 0) {
      out.add(whole);
      cache.put(text, from, to, out.array(), out.size() - 1, 1);
      return;
    }
    int count = merging.merge(bpe, text, from, to);
    int before = out.size();
    out.add(merging.ids(), 0, count);
    cache.put(text, from, to, out.array(), before, count);
  }
}
