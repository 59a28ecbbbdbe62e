package dev.imago.duplicates;

import dev.imago.duplicates.Outcome.Likeness;

/// Of each place what comes of the text there; on disk, read by any number of threads.
public final class Outcomes implements AutoCloseable {
  static final int STANDS = Likeness.values().length;

  private static final Outcome ALONE = new Outcome.Alone();

  /// Four a text that has others like it, by place: place, likeness or [#STANDS], the number of the
  /// one that stays or how many repeat it, and the similarity's bits.
  private final LongFile all;

  private final EntryFile entries;
  private final long documents;
  private final long repeated;

  Outcomes(LongFile all, EntryFile entries, long documents, long repeated) {
    this.all = all;
    this.entries = entries;
    this.documents = documents;
    this.repeated = repeated;
  }

  public Outcome of(long place) {
    long low = 0;
    long high = all.size() / 4 - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      long met = all.get(4 * middle);
      if (met == place) {
        return at(4 * middle);
      }
      low = met < place ? middle + 1 : low;
      high = met > place ? middle - 1 : high;
    }
    return ALONE;
  }

  private Outcome at(long index) {
    int kind = (int) all.get(index + 1);
    return kind == STANDS
        ? new Outcome.Stands(1 + all.get(index + 2))
        : new Outcome.Repeats(
            Likeness.values()[kind],
            Double.longBitsToDouble(all.get(index + 3)),
            entries.id(all.get(index + 2)));
  }

  /// The id of a text, by the number that [Deduplication#add] gave it.
  public String id(long number) {
    return entries.id(number);
  }

  /// How many texts there are, without those of earlier corpora.
  public long documents() {
    return documents;
  }

  /// How many of them repeat one that stays.
  public long repeated() {
    return repeated;
  }

  @Override
  public void close() {
    all.close();
    entries.close();
  }
}
