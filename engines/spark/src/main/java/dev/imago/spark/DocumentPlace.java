package dev.imago.spark;

/// A document's place among all: the number of its part of the input above, its own in that part
/// below. Places are in the documents' order.
final class DocumentPlace {
  private static final int BITS = 36;

  private DocumentPlace() {}

  static long of(int part, long number) {
    if (number >= 1L << BITS) {
      throw new IllegalArgumentException("a part of " + number + " documents");
    }
    return (long) part << BITS | number;
  }

  static int part(long place) {
    return (int) (place >>> BITS);
  }
}
