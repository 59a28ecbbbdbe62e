package dev.imago.embed;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.data.Vectors;
import dev.imago.vectors.FastTextFile;
import dev.imago.vectors.FastTextModel;
import dev.imago.vectors.GloveTrainer;
import dev.imago.vectors.OutputLoss;
import dev.imago.vectors.TrainingText;
import dev.imago.vectors.VectorFile;
import dev.imago.vectors.VectorKind;
import dev.imago.vectors.VectorQuality;
import dev.imago.vectors.VectorSettings;
import dev.imago.vectors.VectorTrainer;
import dev.imago.vectors.VectorUnit;
import dev.imago.vectors.WordVectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Learns word vectors of a corpus: skip-gram, CBOW or GloVe. The same bits on the same threads,
/// unless `lockFree`; a kill goes on from what was saved last, a minute before at most.
public final class TrainVectors
    extends Stage<TrainVectors.Inputs, TrainVectors.Config, TrainVectors.Outputs> {
  private static final int SHOWN = 12;
  private static final int NEIGHBOURS = 6;
  private static final int FREQUENT = 30_000;

  /// @param corpus whose training side is learned from
  public record Inputs(Corpus corpus) {}

  /// @param kind skip_gram, cbow or glove
  /// @param unit words between blanks, characters, or words of Chinese
  /// @param lowercase whether words lose their capitals
  /// @param loss negative_sampling or hierarchical; GloVe has its own
  /// @param window words to each side
  /// @param subwords shortest and longest n-gram of characters; empty for whole words alone
  /// @param buckets that n-grams are hashed into
  /// @param subsample words of a greater share are passed over the more often; 0 for never
  /// @param phrasePasses each joins pairs of words that stand together more than by chance
  /// @param lockFree threads change the same rows at once: faster on many, and no bits are promised
  /// @param analogies a file in the form of questions-words.txt, told of in the report; or nothing
  /// @param similarities a file of word pairs with judgements, told of in the report; or nothing
  public record Config(
      VectorKind kind,
      VectorUnit unit,
      boolean lowercase,
      OutputLoss loss,
      int dimension,
      int window,
      int epochs,
      int minimumCount,
      int negatives,
      List<Integer> subwords,
      int buckets,
      double subsample,
      double learningRate,
      int phrasePasses,
      double phraseThreshold,
      boolean lockFree,
      String analogies,
      String similarities) {
    public Config {
      subwords = List.copyOf(subwords);
      if (!subwords.isEmpty() && subwords.size() != 2) {
        throw new ConfigException(
            "subwords = %s takes the shortest and the longest n-gram, such as [3, 6], or []"
                .formatted(subwords));
      }
      Bounds.whole("dimension", dimension, 1, 4096);
      if (kind == VectorKind.GLOVE && lockFree) {
        throw new ConfigException(
            "lockFree is nothing to glove, which locks nothing; leave it out");
      }
    }

    public static Config defaults() {
      VectorSettings usual = VectorSettings.of(VectorKind.SKIP_GRAM);
      return new Config(
          usual.kind(),
          VectorUnit.WORDS,
          false,
          usual.loss(),
          usual.dimension(),
          usual.window(),
          usual.epochs(),
          usual.minimumCount(),
          usual.negatives(),
          List.of(usual.shortest(), usual.longest()),
          usual.buckets(),
          usual.subsample(),
          usual.learningRate(),
          usual.phrasePasses(),
          usual.phraseThreshold(),
          false,
          "",
          "");
    }

    VectorSettings settings() {
      boolean whole = subwords.isEmpty() || kind == VectorKind.GLOVE;
      return new VectorSettings(
          kind,
          loss,
          dimension,
          window,
          epochs,
          minimumCount,
          negatives,
          whole ? 0 : subwords.getFirst(),
          whole ? 0 : subwords.getLast(),
          whole ? 0 : buckets,
          subsample,
          learningRate,
          phrasePasses,
          phraseThreshold,
          lockFree);
    }
  }

  /// @param vectors of the frequent words, and the model behind
  public record Outputs(Vectors vectors) {}

  public TrainVectors() {
    super("vectors", 1, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public String external(Config config) {
    return List.of(config.analogies(), config.similarities()).stream()
        .filter(file -> !file.isEmpty())
        .map(TrainVectors::seen)
        .toList()
        .toString();
  }

  private static String seen(String file) {
    try {
      return file
          + ":"
          + Files.size(Path.of(file))
          + ":"
          + Files.getLastModifiedTime(Path.of(file));
    } catch (IOException e) {
      return file + ": not there";
    }
  }

  @Override
  public void check(Config config) {
    config.settings();
    for (String file : List.of(config.analogies(), config.similarities())) {
      if (!file.isEmpty() && !Files.isRegularFile(Path.of(file))) {
        throw new ConfigException("%s is no file; name one, or leave it out".formatted(file));
      }
    }
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Draft draft = run.draft(Vectors.class, "vectors");
    try (TrainingText text = text(inputs.corpus().folder(), config, run)) {
      run.note(
          "%,d words, %,d of them of %,d kinds"
              .formatted(text.words().tokens(), text.size(), text.words().words()));
      if (config.lockFree() && run.threads() > 1) {
        run.note("lock-free on %d threads: the bits are this run's own".formatted(run.threads()));
      }
      WordVectors vectors = train(text, config, draft, run);
      VectorFile.writeBinary(vectors, draft.folder().resolve("vectors.bin"));
      report(vectors, config, run);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
    return new Outputs(draft.commit(Vectors.class));
  }

  private static TrainingText text(Path folder, Config config, Run run)
      throws InterruptedException {
    WordCut cut = WordCut.of(config.unit(), config.lowercase());
    var builder = new TrainingText.Builder(run.scratch().resolve("text"));
    try (var documents = new Documents.Reader(folder, Split.TRAIN.fileName(), _ -> {});
        Progress progress = run.progress("read words", 0, "words")) {
      while (documents.hasNext()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        for (String line : documents.next().text().lines().toList()) {
          List<String> words = cut.cut(line);
          if (!words.isEmpty()) {
            builder.add(words);
            progress.add(words.size());
          }
        }
      }
    }
    return builder.finish(config.settings());
  }

  private static WordVectors train(TrainingText text, Config config, Draft draft, Run run)
      throws InterruptedException {
    VectorSettings settings = config.settings();
    long all = text.size() * settings.epochs();
    long begun = System.nanoTime();
    long[] last = {0};
    try (Progress progress = run.progress("learn vectors", all, "words")) {
      VectorTrainer.Watch watch =
          tokens -> {
            progress.add(tokens - last[0]);
            last[0] = tokens;
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
          };
      WordVectors vectors;
      if (config.kind() == VectorKind.GLOVE) {
        vectors =
            new GloveTrainer(text, settings, run.seed(), run.threads(), run.scratch()).train(watch);
      } else {
        FastTextModel model =
            new VectorTrainer(text, settings, run.seed(), run.threads(), run.scratch())
                .train(watch);
        FastTextFile.write(model, draft.folder().resolve("model.bin"));
        vectors = model.vectors();
      }
      double seconds = Math.max(1, System.nanoTime() - begun) / 1e9;
      run.metric(Map.of("step", 1, "tokens", all, "tokensPerSecond", all / seconds));
      return vectors;
    }
  }

  private static void report(WordVectors vectors, Config config, Run run) {
    var rows = new ArrayList<List<String>>();
    for (String word :
        vectors.words().stream()
            .filter(w -> w.length() > 3 && !w.equals("</s>"))
            .limit(SHOWN)
            .toList()) {
      Optional<float[]> vector = vectors.vector(word);
      vector.ifPresent(
          v ->
              rows.add(
                  List.of(
                      word,
                      String.join(
                          ", ",
                          vectors.nearest(v, NEIGHBOURS, Set.of(word)).stream()
                              .map(n -> "%s %.2f".formatted(n.word(), n.similarity()))
                              .toList()))));
    }
    run.table("neighbours", List.of("word", "nearest"), rows);
    if (!config.analogies().isEmpty()) {
      List<VectorQuality.Section> sections =
          VectorQuality.analogies(vectors, Path.of(config.analogies()), FREQUENT);
      var table = new ArrayList<List<String>>();
      var all = new ArrayList<>(sections);
      all.add(VectorQuality.total(sections));
      all.forEach(
          s ->
              table.add(
                  List.of(
                      s.name(),
                      String.valueOf(s.asked()),
                      String.valueOf(s.skipped()),
                      String.format(Locale.ROOT, "%.2f %%", 100 * s.accuracy()))));
      run.table("analogies", List.of("section", "asked", "with unknown words", "right"), table);
    }
    if (!config.similarities().isEmpty()) {
      VectorQuality.Agreement told =
          VectorQuality.agreement(vectors, Path.of(config.similarities()));
      run.table(
          "similarities",
          List.of("pairs", "with unknown words", "Spearman"),
          List.of(
              List.of(
                  String.valueOf(told.pairs()),
                  String.valueOf(told.skipped()),
                  String.format(Locale.ROOT, "%.4f", told.spearman()))));
    }
  }
}
