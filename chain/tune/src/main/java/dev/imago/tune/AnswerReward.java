package dev.imago.tune;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.Grammar;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Example;
import dev.imago.tune.GrpoSettings.RewardKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Tells how good answers are.
@FunctionalInterface
interface AnswerReward {
  /// Of each answer a finite number, the more the better.
  double[] of(List<Answered> answers);

  /// An answer to a labelled prompt.
  ///
  /// @param example the prompt, with the answer that is known
  /// @param text without what ends it
  /// @param tokens with what ends it
  record Answered(Example example, String text, int tokens) {
    /// The prompt with this answer in the place of the known one.
    Example asExample() {
      return example.rejecting(text).worse();
    }
  }

  /// One of the programs; not of [RewardKind#MODEL], which is no program.
  ///
  /// @throws ConfigException for a pattern or schema that is none
  static AnswerReward of(RewardKind kind, GrpoSettings settings) {
    return switch (kind) {
      case EXACT -> each(a -> a.text().strip().equals(a.example().completion().strip()));
      case REGEX -> {
        Grammar pattern = grammar("pattern", () -> Grammar.regex(settings.pattern()));
        yield each(a -> pattern.matches(a.text()));
      }
      case SCHEMA -> {
        String schema = schema(settings);
        Grammar json = grammar("schema", () -> Grammar.jsonSchema(schema));
        yield each(a -> json.matches(a.text().strip()));
      }
      case LENGTH ->
          answers ->
              answers.stream()
                  .mapToDouble(
                      a ->
                          overlong(
                              a.tokens(),
                              settings.maxCompletionLength(),
                              settings.softPunishCache()))
                  .toArray();
      case MODEL -> throw new IllegalArgumentException("a reward model is no program");
    };
  }

  /// Several together.
  static AnswerReward sum(List<AnswerReward> rewards, GrpoSettings settings) {
    return answers -> {
      double[] sums = new double[answers.size()];
      for (int r = 0; r < rewards.size(); r++) {
        double[] own = rewards.get(r).of(answers);
        for (int i = 0; i < sums.length; i++) {
          sums[i] += settings.weight(r) * own[i];
        }
      }
      return sums;
    };
  }

  private static AnswerReward each(Predicate<Answered> good) {
    return answers ->
        IntStream.range(0, answers.size())
            .mapToDouble(i -> good.test(answers.get(i)) ? 1 : 0)
            .toArray();
  }

  private static double overlong(int tokens, int longest, int cache) {
    int free = longest - cache;
    return tokens <= free ? 0 : tokens <= longest ? (double) (free - tokens) / cache : -1;
  }

  private static Grammar grammar(String setting, Supplier<Grammar> read) {
    try {
      return read.get();
    } catch (ConstraintException e) {
      throw new ConfigException("tune.grpo.%s: %s".formatted(setting, e.getMessage()), e);
    }
  }

  /// The text of the schema.
  ///
  /// @throws InputException where its file cannot be read
  static String schema(GrpoSettings settings) {
    try {
      return Files.readString(Path.of(settings.schema()));
    } catch (IOException | InvalidPathException e) {
      throw new InputException(
          "tune.grpo.schema = %s cannot be read (%s); name a file with a JSON Schema"
              .formatted(settings.schema(), e.getMessage()),
          e);
    }
  }
}
