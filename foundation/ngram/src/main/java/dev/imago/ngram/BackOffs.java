package dev.imago.ngram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Numbers of a model's file that follow from others: the back-off weights that make each context
/// sum to 1, and the probabilities of n-grams that are there only as others' suffixes. Both rest on
/// shorter n-grams, so the shortest come first.
final class BackOffs implements AutoCloseable {
  /// Less is rounding.
  private static final double NOTHING = 1e-9;

  private final NgramModel model;
  private final Arena arena = Arena.ofConfined();
  private final PlainTrie trie;
  private final TriePath path;

  private BackOffs(Path file) {
    model = NgramModel.open(file);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
      trie = new PlainTrie(mapped, model.layout());
      path = new TriePath(trie);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives the n-grams without a probability the one that the model has for them.
  static void fill(Path file) {
    try (var backOffs = new BackOffs(file)) {
      for (int n = 2; n <= backOffs.model.order(); n++) {
        backOffs.fill(n);
      }
    }
  }

  /// Makes all weights new, and gives the n-grams without a probability theirs.
  static void renew(Path file, Path folder, long memoryBytes) {
    try (var backOffs = new BackOffs(file)) {
      for (int n = 1; n < backOffs.model.order(); n++) {
        backOffs.renew(n, folder, memoryBytes);
        backOffs.fill(n + 1);
      }
    }
  }

  private void fill(int n) {
    int[] gram = new int[n];
    for (boolean more = path.start(n); more; more = path.next()) {
      if (Float.isNaN(path.p())) {
        path.copy(gram);
        float p = (float) (model.weight(gram, 0, n - 1) + model.log10(gram, 1, n - 1));
        trie.p(n, path.at(), p);
      }
    }
  }

  private void renew(int n, Path folder, long memoryBytes) {
    try (RecordSorter sorter = byContext(model, n + 1, folder, memoryBytes);
        RecordCursor cursor = sorter.sorted()) {
      boolean more = cursor.next();
      int[] context = new int[n];
      for (boolean entry = path.start(n); entry; entry = path.next()) {
        if (!more || path.compare(cursor.record, 0) != 0) {
          trie.weight(n, path.at(), 0);
          continue;
        }
        System.arraycopy(cursor.record, 0, context, 0, n);
        double left = 1;
        double lower = 1;
        do {
          left -= Math.pow(10, Float.intBitsToFloat(cursor.record[n + 1]));
          lower -= Math.pow(10, model.log10(cursor.record, 1, n));
          more = cursor.next();
        } while (more && Arrays.equals(cursor.record, 0, n, context, 0, n));
        trie.weight(n, path.at(), weight(left, lower));
      }
    }
  }

  static float weight(double left, double lower) {
    return lower < NOTHING ? 0 : (float) Math.log10(Math.max(left, 1e-30) / lower);
  }

  /// A model's n-grams of one order with their p, those without one left out, in context order.
  static RecordSorter byContext(NgramModel model, int n, Path folder, long memoryBytes) {
    int[] columns = NgramCounter.contextOrder(n);
    var sorter = new RecordSorter(folder, "by-context-" + n, n + 1, columns, memoryBytes);
    TriePath all = model.path();
    int[] gram = new int[n + 1];
    for (boolean more = all.start(n); more; more = all.next()) {
      if (!Float.isNaN(all.p())) {
        all.copy(gram);
        gram[n] = Float.floatToRawIntBits(all.p());
        sorter.add(gram);
      }
    }
    return sorter;
  }

  @Override
  public void close() {
    arena.close();
    model.close();
  }
}
