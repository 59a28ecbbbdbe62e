package dev.imago.ngram;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A model's file from n-grams with their probabilities, in any order.
///
/// An n-gram whose suffix is not there (pruning leaves such) is given one, which is to have the
/// probability that the model has for it anyhow: nothing changes by that.
final class TrieBuilder implements AutoCloseable {
  private final int order;
  private final Path folder;
  private final long memoryBytes;
  private final RecordSorter[] sorters;
  private final List<RecordSorter> open = new ArrayList<>();
  private final int[] record;

  TrieBuilder(int order, Path folder, long memoryBytes) {
    this.order = order;
    this.folder = folder;
    this.memoryBytes = memoryBytes / (2L * order);
    this.sorters = new RecordSorter[order + 1];
    this.record = new int[order + 2];
    for (int n = 1; n <= order; n++) {
      sorters[n] = sorter("grams-" + n, n);
    }
  }

  private RecordSorter sorter(String name, int n) {
    var sorter = new RecordSorter(folder, name, n + 2, NgramCounter.suffixOrder(n), memoryBytes);
    open.add(sorter);
    return sorter;
  }

  /// @param p log₁₀
  /// @param weight log₁₀ of the back-off
  void add(int[] gram, float p, float weight) {
    int n = gram.length;
    System.arraycopy(gram, 0, record, 0, n);
    record[n] = Float.floatToRawIntBits(p);
    record[n + 1] = Float.floatToRawIntBits(weight);
    sorters[n].add(record);
  }

  /// @param smoothing null where it is not known
  /// @return whether n-grams were put in, whose p is not a number until [BackOffs] gives it
  boolean write(NgramWords words, NgramUnit unit, @Nullable Smoothing smoothing, Path to) {
    var stored = new RecordSorter[order + 1];
    stored[order] = sorters[order];
    var missing = new RecordSorter[order + 1];
    for (int n = order; n > 2; n--) {
      missing[n - 1] = sorter("missing-" + (n - 1), n - 1);
      stored[n] = complete(n, stored[n], missing[n - 1]);
      stored[n - 1] = merged(sorters[n - 1], missing[n - 1]);
    }
    stored[1] = sorters[1];
    long[] counts = new long[order];
    for (int n = 1; n <= order; n++) {
      counts[n - 1] = stored[n].size();
    }
    boolean blanks = false;
    try (var trie = new TrieWriter(to, words, counts, unit, smoothing)) {
      for (int n = 1; n <= order; n++) {
        blanks |= level(n, stored[n], trie);
      }
      trie.finish();
    }
    return blanks;
  }

  /// Writes the missing suffixes of one order's n-grams to a sorter, each once.
  ///
  /// @return the n-grams again
  private RecordSorter complete(int n, RecordSorter grams, RecordSorter missing) {
    RecordSorter again = sorter("again-" + n, n);
    int[] suffix = new int[n + 1];
    int[] last = new int[0];
    try (RecordCursor cursor = grams.sorted();
        RecordCursor shorter = copy(n - 1)) {
      boolean more = shorter.next();
      while (cursor.next()) {
        again.add(cursor.record);
        System.arraycopy(cursor.record, 1, suffix, 0, n - 1);
        int difference = -1;
        while (more && (difference = NgramCounter.compare(shorter.record, suffix, n - 1)) < 0) {
          more = shorter.next();
        }
        boolean known = last.length > 0 && Arrays.equals(last, 0, n - 1, suffix, 0, n - 1);
        if ((!more || difference != 0) && !known) {
          suffix[n - 1] = Float.floatToRawIntBits(Float.NaN);
          suffix[n] = 0;
          missing.add(suffix);
          last = Arrays.copyOf(suffix, n - 1);
        }
      }
    }
    grams.close();
    return again;
  }

  /// The n-grams of an order, to be read once more later.
  private RecordCursor copy(int n) {
    RecordSorter first = sorter("first-" + n, n);
    RecordSorter second = sorter("second-" + n, n);
    try (RecordCursor cursor = sorters[n].sorted()) {
      while (cursor.next()) {
        first.add(cursor.record);
        second.add(cursor.record);
      }
    }
    sorters[n].close();
    sorters[n] = second;
    return first.sorted();
  }

  private static RecordSorter merged(RecordSorter grams, RecordSorter more) {
    if (more.size() > 0) {
      try (RecordCursor cursor = more.sorted()) {
        while (cursor.next()) {
          grams.add(cursor.record);
        }
      }
    }
    more.close();
    return grams;
  }

  private boolean level(int n, RecordSorter grams, TrieWriter trie) {
    boolean blank = false;
    if (n > 1) {
      trie.level(n);
    }
    int[] last = new int[0];
    try (RecordCursor cursor = grams.sorted()) {
      while (cursor.next()) {
        int[] gram = cursor.record;
        float p = Float.intBitsToFloat(gram[n]);
        float weight = Float.intBitsToFloat(gram[n + 1]);
        blank |= Float.isNaN(p);
        if (n == 1) {
          trie.word(p, weight);
          continue;
        }
        if (last.length > 0 && Arrays.equals(last, 0, n, gram, 0, n)) {
          throw new IllegalArgumentException(
              "an n-gram of order %d is there twice; remove one of its lines".formatted(n));
        }
        last = Arrays.copyOf(gram, n);
        trie.suffix(gram);
        trie.gram(gram[0], p, weight);
      }
    }
    grams.close();
    return blank;
  }

  @Override
  public void close() {
    open.forEach(RecordSorter::close);
  }
}
