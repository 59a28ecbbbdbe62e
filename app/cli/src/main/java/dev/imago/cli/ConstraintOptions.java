package dev.imago.cli;

import dev.imago.constraints.ConstraintException;
import dev.imago.constraints.Grammar;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What an answer must be: docs/constraints.md.
final class ConstraintOptions {
  @Option(
      names = "--schema",
      paramLabel = "FILE",
      description = "The answer is JSON that meets this JSON Schema; «json» for any object.")
  private @Nullable String schema;

  @Option(
      names = "--grammar",
      paramLabel = "FILE",
      description = "The answer fits this grammar, in llama.cpp's GBNF.")
  private @Nullable Path grammar;

  @Option(
      names = "--regex",
      paramLabel = "REGEX",
      description = "The whole answer fits this regular expression.")
  private @Nullable String regex;

  @Option(
      names = "--choice",
      paramLabel = "TEXT",
      description = "The answer is one of these texts. Repeatable.")
  private List<String> choices = List.of();

  /// Whether a grammar was asked for.
  boolean given() {
    return schema != null || grammar != null || regex != null || !choices.isEmpty();
  }

  /// The grammar that was asked for, if any.
  ///
  /// @throws ConfigException for two of them, or one that cannot be enforced
  Optional<Grammar> grammar() {
    int given =
        (schema == null ? 0 : 1)
            + (grammar == null ? 0 : 1)
            + (regex == null ? 0 : 1)
            + (choices.isEmpty() ? 0 : 1);
    if (given > 1) {
      throw new ConfigException(
          "--schema, --grammar, --regex and --choice each say what the answer must be; give one of"
              + " them");
    }
    if (schema != null) {
      String from = schema;
      return Optional.of(
          from.equals("json")
              ? Grammar.jsonObject()
              : made("--schema " + from, () -> Grammar.jsonSchema(text(Path.of(from)))));
    }
    if (grammar != null) {
      Path from = grammar;
      return Optional.of(made("--grammar " + from, () -> Grammar.gbnf(text(from))));
    }
    if (regex != null) {
      String from = regex;
      return Optional.of(made("--regex", () -> Grammar.regex(from)));
    }
    return choices.isEmpty()
        ? Optional.empty()
        : Optional.of(made("--choice", () -> Grammar.choice(choices)));
  }

  private static Grammar made(String option, Supplier<Grammar> making) {
    try {
      return making.get();
    } catch (ConstraintException e) {
      throw new ConfigException("%s: %s".formatted(option, e.getMessage()), e);
    }
  }

  /// A file of text in UTF-8.
  ///
  /// @throws InputException for what is none
  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new InputException("%s does not exist; name a text file".formatted(file), e);
    } catch (MalformedInputException e) {
      throw new InputException("%s is not in UTF-8".formatted(file), e);
    } catch (IOException e) {
      throw new InputException("%s cannot be read".formatted(file), e);
    }
  }
}
