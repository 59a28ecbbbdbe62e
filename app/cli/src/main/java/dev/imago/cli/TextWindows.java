package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.generate.LanguageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A text's tokens in stretches that a model reads at once, from its beginning on.
final class TextWindows {
  /// The longest stretch, where the model's context allows it: evaluate's.
  private static final int LONGEST = 1024;

  private final List<int[]> all = new ArrayList<>();

  /// @param most tokens that are taken
  /// @throws InputException where the text has fewer than two tokens
  TextWindows(LanguageModel model, Path file, int most) {
    String text = new TextInput(List.of(file), true).iterator().next();
    int[] ids = model.prompts().text(text, true);
    int window = Math.min(LONGEST, model.config().context()) + 1;
    int end = Math.min(ids.length, most);
    for (int from = 0; from < end - 1; from += window - 1) {
      all.add(Arrays.copyOfRange(ids, from, Math.min(end, from + window)));
    }
    if (all.isEmpty()) {
      throw new InputException(
          "%s has %d tokens, and two are the least to measure by; give more text"
              .formatted(file, ids.length));
    }
  }

  List<int[]> all() {
    return all;
  }

  /// Tokens that are told the probability of.
  long tokens() {
    return all.stream().mapToLong(ids -> ids.length - 1L).sum();
  }
}
