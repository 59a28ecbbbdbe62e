package dev.imago.evaluate;

import dev.imago.tokenizers.Tokenizer;
import java.util.Arrays;

/// How asks become tokens, as lm-evaluation-harness has it: a context and what follows it are cut
/// into tokens together, blanks at the context's end go with what follows, and the token that
/// begins a text comes once.
final class AskTokens {
  private final Tokenizer tokenizer;
  private final int prefix;
  private final String prefixText;

  /// @param prefix the id that stands before a text that nothing precedes
  AskTokens(Tokenizer tokenizer, int prefix) {
    this.tokenizer = tokenizer;
    this.prefix = prefix;
    this.prefixText = tokenizer.decode(new int[] {prefix}, false);
  }

  /// A context and what follows it.
  record Pair(int[] context, int[] continuation) {}

  /// @param apart whether the two are read apart, as an encoder-decoder does
  Pair pair(String context, String continuation, boolean apart) {
    if (context.isEmpty()) {
      int[] said = tokenizer.encode(continuation);
      return said.length > 0 && said[0] == prefix
          ? new Pair(Arrays.copyOf(said, 1), Arrays.copyOfRange(said, 1, said.length))
          : new Pair(new int[] {prefix}, said);
    }
    int end = context.length();
    while (end > 0 && isBlank(context.charAt(end - 1))) {
      end--;
    }
    String before = context.substring(0, end);
    if (before.isEmpty()) {
      return new Pair(new int[] {prefix}, tokenizer.encode(context + continuation));
    }
    String after = context.substring(end) + continuation;
    if (apart) {
      return new Pair(whole(before), tokenizer.encode(after));
    }
    int[] all = whole(before + after);
    int[] first = whole(before);
    return new Pair(first, Arrays.copyOfRange(all, Math.min(first.length, all.length), all.length));
  }

  /// The tokens of a text with what the vocabulary puts around one, unless it has it already.
  int[] whole(String text) {
    return !prefixText.isEmpty() && text.startsWith(prefixText)
        ? tokenizer.encode(text)
        : tokenizer.encoding(text).ids();
  }

  /// The tokens of a text alone.
  int[] plain(String text) {
    return tokenizer.encode(text);
  }

  int prefix() {
    return prefix;
  }

  /// As Python's `isspace`.
  private static boolean isBlank(char c) {
    return Character.isSpaceChar(c)
        || c >= 0x09 && c <= 0x0d
        || c >= 0x1c && c <= 0x1f
        || c == 0x85;
  }
}
