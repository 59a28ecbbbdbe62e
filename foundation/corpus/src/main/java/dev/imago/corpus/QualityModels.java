package dev.imago.corpus;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.linear.LinearFile;
import dev.imago.linear.LinearModel;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.Perplexity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// The rules that ask models of the user's own: see [QualityRules]. A model is opened once and
/// asked by any number of threads; it lies in memory as long as the rules do.
final class QualityModels {
  /// The rule that asks an n-gram model.
  static final String PERPLEXITY = "ngram-perplexity";

  private static final String SOURCE = "ours";

  private QualityModels() {}

  /// @throws InputException for a file that is no such model
  /// @throws ConfigException for a class that a classifier does not know, or words of another kind
  static List<Rule<Prose>> rules(QualityRules settings) {
    var rules = new ArrayList<Rule<Prose>>();
    if (!settings.classifier().isEmpty()) {
      LinearModel model =
          opened("classifier", settings.classifier(), "imago classify train", LinearFile::read);
      int good = model.labels().indexOf(settings.good());
      if (good < 0) {
        throw new ConfigException(
            "prose.quality.good = «%s» is no class of %s; it has %s"
                .formatted(
                    settings.good(), settings.classifier(), String.join(", ", model.labels())));
      }
      rules.add(
          Rule.atLeast(
              "quality-classifier",
              SOURCE,
              prose -> model.probabilities(prose.text())[good],
              settings.minGood()));
    }
    // Percentiles are no bounds before a corpus has been measured.
    boolean bounds = settings.percentiles().isEmpty();
    double least = bounds ? settings.minPerplexity() : Double.NEGATIVE_INFINITY;
    double most = bounds ? settings.maxPerplexity() : Double.POSITIVE_INFINITY;
    ngrams(settings.ngrams())
        .ifPresent(measure -> rules.add(new Rule<>(PERPLEXITY, SOURCE, measure, least, most)));
    return rules;
  }

  /// The perplexity of prose by a model of words or characters; nothing where no file is named.
  ///
  /// @throws InputException for a file that is no such model
  /// @throws ConfigException for words of another kind
  static Optional<ToDoubleFunction<Prose>> ngrams(String file) {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    NgramModel model = opened("ngrams", file, "imago ngram build", NgramModel::open);
    if (model.unit() != NgramUnit.WORDS && model.unit() != NgramUnit.CHARACTERS) {
      throw new ConfigException(
          "prose.quality.ngrams = %s is of %s; build one of words or characters"
              .formatted(file, model.unit()));
    }
    return Optional.of(prose -> perplexity(model, prose.lines()));
  }

  private interface Opening<T> {
    T open(Path file);
  }

  private static <T> T opened(String setting, String name, String command, Opening<T> opening) {
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "prose.quality.%s = %s %s; train one with `%s`"
              .formatted(
                  setting, name, Files.exists(file) ? "is no file" : "does not exist", command));
    }
    try {
      return opening.open(file);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private static double perplexity(NgramModel model, List<String> lines) {
    var perplexity = new Perplexity();
    for (String line : lines) {
      perplexity.add(
          model.sentence(Arrays.stream(words(model, line)).mapToInt(model::id).toArray()));
    }
    return lines.isEmpty() ? 1 : perplexity.all();
  }

  /// As `imago ngram build` cuts a line.
  private static String[] words(NgramModel model, String line) {
    return model.unit() == NgramUnit.WORDS
        ? line.split("[ \\t\\n\\r\\f\\x00\\x0b]+")
        : line.codePoints()
            .mapToObj(c -> Character.isWhitespace(c) ? "▁" : Character.toString(c))
            .toArray(String[]::new);
  }
}
