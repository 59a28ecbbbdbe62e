package dev.imago.ngram;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Probabilities and back-off weights from counts, of all orders.
///
/// p(w | h) = (c(h w) − D) / c(h) + γ(h) · p(w | h′), where h′ is h without its first word and the
/// words' own probabilities rest on the uniform distribution over all that can follow: everything
/// but `<s>`. First the counts are sorted by context, where c(h) and γ(h) come from; then by
/// suffix, where p(w | h′) has just been made.
final class Estimation implements AutoCloseable {
  private final NgramSettings settings;
  private final int order;
  private final NgramWords words;
  private final Path folder;
  private final long memoryBytes;
  private final long[] unigrams;
  private final List<RecordSorter> open = new ArrayList<>();
  private final RecordSorter[] byContext;
  private final RecordSorter[] bySuffix;
  private final RecordSorter[] backOffs;
  private final float[] wordBackOffs;
  private Discounts[] discounts = new Discounts[0];

  /// @param folder for what does not fit into memory
  Estimation(NgramSettings settings, NgramWords words, Path folder) {
    this.settings = settings;
    this.order = settings.order();
    this.words = words;
    this.folder = folder;
    this.unigrams = new long[words.size()];
    this.wordBackOffs = new float[words.size()];
    this.byContext = new RecordSorter[order + 1];
    this.bySuffix = new RecordSorter[order + 1];
    this.backOffs = new RecordSorter[order + 1];
    // Three sorters an order, of which those by context are emptied while the others fill.
    this.memoryBytes = settings.memoryBytes() / Math.max(1, 3L * (order - 1));
    for (int n = 2; n <= order; n++) {
      byContext[n] = sorter("context-" + n, n + 2, NgramCounter.contextOrder(n));
      bySuffix[n] = sorter("suffix-" + n, n + 2, NgramCounter.suffixOrder(n));
      if (n < order) {
        backOffs[n] = sorter("back-off-" + n, n + 1, NgramCounter.suffixOrder(n));
      }
    }
  }

  private RecordSorter sorter(String name, int width, int[] columns) {
    var sorter = new RecordSorter(folder, name, width, columns, memoryBytes);
    open.add(sorter);
    return sorter;
  }

  /// @param counted n-grams of the full order, in suffix order
  /// @param file the model
  /// @return the orders whose discounts are the usual ones, for want of counts
  List<Integer> write(RecordCursor counted, Path file) {
    var levels = new CountLevels(order, words, settings.memoryBytes());
    boolean[] fits = {true};
    var adjusted =
        new AdjustedCounts(
            settings,
            words.begin(),
            (n, gram, count, left) -> {
              if (n == 1) {
                unigrams[gram[order - 1]] = count;
              }
              if (fits[0] && !levels.add(n, gram, count, left)) {
                levels.give(gram, this::toSort);
                fits[0] = false;
              }
              if (!fits[0]) {
                toSort(n, gram, count, left);
              }
            });
    long[][] countsOfCounts = adjusted.of(counted);
    counted.close();
    discounts = Arrays.stream(countsOfCounts).map(Discounts::of).toArray(Discounts[]::new);
    if (fits[0]) {
      levels.finish();
      inMemory(levels, file);
    } else {
      sorted(file);
    }
    var usual = new ArrayList<Integer>();
    for (int n = 1; n <= order && settings.smoothing() == Smoothing.KNESER_NEY; n++) {
      if (discounts[n].usual()) {
        usual.add(n);
      }
    }
    return usual;
  }

  private void toSort(int n, int[] gram, long count, boolean left) {
    if (n > 1) {
      int[] record = new int[n + 2];
      System.arraycopy(gram, order - n, record, 0, n);
      record[n] = (int) (count >>> 31) << 1 | (left ? 1 : 0);
      record[n + 1] = (int) count & Integer.MAX_VALUE;
      byContext[n].add(record);
    }
  }

  private void inMemory(CountLevels levels, Path file) {
    var estimation = new LevelEstimation(levels, settings, discounts);
    try (var trie =
        new TrieWriter(file, words, estimation.counts(), settings.unit(), settings.smoothing())) {
      float[] logs = new float[words.size()];
      unigrams((w, log) -> logs[w] = log);
      estimation.write(logs, trie);
    }
  }

  private void sorted(Path file) {
    for (int n = 2; n <= order; n++) {
      smooth(n);
      byContext[n].close();
    }
    long[] counts = new long[order];
    counts[0] = words.size();
    for (int n = 2; n <= order; n++) {
      counts[n - 1] = bySuffix[n].size();
    }
    try (var trie = new TrieWriter(file, words, counts, settings.unit(), settings.smoothing())) {
      unigrams((w, log) -> trie.word(log, wordBackOffs[w]));
      for (int n = 2; n <= order; n++) {
        interpolate(n, trie);
      }
      trie.finish();
    }
  }

  private static long count(int[] record, int n) {
    return (long) (record[n] >>> 1) << 31 | record[n + 1];
  }

  /// The successors of one context.
  private final class Successors {
    private int[] ids = new int[64];
    private long[] counts = new long[64];
    private int size;
    private long all;
    private long left;
    private long different;
    private double held;

    void clear() {
      size = 0;
      all = 0;
      left = 0;
      different = 0;
      held = 0;
    }

    void add(int n, int id, long count, boolean out) {
      all += count;
      different++;
      if (out) {
        left += count;
        return;
      }
      held += discounts[n].of(count);
      if (size == ids.length) {
        ids = Arrays.copyOf(ids, size * 2);
        counts = Arrays.copyOf(counts, size * 2);
      }
      ids[size] = id;
      counts[size++] = count;
    }

    double backOff() {
      return settings.smoothing().backOff(all, left, different, held);
    }

    double share(int n, long count) {
      return settings.smoothing().share(discounts[n], count, all, different);
    }
  }

  private void smooth(int n) {
    var successors = new Successors();
    int[] context = new int[n - 1];
    try (RecordCursor cursor = byContext[n].sorted()) {
      boolean more = cursor.next();
      while (more) {
        System.arraycopy(cursor.record, 0, context, 0, n - 1);
        successors.clear();
        do {
          int[] record = cursor.record;
          successors.add(n, record[n - 1], count(record, n), (record[n] & 1) != 0);
          more = cursor.next();
        } while (more && Arrays.equals(cursor.record, 0, n - 1, context, 0, n - 1));
        emit(n, context, successors);
      }
    }
  }

  private void emit(int n, int[] context, Successors successors) {
    if (successors.size == 0) {
      return; // all left out: the lower order has everything
    }
    int gamma = Float.floatToRawIntBits((float) successors.backOff());
    int[] record = new int[n + 2];
    System.arraycopy(context, 0, record, 0, n - 1);
    record[n + 1] = gamma;
    for (int i = 0; i < successors.size; i++) {
      record[n - 1] = successors.ids[i];
      record[n] = Float.floatToRawIntBits((float) successors.share(n, successors.counts[i]));
      bySuffix[n].add(record);
    }
    if (n == 2) {
      wordBackOffs[context[0]] = (float) Math.log10(successors.backOff());
    } else {
      int[] weight = Arrays.copyOf(context, n);
      weight[n - 1] = gamma;
      backOffs[n - 1].add(weight);
    }
  }

  /// Takes each word's own probability.
  private interface Unigrams {
    void take(int word, float log10);
  }

  private void unigrams(Unigrams to) {
    var all = new Successors();
    for (long count : unigrams) {
      if (count > 0) {
        all.add(1, 0, count, false);
      }
    }
    double uniform = 1.0 / (words.size() - 1);
    for (int w = 0; w < unigrams.length; w++) {
      double share = all.share(1, unigrams[w]);
      boolean kept = settings.smoothing() == Smoothing.STUPID_BACKOFF && share > 0;
      double p = w == words.begin() ? 1 : share + (kept ? 0 : all.backOff() * uniform);
      to.take(w, (float) Math.log10(p));
    }
  }

  private void interpolate(int n, TrieWriter trie) {
    try (RecordCursor cursor = bySuffix[n].sorted();
        RecordCursor weights =
            n < order ? backOffs[n].sorted() : RecordCursor.of(new int[0], new int[0], n + 1)) {
      boolean weighted = weights.next();
      trie.level(n);
      boolean stupid = settings.smoothing() == Smoothing.STUPID_BACKOFF;
      while (cursor.next()) {
        int[] record = cursor.record;
        while (weighted && NgramCounter.compare(weights.record, record, n) < 0) {
          weighted = weights.next();
        }
        float backOff = 0;
        if (weighted && NgramCounter.compare(weights.record, record, n) == 0) {
          backOff = (float) Math.log10(Float.intBitsToFloat(weights.record[n]));
        }
        double lower = trie.suffix(record);
        double share = Float.intBitsToFloat(record[n]);
        double p =
            stupid ? share : share + Float.intBitsToFloat(record[n + 1]) * Math.pow(10, lower);
        trie.gram(record[0], (float) Math.log10(p), backOff);
      }
    }
    bySuffix[n].close();
  }

  @Override
  public void close() {
    open.forEach(RecordSorter::close);
  }
}
