package dev.imago.duplicates;

import dev.imago.core.AtomicFile;
import dev.imago.duplicates.Outcome.Likeness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/// Which of a set of texts repeat another one. Every text is taken in an order that its content
/// gives it, and stays unless it is like one that stays already: the same text, the same address,
/// or at least as similar as asked, which is measured on all shingles of both wherever two share a
/// band. So nothing chains, and of a window that moves on through a text no two far ends are called
/// the same. Of several that it is like, the most similar one is named.
///
/// The answer is a function of the set: in whatever order the texts come, by whatever threads they
/// were signed, however little memory there is. Of the same text under several ids the least id
/// stays.
///
/// Kept in memory is what the budget allows, the rest lies in sorted runs and mapped files in a
/// folder that is empty again after [#close] and [Outcomes#close]. On disk it takes about twice the
/// texts' size.
public final class Deduplication implements AutoCloseable {
  /// How many texts of one bucket are looked at: the latest ones.
  private static final int MOST_COMPARED = 256;

  private final DuplicateRules rules;
  private final Path folder;
  private final long memoryBytes;
  private final EntryFile entries;

  /// Two a text: its fingerprint.
  private final LongFile fingerprints;

  /// One a text: its place, or −1 of an earlier corpus's.
  private final LongFile places;

  private final LongSorter keys;
  private final LongSorter order;
  private boolean decided;

  /// @param folder to work in; it is made
  /// @param memoryBytes on the heap
  public Deduplication(DuplicateRules rules, Path folder, long memoryBytes) {
    this.rules = rules;
    this.folder = folder;
    this.memoryBytes = memoryBytes;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.failure("make", folder, e);
    }
    entries = new EntryFile(folder);
    fingerprints = new LongFile(folder.resolve("fingerprints.bin"));
    places = new LongFile(folder.resolve("places.bin"));
    keys = new LongSorter(folder, "keys", 2, memoryBytes / 4);
    order = new LongSorter(folder, "order", 5, memoryBytes / 4);
  }

  /// Takes a text.
  ///
  /// @param place its number among all, at least 0, from whatever it is counted
  /// @return the number that [Outcomes#id] knows it by
  /// @throws IllegalArgumentException for a place below 0
  public long add(long place, String id, Traits traits) {
    if (place < 0) {
      throw new IllegalArgumentException("place " + place + " is below 0");
    }
    return put(place, id, traits);
  }

  /// Takes a text of an earlier corpus: it stays, whatever it is like.
  public void addEarlier(String id, Traits traits) {
    put(-1, id, traits);
  }

  private long put(long place, String id, Traits traits) {
    long number = entries.size();
    entries.add(id, traits.shingles());
    fingerprints.add(traits.high());
    fingerprints.add(traits.low());
    places.add(place);
    order.add(
        place < 0 ? 0 : 1, traits.high(), traits.low(), Mixing.of(id, 0, id.length()), number);
    for (long key : MeetingKeys.of(traits, rules)) {
      keys.add(key, number);
    }
    return number;
  }

  /// What comes of each: once.
  public Outcomes decide() {
    return decide(place -> true);
  }

  /// What comes of those that take part: once. The others are as if they had never been.
  public Outcomes decide(LongPredicate takesPart) {
    if (decided) {
      throw new IllegalStateException("it was decided");
    }
    decided = true;
    entries.flush();
    try (var present = new Present(folder, places, takesPart);
        var ranks = new LongFile(folder.resolve("ranks.bin"));
        var numbers = new LongFile(folder.resolve("numbers.bin"));
        var met = new LongSorter(folder, "met", 2, memoryBytes / 2);
        var buckets = new Buckets(folder);
        var copies = new LongFile(folder.resolve("copies.bin"));
        var told = new LongSorter(folder, "told", 4, memoryBytes / 4)) {
      rank(ranks, numbers, present);
      meet(ranks, met, present);
      long repeated = follow(numbers, met, buckets, copies, told);
      long documents = 0;
      for (long number = 0; number < entries.size(); number++) {
        long place = places.get(number);
        documents += place >= 0 && present.has(number) ? 1 : 0;
        if (copies.get(number) > 0 && place >= 0) {
          told.add(place, Outcomes.STANDS, copies.get(number), 0);
        }
      }
      var all = new LongFile(folder.resolve("outcomes.bin"));
      try (LongSorter.Cursor cursor = told.sorted()) {
        while (cursor.next()) {
          for (long each : cursor.record) {
            all.add(each);
          }
        }
      }
      return new Outcomes(all, entries, documents, repeated);
    }
  }

  /// The order in which texts are taken.
  private void rank(LongFile ranks, LongFile numbers, Present present) {
    try (LongSorter.Cursor cursor = order.sorted()) {
      long[] before = new long[5];
      long start = 0;
      long least = 0;
      String leastId = "";
      long rank = -1;
      while (cursor.next()) {
        long[] now = cursor.record;
        long number = now[4];
        if (!present.has(number)) {
          continue;
        }
        rank++;
        numbers.add(number);
        if (rank == 0 || !Arrays.equals(now, 0, 3, before, 0, 3)) {
          promote(numbers, start, least);
          start = rank;
          least = rank;
          leastId = "";
        } else {
          leastId = leastId.isEmpty() ? entries.id(numbers.get(start)) : leastId;
          String id = entries.id(number);
          if (id.compareTo(leastId) < 0) {
            leastId = id;
            least = rank;
          }
        }
        System.arraycopy(now, 0, before, 0, 5);
      }
      promote(numbers, start, least);
    } finally {
      order.close();
    }
    for (long rank = 0; rank < numbers.size(); rank++) {
      ranks.set(numbers.get(rank), rank);
    }
  }

  /// Of the same text under several ids the least id comes first.
  private static void promote(LongFile numbers, long start, long least) {
    if (start != least) {
      long first = numbers.get(start);
      numbers.set(start, numbers.get(least));
      numbers.set(least, first);
    }
  }

  /// Which texts share which keys, by rank.
  private void meet(LongFile ranks, LongSorter met, Present present) {
    try (LongSorter.Cursor cursor = keys.sorted()) {
      long bucket = -1;
      long key = 0;
      long waiting = -1;
      while (cursor.next()) {
        long number = cursor.record[1];
        if (!present.has(number)) {
          continue;
        }
        if (bucket >= 0 && cursor.record[0] == key) {
          if (waiting >= 0) {
            met.add(ranks.get(waiting), bucket << 2 | key & 3);
            waiting = -1;
          }
          met.add(ranks.get(number), bucket << 2 | key & 3);
        } else {
          // A bucket of one is used again by the next key.
          bucket = waiting >= 0 ? bucket : bucket + 1;
          key = cursor.record[0];
          waiting = number;
        }
      }
    } finally {
      keys.close();
    }
  }

  /// Takes the texts that share a key, in order of rank.
  private long follow(
      LongFile numbers, LongSorter met, Buckets buckets, LongFile copies, LongSorter told) {
    long repeated = 0;
    var comparison = new Comparison();
    try (LongSorter.Cursor cursor = met.sorted()) {
      long[] shared = new long[rules.bands() + 2];
      boolean more = cursor.next();
      while (more) {
        long rank = cursor.record[0];
        int count = 0;
        while (more && cursor.record[0] == rank) {
          shared[count++] = cursor.record[1];
          more = cursor.next();
        }
        long number = numbers.get(rank);
        long place = places.get(number);
        if (place >= 0 && comparison.repeats(number, shared, count, buckets)) {
          repeated++;
          copies.set(comparison.of, copies.get(comparison.of) + 1);
          told.add(
              place,
              comparison.likeness.ordinal(),
              comparison.of,
              Double.doubleToLongBits(comparison.similarity));
        } else {
          for (int i = 0; i < count; i++) {
            buckets.add(shared[i] >>> 2, number);
          }
        }
      }
    }
    return repeated;
  }

  /// Which texts take part, a bit each: asked for every key, in no order, so it has to be small.
  private static final class Present implements AutoCloseable {
    private final LongFile bits;

    Present(Path folder, LongFile places, LongPredicate takesPart) {
      bits = new LongFile(folder.resolve("present.bin"));
      for (long number = 0; number < places.size(); number++) {
        long place = places.get(number);
        if (place < 0 || takesPart.test(place)) {
          bits.set(number >>> 6, bits.get(number >>> 6) | 1L << number);
        }
      }
    }

    boolean has(long number) {
      return (bits.get(number >>> 6) >>> number & 1) != 0;
    }

    @Override
    public void close() {
      bits.close();
    }
  }

  /// One text against those that stay.
  private final class Comparison {
    private final ShingleCache cache = new ShingleCache(entries, memoryBytes / 4);
    private long[] candidates = new long[64];
    private Likeness likeness = Likeness.EXACT;
    private long of;
    private double similarity;

    /// Whether it repeats one; which, is told in the fields.
    boolean repeats(long number, long[] shared, int count, Buckets buckets) {
      int found = 0;
      long sameAddress = -1;
      for (int i = 0; i < count; i++) {
        long link = buckets.latest(shared[i] >>> 2);
        int kind = (int) (shared[i] & 3);
        for (int n = 0; link >= 0 && n < MOST_COMPARED; n++, link = buckets.before(link)) {
          long other = buckets.number(link);
          if (kind == MeetingKeys.TEXT) {
            if (fingerprints.get(2 * other) == fingerprints.get(2 * number)
                && fingerprints.get(2 * other + 1) == fingerprints.get(2 * number + 1)) {
              return is(Likeness.EXACT, other, 1);
            }
          } else if (kind == MeetingKeys.ADDRESS) {
            // The first that stays: of a bucket of one address, its only one.
            sameAddress = other;
          } else {
            if (found == candidates.length) {
              candidates = Arrays.copyOf(candidates, 2 * found);
            }
            candidates[found++] = other;
          }
        }
      }
      return sameAddress >= 0
          ? is(Likeness.ADDRESS, sameAddress, 1)
          : found > 0 && near(number, found);
    }

    private boolean is(Likeness what, long other, double how) {
      likeness = what;
      of = other;
      similarity = how;
      return true;
    }

    private boolean near(long number, int found) {
      Arrays.sort(candidates, 0, found);
      long[] own = cache.distinct(number);
      double best = -1;
      long bestOther = -1;
      for (int i = 0; i < found; i++) {
        if (i > 0 && candidates[i] == candidates[i - 1]) {
          continue;
        }
        long[] other = cache.distinct(candidates[i]);
        double most =
            (double) Math.min(own.length, other.length) / Math.max(own.length, other.length);
        double is = most < rules.similarity() ? 0 : Shingles.similarity(own, other);
        if (is >= rules.similarity()
            && (is > best || is == best && before(candidates[i], bestOther))) {
          best = is;
          bestOther = candidates[i];
        }
      }
      return bestOther >= 0 && is(Likeness.NEAR, bestOther, best);
    }

    /// Whether one text comes before another of the same similarity: by its fingerprint.
    private boolean before(long a, long b) {
      for (int half = 0; half < 2; half++) {
        long first = fingerprints.get(2 * a + half);
        long second = fingerprints.get(2 * b + half);
        if (first != second) {
          return first < second;
        }
      }
      return entries.id(a).compareTo(entries.id(b)) < 0;
    }
  }

  /// Shingles of texts that were asked for lately.
  private static final class ShingleCache {
    private final EntryFile entries;
    private final long most;
    private final Map<Long, long[]> known = new LinkedHashMap<>(16, 0.75f, true);
    private long held;

    ShingleCache(EntryFile entries, long memoryBytes) {
      this.entries = entries;
      this.most = memoryBytes / Long.BYTES;
    }

    long[] distinct(long number) {
      long[] found = known.get(number);
      if (found == null) {
        found = Shingles.distinct(entries.shingles(number));
        known.put(number, found);
        held += found.length + 16;
        var oldest = known.entrySet().iterator();
        while (held > most && known.size() > 1) {
          held -= oldest.next().getValue().length + 16;
          oldest.remove();
        }
      }
      return found;
    }
  }

  /// Frees what [Outcomes] does not need; without a decision, all.
  @Override
  public void close() {
    fingerprints.close();
    places.close();
    keys.close();
    order.close();
    if (!decided) {
      entries.close();
    }
  }
}
