package dev.imago.suites;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Looks for the items of a test in documents, one document after another.
///
/// An item is in a document where all its words stand there in a row; or where thirteen in a row do
/// (Brown et al. 2020, arXiv:2005.14165; fewer of a shorter item, eight at least), which no more
/// than a few items share; or where within twice its length most of its pairs of neighbours do,
/// which finds shuffled choices and small changes. What counts as a word says [LeakUnits].
///
/// Items of fewer than five words are not looked for: they stand everywhere.
public final class LeakSearch {
  private static final int PASSAGE = 13;
  private static final int SHORTEST_PASSAGE = 8;
  private static final int SHORTEST = 5;

  /// Of an item's pairs of neighbours, as many make it near.
  private static final double NEAR = 0.6;

  private static final int LEAST_PAIRS = 8;

  /// What more items have than this is how the test asks, not what.
  private static final int SHARED_BY = 3;

  /// Pairs are commoner: one that so many items have tells little, and costs time.
  private static final int PAIR_SHARED_BY = 64;

  private static final long BASE = 0x9e3779b97f4a7c15L | 1;
  private static final int AROUND = 60;

  private final IntUnaryOperator script;
  private final List<LeakUnits> items = new ArrayList<>();

  /// By length of a passage, the items that have it by its hash.
  private final Map<Integer, Map<Long, int[]>> passages = new TreeMap<>();

  private final Map<Long, int[]> pairs = new HashMap<>();
  private final int[] pairCounts;
  private final @Nullable Leak[] found;

  /// @param texts the items
  /// @param script a character in the script that is compared: Chinese in simplified characters,
  ///   say
  public LeakSearch(List<String> texts, IntUnaryOperator script) {
    this.script = script;
    texts.forEach(text -> items.add(LeakUnits.of(text, script)));
    this.pairCounts = new int[texts.size()];
    this.found = new Leak[texts.size()];
    index();
  }

  private void index() {
    var wholes = new TreeMap<Integer, Map<Long, Set<Integer>>>();
    var parts = new TreeMap<Integer, Map<Long, Set<Integer>>>();
    var neighbours = new HashMap<Long, Set<Integer>>();
    for (int i = 0; i < items.size(); i++) {
      LeakUnits item = items.get(i);
      int n = passage(item.size());
      if (n == 0) {
        continue;
      }
      long[] sums = sums(item.hashes());
      long power = power(n);
      for (int at = 0; at + n <= item.size(); at++) {
        Map<Long, Set<Integer>> of =
            (n == item.size() ? wholes : parts).computeIfAbsent(n, _ -> new HashMap<>());
        of.computeIfAbsent(window(sums, at, n, power), _ -> new HashSet<>()).add(i);
      }
      for (int at = 0; at + 1 < item.size(); at++) {
        neighbours.computeIfAbsent(pair(item.hashes(), at), _ -> new HashSet<>()).add(i);
      }
    }
    // The same item twice is no sign of how a test asks.
    parts.forEach((n, some) -> some.values().removeIf(s -> s.size() > SHARED_BY));
    wholes.forEach((n, some) -> put(n, some));
    parts.forEach((n, some) -> put(n, some));
    neighbours.values().removeIf(s -> s.size() > PAIR_SHARED_BY);
    neighbours.forEach(
        (hash, of) -> {
          of.forEach(i -> pairCounts[i]++);
          pairs.put(hash, array(of));
        });
  }

  private void put(int n, Map<Long, Set<Integer>> some) {
    Map<Long, int[]> to = passages.computeIfAbsent(n, _ -> new HashMap<>());
    some.forEach(
        (hash, of) ->
            to.merge(
                hash,
                array(of),
                (a, b) ->
                    Arrays.stream(new int[][] {a, b}).flatMapToInt(Arrays::stream).toArray()));
  }

  private static int[] array(Set<Integer> items) {
    return items.stream().mapToInt(i -> i).sorted().toArray();
  }

  /// Of an item of so many words, how many in a row are looked for; 0 for none.
  private static int passage(int size) {
    if (size < SHORTEST) {
      return 0;
    }
    return size < SHORTEST_PASSAGE
        ? size
        : Math.min(PASSAGE, Math.max(SHORTEST_PASSAGE, size * 2 / 5));
  }

  /// How many items are too short to be looked for.
  public int tooShort() {
    return (int) items.stream().filter(item -> passage(item.size()) == 0).count();
  }

  /// Looks at a document, and remembers of each item the largest part that was met.
  ///
  /// @param name of it, for whoever reads what was found
  public void look(String name, String text) {
    for (Leak leak : leaks(name, text, item -> found[item] == null)) {
      Leak known = found[leak.item()];
      if (known == null
          || known.kind() != Leak.Kind.WHOLE
              && leak.kind() != Leak.Kind.NEAR
              && (known.kind() == Leak.Kind.NEAR
                  || leak.kind() == Leak.Kind.WHOLE
                  || leak.share() > known.share())) {
        found[leak.item()] = leak;
      }
    }
  }

  /// The items that stand in a document, in their order: of each the largest part. Nothing is
  /// remembered, and any number of threads may ask.
  public List<Leak> leaksIn(String name, String text) {
    return leaks(name, text, item -> true);
  }

  /// @param looksNear of which items what is nearly the same is of interest
  private List<Leak> leaks(String name, String text, IntPredicate looksNear) {
    var here = new TreeMap<Integer, Leak>();
    LeakUnits document = LeakUnits.of(text, script);
    long[] sums = sums(document.hashes());
    for (var length : passages.entrySet()) {
      int n = length.getKey();
      long power = power(n);
      Map<Long, int[]> wanted = length.getValue();
      for (int at = 0; at + n <= document.size(); at++) {
        int[] of = wanted.get(window(sums, at, n, power));
        if (of != null) {
          for (int item : of) {
            passage(here, item, n, name, text, document, at);
          }
        }
      }
    }
    near(here, looksNear, name, text, document);
    return List.copyOf(here.values());
  }

  private void passage(
      Map<Integer, Leak> here,
      int item,
      int n,
      String name,
      String text,
      LeakUnits document,
      int at) {
    Leak known = here.get(item);
    if (known != null && known.kind() == Leak.Kind.WHOLE) {
      return;
    }
    int size = items.get(item).size();
    int[] row = row(items.get(item).hashes(), document.hashes(), at, n);
    int length = row[1] - row[0];
    double share = (double) length / size;
    if (known == null || share > known.share()) {
      here.put(
          item,
          new Leak(
              item,
              length == size ? Leak.Kind.WHOLE : Leak.Kind.PASSAGE,
              name,
              share,
              around(text, document, row[0], row[1])));
    }
  }

  /// As far as item and document go on alike around a window of the document.
  private static int[] row(long[] item, long[] document, int at, int n) {
    int[] best = {at, at + n};
    for (int start = 0; start + n <= item.length; start++) {
      if (!Arrays.equals(item, start, start + n, document, at, at + n)) {
        continue;
      }
      int from = 0;
      while (start - from > 0
          && at - from > 0
          && item[start - from - 1] == document[at - from - 1]) {
        from++;
      }
      int to = n;
      while (start + to < item.length
          && at + to < document.length
          && item[start + to] == document[at + to]) {
        to++;
      }
      if (from + to > best[1] - best[0]) {
        best = new int[] {at - from, at + to};
      }
    }
    return best;
  }

  /// Pairs of an item that have been met, with where last.
  private static final class Met {
    private final List<long[]> pairs = new ArrayList<>();
  }

  private void near(
      Map<Integer, Leak> here,
      IntPredicate looksNear,
      String name,
      String text,
      LeakUnits document) {
    var met = new HashMap<Integer, Met>();
    for (int at = 0; at + 1 < document.size(); at++) {
      long pair = pair(document.hashes(), at);
      int[] of = pairs.get(pair);
      if (of == null) {
        continue;
      }
      for (int item : of) {
        if (pairCounts[item] >= LEAST_PAIRS && !here.containsKey(item) && looksNear.test(item)) {
          met.computeIfAbsent(item, _ -> new Met()).pairs.add(new long[] {at, pair});
        }
      }
    }
    met.forEach(
        (item, pairs) -> {
          int window = 2 * items.get(item).size();
          window(pairs.pairs, window, (int) Math.ceil(NEAR * pairCounts[item]))
              .ifPresent(
                  span ->
                      here.put(
                          item,
                          new Leak(
                              item,
                              Leak.Kind.NEAR,
                              name,
                              (double) span[2] / pairCounts[item],
                              around(text, document, span[0], span[1] + 2))));
        });
  }

  /// The first stretch of at most so many words with enough different pairs: from, to, how many.
  private static Optional<int[]> window(List<long[]> pairs, int words, int enough) {
    if (pairs.size() < enough) {
      return Optional.empty();
    }
    var counts = new HashMap<Long, Integer>();
    int from = 0;
    for (long[] pair : pairs) {
      counts.merge(pair[1], 1, Integer::sum);
      while (pair[0] - pairs.get(from)[0] > words) {
        counts.computeIfPresent(pairs.get(from)[1], (_, n) -> n == 1 ? null : n - 1);
        from++;
      }
      if (counts.size() >= enough) {
        return Optional.of(new int[] {(int) pairs.get(from)[0], (int) pair[0], counts.size()});
      }
    }
    return Optional.empty();
  }

  private static String around(String text, LeakUnits document, int from, int to) {
    int last = Math.min(to, document.size()) - 1;
    int begin = Math.max(0, document.starts()[from] - AROUND);
    int end = Math.min(text.length(), document.ends()[last] + AROUND);
    return text.substring(
        Character.isLowSurrogate(text.charAt(begin)) ? begin + 1 : begin,
        end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? end + 1 : end);
  }

  /// What was found so far: of each item the largest part.
  public List<Leak> found() {
    var leaks = new ArrayList<Leak>();
    for (Leak leak : found) {
      if (leak != null) {
        leaks.add(leak);
      }
    }
    return leaks;
  }

  private static long pair(long[] hashes, int at) {
    return LeakUnits.mixed(hashes[at] * 31 + hashes[at + 1]);
  }

  /// Sums from which the hash of any window follows in one step.
  private static long[] sums(long[] hashes) {
    long[] sums = new long[hashes.length + 1];
    for (int i = 0; i < hashes.length; i++) {
      sums[i + 1] = sums[i] * BASE + hashes[i];
    }
    return sums;
  }

  private static long power(int n) {
    long power = 1;
    for (int i = 0; i < n; i++) {
      power *= BASE;
    }
    return power;
  }

  private static long window(long[] sums, int at, int n, long power) {
    return LeakUnits.mixed(sums[at + n] - sums[at] * power);
  }
}
