package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.embed.WordCut;
import dev.imago.vectors.FastTextFile;
import dev.imago.vectors.FastTextModel;
import dev.imago.vectors.GloveTrainer;
import dev.imago.vectors.OutputLoss;
import dev.imago.vectors.TrainingText;
import dev.imago.vectors.VectorFile;
import dev.imago.vectors.VectorKind;
import dev.imago.vectors.VectorSettings;
import dev.imago.vectors.VectorTrainer;
import dev.imago.vectors.VectorUnit;
import dev.imago.vectors.WordVectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Text to word vectors.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Learn word vectors of text, a sentence a line.",
      "Where the name ends in .bin a fastText model is written (of GloVe word2vec's binary),",
      "where it ends in .vec text."
    },
    footer = {"", "Example:  imago vectors train corpus.txt --kind skip_gram --out corpus.bin"})
final class VectorsTrainCommand implements Callable<Integer> {
  @ParentCommand private VectorsCommand parent = new VectorsCommand();

  @Parameters(paramLabel = "FILE", description = "Texts (default: standard input).", arity = "0..*")
  private List<Path> files = List.of();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "A .bin or .vec.")
  private Path out = Path.of("vectors.bin");

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      defaultValue = "skip_gram",
      description = "skip_gram (default), cbow or glove.")
  private VectorKind kind = VectorKind.SKIP_GRAM;

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      defaultValue = "negative_sampling",
      description = "negative_sampling (default) or hierarchical.")
  private OutputLoss loss = OutputLoss.NEGATIVE_SAMPLING;

  @Option(
      names = "--unit",
      paramLabel = "UNIT",
      defaultValue = "words",
      description = "words (between blanks, default), characters, or chinese_words (by HanLP).")
  private VectorUnit unit = VectorUnit.WORDS;

  @Option(names = "--lowercase", description = "Words lose their capitals.")
  private boolean lowercase;

  @Option(names = "--dimension", paramLabel = "N", description = "Default: 100.")
  private @Nullable Integer dimension;

  @Option(names = "--window", paramLabel = "N", description = "Default: 5, of GloVe 15.")
  private @Nullable Integer window;

  @Option(names = "--epochs", paramLabel = "N", description = "Default: 5, of GloVe 25.")
  private @Nullable Integer epochs;

  @Option(
      names = "--minimum-count",
      paramLabel = "N",
      description = "Leave out rarer words (default: 5).")
  private @Nullable Integer minimumCount;

  @Option(names = "--negatives", paramLabel = "N", description = "Default: 5.")
  private @Nullable Integer negatives;

  @Option(
      names = "--subwords",
      split = ",",
      paramLabel = "FROM,TO",
      description = "N-grams of characters (default: 3,6; 0,0 for whole words alone).")
  private List<Integer> subwords = List.of();

  @Option(names = "--buckets", paramLabel = "N", description = "Of n-grams (default: 2000000).")
  private @Nullable Integer buckets;

  @Option(
      names = "--subsample",
      paramLabel = "SHARE",
      description = "Pass over words of a greater share the more often (default: 1e-4; 0: never).")
  private @Nullable Double subsample;

  @Option(names = "--learning-rate", paramLabel = "RATE", description = "Default: 0.05.")
  private @Nullable Double learningRate;

  @Option(
      names = "--phrases",
      paramLabel = "PASSES",
      defaultValue = "0",
      description = "Join pairs of words that stand together by more than chance, so many times.")
  private int phrases;

  @Option(
      names = "--phrase-threshold",
      paramLabel = "SCORE",
      defaultValue = "100",
      description = "What a pair's score has to exceed (default: 100).")
  private double phraseThreshold = 100;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Default: 1. The same bits on the same threads.")
  private int threads = 1;

  @Option(
      names = "--lock-free",
      description = "Threads change the same rows at once; no bits are promised.")
  private boolean lockFree;

  @Option(
      names = "--scratch",
      paramLabel = "FOLDER",
      description = "Save here every minute: a training that was killed goes on to the same bits.")
  private @Nullable Path kept;

  @Option(names = "--seed", paramLabel = "SEED", defaultValue = "42", description = "Default: 42.")
  private long seed = 42;

  @Override
  public Integer call() throws Exception {
    VectorSettings settings = settings();
    WordCut cut = NgramCommand.checked(() -> WordCut.of(unit, lowercase));
    try (var scratch = new NgramCommand.Scratch();
        AutoCloseable _ = parent.imago.interruptible()) {
      var builder = new TrainingText.Builder(scratch.folder());
      new TextInput(files, false)
          .forEach(
              line -> {
                List<String> words = cut.cut(line);
                if (!words.isEmpty()) {
                  builder.add(words);
                }
              });
      try (TrainingText text = NgramCommand.checked(() -> builder.finish(settings))) {
        train(text, settings);
      }
    }
    return 0;
  }

  private void train(TrainingText text, VectorSettings settings) throws InterruptedException {
    long begun = System.nanoTime();
    int words = text.words().words();
    boolean asText = out.toString().endsWith(".vec") || out.toString().endsWith(".txt");
    VectorTrainer.Watch watch =
        _ -> {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
        };
    long learned;
    if (kind == VectorKind.GLOVE) {
      GloveTrainer trainer =
          NgramCommand.checked(() -> new GloveTrainer(text, settings, seed, threads, kept));
      WordVectors vectors = trainer.train(watch);
      learned = System.nanoTime() - begun;
      AtomicFile.replace(
          out,
          to -> {
            if (asText) {
              VectorFile.writeText(vectors, to);
            } else {
              VectorFile.writeBinary(vectors, to);
            }
          });
    } else {
      VectorTrainer trainer =
          NgramCommand.checked(() -> new VectorTrainer(text, settings, seed, threads, kept));
      if (trainer.resumed() > 0 && !parent.imago.quiet) {
        System.err.printf("goes on from what %s holds%n", kept);
      }
      FastTextModel model = trainer.train(watch);
      learned = System.nanoTime() - begun;
      AtomicFile.replace(
          out,
          to -> {
            if (asText) {
              VectorFile.writeText(model.vectors(), to);
            } else {
              FastTextFile.write(model, to);
            }
          });
    }
    if (!parent.imago.quiet) {
      double seconds = learned / 1e9;
      System.err.printf(
          Locale.ROOT,
          "%s: %,d words of %d numbers, of %,d tokens; %.1f s, %,.0f tokens/s a thread%n",
          out,
          words,
          settings.dimension(),
          text.words().tokens(),
          seconds,
          (double) text.words().tokens() * settings.epochs() / seconds / threads);
    }
  }

  /// What GloVe has no use for is refused, not passed over.
  private void refuseOfGlove() {
    String given =
        loss != OutputLoss.NEGATIVE_SAMPLING
            ? "--loss"
            : negatives != null
                ? "--negatives"
                : !subwords.isEmpty()
                    ? "--subwords"
                    : buckets != null
                        ? "--buckets"
                        : subsample != null ? "--subsample" : lockFree ? "--lock-free" : "";
    if (!given.isEmpty()) {
      throw new ConfigException(given + " is nothing to --kind glove; leave it out");
    }
  }

  private VectorSettings settings() {
    if (!subwords.isEmpty() && subwords.size() != 2) {
      throw new ConfigException(
          "--subwords = %s takes the shortest and the longest n-gram, such as 3,6"
              .formatted(subwords));
    }
    if (threads < 1 || threads > 1024) {
      throw new ConfigException("--threads = %d is outside 1 … 1024".formatted(threads));
    }
    if (kind == VectorKind.GLOVE) {
      refuseOfGlove();
    }
    try {
      VectorSettings usual = VectorSettings.of(kind);
      int longest = subwords.isEmpty() ? usual.longest() : subwords.getLast();
      return new VectorSettings(
          kind,
          loss,
          dimension == null ? usual.dimension() : dimension,
          window == null ? usual.window() : window,
          epochs == null ? usual.epochs() : epochs,
          minimumCount == null ? usual.minimumCount() : minimumCount,
          negatives == null ? usual.negatives() : negatives,
          subwords.isEmpty() ? usual.shortest() : subwords.getFirst(),
          longest,
          longest == 0 ? 0 : buckets == null ? usual.buckets() : buckets,
          subsample == null ? usual.subsample() : subsample,
          learningRate == null ? usual.learningRate() : learningRate,
          phrases,
          phraseThreshold,
          lockFree);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }
}
