package dev.imago.duplicates;

/// Of each place which stretches of the text there are to go; on disk, read by any number of
/// threads.
public final class Cuts implements AutoCloseable {
  /// Three a stretch, in order: place, from and to, in UTF-16 units.
  private final LongFile all;

  Cuts(LongFile all) {
    this.all = all;
  }

  /// The text of a place without what is to go: itself where that is nothing.
  public String apply(long place, String text) {
    long at = first(place);
    if (at == all.size() || all.get(at) != place) {
      return text;
    }
    var left = new StringBuilder(text.length());
    int done = 0;
    for (; at < all.size() && all.get(at) == place; at += 3) {
      left.append(text, done, (int) all.get(at + 1));
      done = (int) all.get(at + 2);
    }
    return left.append(text, done, text.length()).toString();
  }

  /// How many stretches there are in all.
  public long stretches() {
    return all.size() / 3;
  }

  /// How many UTF-16 units they have together.
  public long units() {
    long sum = 0;
    for (long at = 0; at < all.size(); at += 3) {
      sum += all.get(at + 2) - all.get(at + 1);
    }
    return sum;
  }

  private long first(long place) {
    long low = 0;
    long high = all.size() / 3;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (all.get(3 * middle) < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return 3 * low;
  }

  @Override
  public void close() {
    all.close();
  }
}
