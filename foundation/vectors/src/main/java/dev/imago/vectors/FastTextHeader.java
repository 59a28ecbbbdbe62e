package dev.imago.vectors;

/// What a fastText file says of how its model was trained, in the file's order.
///
/// @param loss 1 … 4, see [OutputLoss]
/// @param model 1 CBOW, 2 skip-gram, 3 supervised
record FastTextHeader(
    int dimension,
    int window,
    int epochs,
    int minimumCount,
    int negatives,
    int wordNgrams,
    int loss,
    int model,
    int buckets,
    int shortest,
    int longest,
    int updateRate,
    double subsample) {
  static final int CBOW = 1;
  static final int SKIP_GRAM = 2;
  static final int SUPERVISED = 3;
  private static final int UPDATE_RATE = 100;

  static FastTextHeader of(VectorSettings settings) {
    return new FastTextHeader(
        settings.dimension(),
        settings.window(),
        settings.epochs(),
        settings.minimumCount(),
        settings.negatives(),
        1,
        settings.loss().ordinal() + 1,
        settings.kind() == VectorKind.CBOW ? CBOW : SKIP_GRAM,
        settings.subwords().buckets(),
        settings.shortest(),
        settings.longest(),
        UPDATE_RATE,
        settings.subsample());
  }

  OutputLoss outputLoss() {
    return OutputLoss.values()[loss - 1];
  }

  Subwords subwords() {
    return new Subwords(shortest, longest, buckets);
  }
}
