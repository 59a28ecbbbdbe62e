package dev.imago.cli;

import dev.imago.annotate.TextClassifier;
import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.linear.LinearTrainer;
import dev.imago.vectors.FastTextFile;
import dev.imago.vectors.FastTextModel;
import dev.imago.vectors.LabelledLine;
import dev.imago.vectors.LabellerSearch;
import dev.imago.vectors.LabellerSettings;
import dev.imago.vectors.LabellerTrainer;
import dev.imago.vectors.OutputLoss;
import dev.imago.vectors.Quantizing;
import dev.imago.vectors.TextLabeller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of fastText's kind of classifier, and what trains it.
final class FastTextOptions {
  /// Of all options here.
  static final List<String> NAMES =
      List.of(
          "--loss",
          "--dimension",
          "--epochs",
          "--learning-rate",
          "--buckets",
          "--threads",
          "--tune",
          "--quantize",
          "--raw");

  private static final int MILLION = 1_000_000;
  private static final int PART = 2;
  private static final int TENTH = 10;

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      defaultValue = "softmax",
      description =
          "Of fasttext: softmax (default), hierarchical, negative_sampling, one_against_all.")
  private OutputLoss loss = OutputLoss.SOFTMAX;

  @Option(
      names = "--dimension",
      paramLabel = "N",
      defaultValue = "100",
      description = "Of fasttext: default 100.")
  private int dimension = 100;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "25",
      description = "Of fasttext: default 25.")
  private int epochs = 25;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.25",
      description = "Of fasttext: default 0.25.")
  private double learningRate = 0.25;

  @Option(
      names = "--buckets",
      paramLabel = "N",
      defaultValue = "2000000",
      description = "Of fasttext: what n-grams are hashed into (default: 2000000).")
  private int buckets = 2 * MILLION;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of fasttext: default 1; the same bits on the same threads.")
  private int threads = 1;

  @Option(
      names = "--tune",
      paramLabel = "SECONDS",
      description = "Of fasttext: look for settings so long, on a tenth of the rows.")
  private int tuneSeconds;

  @Option(
      names = "--quantize",
      paramLabel = "ROWS",
      description = "Of fasttext: write a small .ftz of so many rows; 0 for all.")
  private @Nullable Integer quantize;

  @Option(
      names = "--raw",
      description = "Of fasttext: words are what stands between blanks, as they are.")
  boolean raw;

  /// @param words the longest n-gram of words
  LabellerSettings settings(int words, int shortest, int longest, int minimumCount) {
    if (threads < 1 || threads > 1024) {
      throw new ConfigException("--threads = %d is outside 1 … 1024".formatted(threads));
    }
    Bounds.whole("--tune", tuneSeconds, 0, 1_000_000, "300 is usual; 0 for none");
    if (quantize != null) {
      Bounds.whole("--quantize", quantize, 0, Integer.MAX_VALUE, "0 keeps all rows");
    }
    try {
      return new LabellerSettings(
          loss,
          dimension,
          epochs,
          learningRate,
          words,
          shortest,
          longest,
          buckets,
          minimumCount,
          0,
          5);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Refuses what is of a model that is written, where none is: folds train with the settings as
  /// they are given.
  void refuseOfFile() {
    if (tuneSeconds != 0 || quantize != null) {
      throw new ConfigException(
          (tuneSeconds != 0 ? "--tune = " + tuneSeconds : "--quantize = " + quantize)
              + " is of a model that is written; give --out too, or leave it out");
    }
  }

  private List<LabelledLine> texts(List<LinearTrainer.Example> examples) {
    return examples.stream()
        .map(
            e ->
                new LabelledLine(
                    TextClassifier.cut(e.text(), raw),
                    ClassifyCommand.Fields.labels(e.label()).stream()
                        .map(TextClassifier::withoutBlanks)
                        .toList()))
        .toList();
  }

  /// For cross-validation.
  Function<String, String> learn(
      List<LinearTrainer.Example> examples, LabellerSettings settings, long seed) {
    var made = new TextClassifier.OfLabels(train(texts(examples), settings, seed), raw);
    var given = new HashMap<String, String>();
    examples.forEach(e -> given.put(made.written(e.label()), e.label()));
    return text -> {
      String label = made.told(text).label();
      return given.getOrDefault(label, label);
    };
  }

  private TextLabeller train(List<LabelledLine> texts, LabellerSettings settings, long seed) {
    return NgramCommand.checked(
        () -> {
          try {
            return new LabellerTrainer(texts, settings, seed, threads).train(_ -> {});
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException("interrupted", e);
          }
        });
  }

  /// Trains, and writes a `.bin`, or a `.ftz` where it is to be small.
  void write(
      List<LinearTrainer.Example> examples,
      LabellerSettings given,
      long seed,
      Path file,
      boolean quiet) {
    List<LabelledLine> texts = texts(examples);
    LabellerSettings settings = tuneSeconds == 0 ? given : found(texts, given, seed, quiet);
    TextLabeller labeller = train(texts, settings, seed);
    Integer rows = quantize;
    FastTextModel model =
        rows == null
            ? labeller.model()
            : NgramCommand.checked(
                () -> Quantizing.quantized(labeller.model(), rows, PART, true, false, seed));
    AtomicFile.replace(file, to -> FastTextFile.write(model, to));
    if (!quiet) {
      System.err.printf(
          Locale.ROOT,
          "%s: %d classes, %,d words, of %,d texts%n",
          file,
          labeller.labels().size(),
          labeller.model().vocabulary().words(),
          examples.size());
    }
  }

  private LabellerSettings found(
      List<LabelledLine> texts, LabellerSettings given, long seed, boolean quiet) {
    var shuffled = new ArrayList<>(texts);
    java.util.Collections.shuffle(shuffled, new java.util.Random(seed));
    int held = shuffled.size() / TENTH;
    LabellerSearch.Found best =
        NgramCommand.checked(
            () -> {
              try {
                return new LabellerSearch(
                        shuffled.subList(held, shuffled.size()),
                        shuffled.subList(0, held),
                        seed,
                        threads,
                        System::nanoTime)
                    .search(given, tuneSeconds * 1_000_000_000L, (_, _) -> {});
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalArgumentException("interrupted", e);
              }
            });
    if (!quiet) {
      LabellerSettings s = best.settings();
      System.err.printf(
          Locale.ROOT,
          "tuned in %d trials: accuracy %.4f of %,d texts with --dimension %d --epochs %d"
              + " --learning-rate %.3f --words %d --characters %d,%d --buckets %d%n",
          best.trials(),
          best.accuracy(),
          held,
          s.dimension(),
          s.epochs(),
          s.learningRate(),
          s.wordNgrams(),
          s.shortest(),
          s.longest(),
          s.buckets());
    }
    return best.settings();
  }
}
