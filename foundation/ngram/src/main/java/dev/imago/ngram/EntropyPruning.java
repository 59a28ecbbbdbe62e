package dev.imago.ngram;

import java.nio.file.Path;
import java.util.Arrays;

/// Leaves out the n-grams whose absence changes the model least: those for which the perplexity
/// would rise by less than a threshold, relatively, if each alone were gone. What is left keeps its
/// probability, and contexts get new back-off weights. Stolcke 1998, arXiv:cs/0006025.
public final class EntropyPruning {
  private final NgramModel model;
  private final double threshold;
  private final Path folder;
  private final long memoryBytes;

  private EntropyPruning(NgramModel model, double threshold, Path folder, long memoryBytes) {
    this.model = model;
    this.threshold = threshold;
    this.folder = folder;
    this.memoryBytes = memoryBytes / 4;
  }

  /// Writes the pruned model.
  ///
  /// @param threshold above 0, below 1: 1e-8 keeps most, 1e-6 little
  /// @throws IllegalArgumentException where the model's scores do not sum to 1
  public static void prune(
      NgramModel model, double threshold, Path folder, long memoryBytes, Path to) {
    if (!(threshold > 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "threshold = %s is not above 0 and below 1; 1e-8 keeps most n-grams, 1e-6 few"
              .formatted(threshold));
    }
    if (!model.normalised()) {
      throw new IllegalArgumentException(
          "the scores of stupid back-off do not sum to 1, and have no entropy; build with count"
              + " thresholds");
    }
    new EntropyPruning(model, threshold, folder, memoryBytes).prune(to);
  }

  private void prune(Path to) {
    int order = model.order();
    try (var builder = new TrieBuilder(order, folder, memoryBytes)) {
      RecordSorter needed = contexts(order);
      for (int n = order; n >= 2; n--) {
        RecordSorter next = contexts(n - 1);
        order(n, needed, next, builder);
        needed.close();
        needed = next;
      }
      needed.close();
      TriePath words = model.path();
      for (boolean more = words.start(1); more; more = words.next()) {
        int[] word = new int[1];
        words.copy(word);
        builder.add(word, words.p(), 0);
      }
      builder.write(model.copyOfWords(), model.unit(), model.smoothing().orElse(null), to);
    }
    BackOffs.renew(to, folder, memoryBytes);
  }

  /// N-grams of an order that longer ones begin with.
  private RecordSorter contexts(int n) {
    return new RecordSorter(
        folder,
        "needed-" + n,
        Math.max(1, n),
        NgramCounter.contextOrder(Math.max(1, n)),
        memoryBytes);
  }

  private void order(int n, RecordSorter needed, RecordSorter next, TrieBuilder builder) {
    try (RecordSorter sorter = BackOffs.byContext(model, n, folder, memoryBytes);
        RecordCursor cursor = sorter.sorted();
        RecordCursor kept = needed.sorted()) {
      var group = new Group(n);
      boolean wanted = kept.next();
      boolean more = cursor.next();
      while (more) {
        group.start(cursor.record);
        do {
          boolean prefix = wanted && Arrays.equals(kept.record, 0, n, cursor.record, 0, n);
          wanted = prefix ? kept.next() : wanted;
          group.add(cursor.record, prefix);
          more = cursor.next();
        } while (more && group.holds(cursor.record));
        group.end(next, builder);
      }
    }
  }

  /// The n-grams of one context.
  private final class Group {
    private final int n;
    private final int[] gram;
    private int[] words = new int[16];
    private float[] logs = new float[16];
    private double[] lower = new double[16];
    private boolean[] prefix = new boolean[16];
    private int size;

    Group(int n) {
      this.n = n;
      this.gram = new int[n];
    }

    void start(int[] record) {
      System.arraycopy(record, 0, gram, 0, n);
      size = 0;
    }

    boolean holds(int[] record) {
      return Arrays.equals(record, 0, n - 1, gram, 0, n - 1);
    }

    void add(int[] record, boolean isPrefix) {
      if (size == words.length) {
        words = Arrays.copyOf(words, size * 2);
        logs = Arrays.copyOf(logs, size * 2);
        lower = Arrays.copyOf(lower, size * 2);
        prefix = Arrays.copyOf(prefix, size * 2);
      }
      words[size] = record[n - 1];
      logs[size] = Float.intBitsToFloat(record[n]);
      lower[size] = Math.pow(10, model.log10(record, 1, n - 1));
      prefix[size++] = isPrefix;
    }

    void end(RecordSorter next, TrieBuilder builder) {
      double left = 1;
      double lowerLeft = 1;
      for (int i = 0; i < size; i++) {
        left -= Math.pow(10, logs[i]);
        lowerLeft -= lower[i];
      }
      left = Math.max(left, 1e-30);
      lowerLeft = Math.max(lowerLeft, 1e-30);
      double weight = model.weight(gram, 0, n - 1) * Math.log(10);
      double history = 0;
      for (int i = 1; i < n - 1; i++) {
        history += model.log10(gram, 0, i);
      }
      // <s> begins every sentence: it has no probability of its own.
      history += gram[0] == model.begin() ? 0 : model.log10(gram, 0, 0);
      double before = Math.pow(10, history);
      boolean any = false;
      for (int i = 0; i < size; i++) {
        if (prefix[i] || rise(i, before, left, lowerLeft, weight) >= threshold) {
          gram[n - 1] = words[i];
          builder.add(gram, logs[i], 0);
          any = true;
        }
      }
      if (any) {
        next.add(Arrays.copyOf(gram, n - 1));
      }
    }

    /// How much the perplexity rises without one of them, relatively.
    private double rise(int i, double before, double left, double lowerLeft, double weight) {
      double p = Math.pow(10, logs[i]);
      double newWeight = Math.log((left + p) / (lowerLeft + lower[i]));
      double change = newWeight + Math.log(lower[i]) - logs[i] * Math.log(10);
      return Math.expm1(-before * (p * change + left * (newWeight - weight)));
    }
  }
}
