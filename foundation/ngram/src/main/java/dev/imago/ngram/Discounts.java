package dev.imago.ngram;

/// What modified Kneser–Ney takes from counts of 1, of 2, and of 3 or more. Chen & Goodman 1999,
/// eq. 17.
///
/// @param usual whether the counts of counts were too few to tell, and the usual ones are taken
record Discounts(double one, double two, double more, boolean usual) {
  private static final Discounts USUAL = new Discounts(0.5, 1, 1.5, true);

  /// @param n how many n-grams were counted once, twice, … four times, at 1 … 4
  static Discounts of(long[] n) {
    if (n[1] == 0 || n[2] == 0 || n[3] == 0) {
      return USUAL;
    }
    double y = n[1] / (n[1] + 2.0 * n[2]);
    double one = 1 - 2 * y * n[2] / n[1];
    double two = 2 - 3 * y * n[3] / n[2];
    double more = 3 - 4 * y * n[4] / n[3];
    boolean sane = one >= 0 && two >= 0 && more >= 0;
    return sane ? new Discounts(one, two, more, false) : USUAL;
  }

  double of(long count) {
    return count == 0 ? 0 : count == 1 ? one : count == 2 ? two : more;
  }
}
