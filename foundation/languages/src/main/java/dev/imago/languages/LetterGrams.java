package dev.imago.languages;

/// The n-grams of a text's letters as buckets of a table: 1 to [#LONGEST] letters of one word, with
/// the blank before and behind it as letters, so that beginnings and ends tell too.
final class LetterGrams {
  static final int LONGEST = 5;

  /// Is given every n-gram.
  interface Each {
    /// @param n how many letters
    void gram(int bucket, int n);
  }

  private LetterGrams() {}

  static int next(int hash, char c) {
    int h = (hash ^ c) * 0x9e3779b1;
    return h ^ h >>> 15;
  }

  static int bucket(int hash, int n, int bits) {
    return hash * 0x85ebca6b + n * 0x27d4eb2f >>> 32 - bits;
  }

  /// The plain twin of the loop in [ScriptWeights#score], which sums as it goes.
  static void each(char[] letters, int size, int bits, Each each) {
    for (int i = 0; i < size; i++) {
      int hash = 0;
      for (int n = 1; n <= LONGEST && i + n <= size; n++) {
        char c = letters[i + n - 1];
        hash = next(hash, c);
        if (n == 1 && c == LetterForms.BLANK) {
          continue;
        }
        each.gram(bucket(hash, n, bits), n);
        if (c == LetterForms.BLANK) {
          break;
        }
      }
    }
  }
}
