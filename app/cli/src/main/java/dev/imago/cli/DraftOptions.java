package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.Drafting;
import dev.imago.generate.LanguageModel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How the next tokens of answers are guessed before the model is asked.
final class DraftOptions {
  /// In place of a model: what followed the same tokens before.
  static final String LOOKUP = "lookup";

  @Option(
      names = "--draft",
      paramLabel = "MODEL",
      description =
          "A smaller model of the same vocabulary that guesses what comes next, or «lookup» to"
              + " guess by what was said before. Answers stay the same, and come sooner where"
              + " guesses are right.")
  @Nullable String draft;

  @Option(
      names = "--draft-tokens",
      paramLabel = "N",
      description = "The most that is guessed at a time (default: 8).")
  @Nullable Integer tokens;

  static Drafting drafting(String draft, int tokens) {
    if (draft.isBlank()) {
      return Drafting.NONE;
    }
    return draft.equals(LOOKUP) ? Drafting.lookup(tokens) : Drafting.model(tokens);
  }

  Drafting drafting() {
    int most = tokens == null ? 8 : tokens;
    if (tokens != null && draft == null) {
      throw new ConfigException(
          "--draft-tokens = %d is of guesses; give --draft too".formatted(most));
    }
    Bounds.whole("--draft-tokens", most, 1, 64);
    return drafting(draft == null ? "" : draft, most);
  }

  /// Opens the model that guesses, where there is one.
  ///
  /// @throws InputException for what is none, or has another vocabulary
  static Optional<LanguageModel> open(String draft, LanguageModel large, Imago imago, int threads) {
    if (draft.isBlank() || draft.equals(LOOKUP)) {
      return Optional.empty();
    }
    LanguageModel small = ModelArgument.open(ModelArgument.find(draft, imago), threads);
    var unlike = small.tokenizer().firstUnlike(large.tokenizer());
    if (unlike.isPresent()) {
      String token = small.tokenizer().token(unlike.getAsInt());
      small.close();
      throw new InputException(
          "%s has «%s» at token %d, and the model has another there: a draft model has the same vocabulary"
              .formatted(draft, token, unlike.getAsInt()));
    }
    return Optional.of(small);
  }
}
