package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramSettings;
import dev.imago.ngram.NgramTrainer;
import dev.imago.ngram.NgramWords;
import dev.imago.ngram.Smoothing;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Text to a model.
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = {
      "Count n-grams of text, a sentence a line, and smooth them.",
      "Text larger than memory is sorted on disk. Without --out, ARPA goes to standard output."
    },
    footer = {"", "Example:  imago ngram build corpus.txt --order 5 --out corpus.ngram"})
final class NgramBuildCommand implements Callable<Integer> {
  @ParentCommand private NgramCommand parent = new NgramCommand();

  @Parameters(paramLabel = "FILE", description = "Texts (default: standard input).", arity = "0..*")
  private List<Path> files = List.of();

  @Option(
      names = "--order",
      paramLabel = "N",
      defaultValue = "5",
      description = "The longest n-gram: 1 to 7 (default: 5).")
  private int order = 5;

  @Option(
      names = "--smoothing",
      paramLabel = "KIND",
      defaultValue = "kneser_ney",
      description = "kneser_ney (modified, interpolated; default), witten_bell or stupid_backoff.")
  private Smoothing smoothing = Smoothing.KNESER_NEY;

  @Option(
      names = "--prune",
      split = ",",
      paramLabel = "COUNT",
      description =
          "For each order from 1 on, leave out n-grams seen at most so often, such as 0,0,1.")
  private List<Long> thresholds = List.of();

  @Mixin private NgramFormOptions output = new NgramFormOptions();

  @Option(
      names = "--scratch",
      paramLabel = "FOLDER",
      description =
          "Keep sorted runs here: a build of the same text that was killed goes on from them.")
  private @Nullable Path kept;

  @Mixin private NgramText text = new NgramText();

  @Override
  public Integer call() {
    output.check();
    NgramSettings settings;
    try {
      settings = new NgramSettings(order, smoothing, text.unit(), thresholds, text.memoryBytes());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
    text.prepare(text.unit(), parent.imago);
    NgramWords words = text.words();
    try (var scratch = new NgramCommand.Scratch()) {
      Path model = scratch.file("model.ngram");
      long begun = System.nanoTime();
      try (NgramTrainer trainer = trainer(settings, words, scratch)) {
        NgramCommand.checked(
            () -> {
              new TextInput(files, false).forEach(line -> trainer.add(text.ids(line, words)));
              return trainer.words();
            });
        NgramTrainer.Result result = NgramCommand.checked(() -> trainer.write(model));
        told(result, (System.nanoTime() - begun) / 1e9);
      }
      try (var built = NgramModel.open(model)) {
        output.write(built);
      }
    }
    return 0;
  }

  private NgramTrainer trainer(
      NgramSettings settings, NgramWords words, NgramCommand.Scratch scratch) {
    if (kept == null) {
      return new NgramTrainer(settings, words, scratch.file("runs"));
    }
    NgramTrainer trainer = NgramTrainer.resumable(settings, words, kept);
    if (trainer.resumed() > 0 && !parent.imago.quiet) {
      System.err.printf(
          Locale.ROOT, "goes on after %,d lines that were counted%n", trainer.resumed());
    }
    return trainer;
  }

  private void told(NgramTrainer.Result result, double seconds) {
    if (parent.imago.quiet) {
      return;
    }
    System.err.printf(
        Locale.ROOT,
        "%,d words in %.1f s, %,.0f a second%n",
        result.words(),
        seconds,
        result.words() / seconds);
    if (!result.usualDiscounts().isEmpty()) {
      System.err.printf(
          "the counts of order %s are too few to tell discounts: the usual 0.5, 1 and 1.5 are"
              + " taken%n",
          result.usualDiscounts());
    }
  }

  /// How many n-grams of each order a model has.
  static String counts(NgramModel model) {
    return IntStream.rangeClosed(1, model.order())
        .mapToObj(n -> String.format(Locale.ROOT, "%,d", model.count(n)))
        .collect(Collectors.joining(" + "));
  }
}
