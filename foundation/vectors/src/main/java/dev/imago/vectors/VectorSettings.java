package dev.imago.vectors;

/// How word vectors are learned. The usual ones are fastText's, of GloVe those of its program.
///
/// @param dimension numbers of a vector
/// @param window words to each side at most; each word draws its own width up to it (GloVe takes
///   all, weighed by distance)
/// @param epochs passes over the text
/// @param minimumCount rarer words are left out
/// @param negatives drawn against each word, with negative sampling
/// @param shortest character n-gram of sub-words
/// @param longest character n-gram; 0 for whole words alone
/// @param buckets that n-grams are hashed into
/// @param subsample words of a share above it are passed over the more often; 0 for never
/// @param learningRate at the start; it falls to 0
/// @param phrasePasses each joins pairs of words that stand together more than by chance; 0 for
///   none
/// @param phraseThreshold what their score has to exceed
/// @param lockFree threads change the same rows at once: no bits are promised
public record VectorSettings(
    VectorKind kind,
    OutputLoss loss,
    int dimension,
    int window,
    int epochs,
    int minimumCount,
    int negatives,
    int shortest,
    int longest,
    int buckets,
    double subsample,
    double learningRate,
    int phrasePasses,
    double phraseThreshold,
    boolean lockFree) {
  public VectorSettings {
    whole("dimension", dimension, 1, 4096, "100 and 300 are usual");
    whole("window", window, 1, 1000, "5 is usual");
    whole("epochs", epochs, 1, 100_000, "5 is usual");
    whole("minimum count", minimumCount, 1, Integer.MAX_VALUE, "5 is usual");
    whole("negatives", negatives, 1, 1000, "5 is usual");
    whole("longest n-gram", longest, 0, 100, "6 is usual, 0 is none");
    whole("shortest n-gram", shortest, 0, Math.max(longest, 100), "3 is usual");
    if (longest > 0 && shortest > longest) {
      throw new IllegalArgumentException(
          "n-grams of characters = %d … %d: the shortest is longer than the longest; 3 … 6 are usual"
              .formatted(shortest, longest));
    }
    whole("buckets", buckets, longest > 0 ? 1 : 0, 1 << 30, "2000000 are usual");
    number("subsample", subsample, 0, 1, "1e-4 is usual");
    number("learning rate", learningRate, 1e-9, 100, "0.05 is usual");
    whole("phrase passes", phrasePasses, 0, 10, "0 to 2 are usual");
    number("phrase threshold", phraseThreshold, 0, 1e12, "100 is usual");
    if (loss == OutputLoss.SOFTMAX || loss == OutputLoss.ONE_AGAINST_ALL) {
      throw new IllegalArgumentException(
          "loss = %s is for labels; word vectors take negative_sampling or hierarchical"
              .formatted(loss.name().toLowerCase(java.util.Locale.ROOT)));
    }
  }

  static void whole(String name, long value, long least, long most, String usual) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s = %d is outside %d … %d; %s".formatted(name, value, least, most, usual));
    }
  }

  static void number(String name, double value, double least, double most, String usual) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s = %s is outside %s … %s; %s".formatted(name, value, least, most, usual));
    }
  }

  /// The usual ones of a kind: sub-words of three to six characters, of GloVe none.
  public static VectorSettings of(VectorKind kind) {
    return kind == VectorKind.GLOVE
        ? new VectorSettings(
            kind, OutputLoss.NEGATIVE_SAMPLING, 100, 15, 25, 5, 5, 0, 0, 0, 0, 0.05, 0, 100, false)
        : new VectorSettings(
            kind,
            OutputLoss.NEGATIVE_SAMPLING,
            100,
            5,
            5,
            5,
            5,
            3,
            6,
            2_000_000,
            1e-4,
            0.05,
            0,
            100,
            false);
  }

  Subwords subwords() {
    return new Subwords(shortest, longest, longest == 0 ? 0 : buckets);
  }
}
