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
      private int[] records = data;
      private int[] numbers = order;
      private int at;

      @Override
      boolean next() {
        if (at == numbers.length) {
          return false;
        }
        System.arraycopy(records, numbers[at++] * width, record, 0, width);
        return true;
      }

      @Override
      public void close() {
        records = new int[0];
        numbers = records;
      }
    };
  }
}
