package dev.imago.ngram;

import java.nio.file.Path;
import java.util.Arrays;

/// Records of integers, taken in any order and given back in one: in memory while they fit, else by
/// sorted runs on disk. No two are equal in the columns that are compared.
final class RecordSorter implements AutoCloseable {
  /// An array's elements: a little less than the JVM's limit.
  private static final int MOST_INTS = Integer.MAX_VALUE - 64;

  private final int width;
  private final int[] columns;
  private final int most;
  private final SortedRuns runs;
  private int[] data;
  private int held;
  private long size;

  /// @param columns that are compared, the most significant first
  /// @param memoryBytes for the records and for sorting them
  RecordSorter(Path folder, String name, int width, int[] columns, long memoryBytes) {
    this.width = width;
    this.columns = columns;
    this.runs = new SortedRuns(folder, name, width, columns);
    this.most = most(width, memoryBytes);
    this.data = new int[width * Math.min(most, 1024)];
  }

  /// How many records that memory holds, beside two numbers of each.
  static int most(int width, long memoryBytes) {
    return (int) Math.clamp(memoryBytes / (4L * width + 8), 16, MOST_INTS / width);
  }

  void add(int[] record) {
    if (held == most) {
      spill();
    }
    int at = held++ * width;
    if (at == data.length) {
      data = Arrays.copyOf(data, width * (int) Math.min(most, held * 2L));
    }
    System.arraycopy(record, 0, data, at, width);
    size++;
  }

  /// Records taken.
  long size() {
    return size;
  }

  /// All of them in order: once.
  RecordCursor sorted() {
    if (runs.isEmpty()) {
      int[] all = data;
      int[] order = RadixOrder.of(all, width, held, columns);
      data = new int[0];
      return RecordCursor.of(all, order, width);
    }
    spill();
    data = new int[0];
    return runs.merged();
  }

  private void spill() {
    runs.write(data, RadixOrder.of(data, width, held, columns));
    held = 0;
  }

  @Override
  public void close() {
    data = new int[0];
    runs.close();
  }
}
