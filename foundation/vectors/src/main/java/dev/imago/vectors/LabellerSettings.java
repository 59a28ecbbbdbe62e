package dev.imago.vectors;

/// How a classifier of texts is learned; the usual ones are fastText's.
///
/// @param wordNgrams the longest n-gram of words
/// @param shortest character n-gram
/// @param longest character n-gram; 0 for none
/// @param buckets that n-grams are hashed into; unused where there are none
/// @param minimumCount rarer words are left out
/// @param minimumLabelCount rarer labels are left out
public record LabellerSettings(
    OutputLoss loss,
    int dimension,
    int epochs,
    double learningRate,
    int wordNgrams,
    int shortest,
    int longest,
    int buckets,
    int minimumCount,
    int minimumLabelCount,
    int negatives) {
  public LabellerSettings {
    VectorSettings.whole("dimension", dimension, 1, 4096, "100 is usual");
    VectorSettings.whole("epochs", epochs, 1, 100_000, "5 to 50 are usual");
    VectorSettings.number("learning rate", learningRate, 1e-9, 100, "0.1 to 1 are usual");
    VectorSettings.whole("n-grams of words", wordNgrams, 1, 100, "1 or 2 are usual");
    VectorSettings.whole("longest n-gram", longest, 0, 100, "0 is none, 6 is usual");
    VectorSettings.whole("shortest n-gram", shortest, 0, 100, "3 is usual");
    if (longest > 0 && shortest > longest) {
      throw new IllegalArgumentException(
          "n-grams of characters = %d … %d: the shortest is longer than the longest; 3 … 6 are usual"
              .formatted(shortest, longest));
    }
    VectorSettings.whole("buckets", buckets, 1, 1 << 30, "2000000 are usual");
    VectorSettings.whole("minimum count", minimumCount, 1, Integer.MAX_VALUE, "1 is usual");
    VectorSettings.whole(
        "minimum label count", minimumLabelCount, 0, Integer.MAX_VALUE, "0 is usual");
    VectorSettings.whole("negatives", negatives, 1, 1000, "5 is usual");
  }

  public static LabellerSettings usual() {
    return new LabellerSettings(OutputLoss.SOFTMAX, 100, 5, 0.1, 1, 0, 0, 2_000_000, 1, 0, 5);
  }

  FastTextHeader header() {
    boolean hashed = wordNgrams > 1 || longest > 0;
    return new FastTextHeader(
        dimension,
        5,
        epochs,
        minimumCount,
        negatives,
        wordNgrams,
        loss.ordinal() + 1,
        FastTextHeader.SUPERVISED,
        hashed ? buckets : 0,
        shortest,
        longest,
        100,
        1e-4);
  }
}
