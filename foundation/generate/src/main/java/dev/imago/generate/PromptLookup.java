package dev.imago.generate;

import java.util.Arrays;

/// Guesses how an answer goes on by what followed its last tokens before, in prompt or answer: what
/// is copied or said again is guessed well. Saxena 2023, «Prompt Lookup Decoding».
final class PromptLookup {
  /// As many of the last tokens are looked for, the longest first.
  private static final int LONGEST = 3;

  private static final int SHORTEST = 2;

  private PromptLookup() {}

  /// What followed the latest earlier place that reads like the end; nothing where there is none.
  ///
  /// @param tokens of prompt and answer
  /// @param count of them
  /// @param most to be guessed
  static int[] guess(int[] tokens, int count, int most) {
    for (int n = LONGEST; n >= SHORTEST; n--) {
      for (int at = count - n - 1; at >= 0 && count > n; at--) {
        if (Arrays.equals(tokens, at, at + n, tokens, count - n, count)) {
          int[] guess = new int[most];
          for (int i = 0; i < most; i++) {
            // Past the end it goes round: what repeats is guessed to go on.
            int from = at + n + i;
            guess[i] = from < count ? tokens[from] : guess[from - count];
          }
          return guess;
        }
      }
    }
    return new int[0];
  }
}
