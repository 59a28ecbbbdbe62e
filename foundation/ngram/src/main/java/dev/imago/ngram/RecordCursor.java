package dev.imago.ngram;

/// Records in their order, one at a time.
abstract class RecordCursor implements AutoCloseable {
  /// The current record, after [#next] was true.
  final int[] record;

  RecordCursor(int width) {
    record = new int[width];
  }

  /// Goes to the next record; false at the end.
  abstract boolean next();

  @Override
  public void close() {}

  /// Records that lie in memory.
  static RecordCursor of(int[] data, int[] order, int width) {
    return new RecordCursor(width) {
      private int at;

      @Override
      boolean next() {
        if (at == order.length) {
          return false;
        }
        System.arraycopy(data, order[at++] * width, record, 0, width);
        return true;
      }
    };
  }
}
