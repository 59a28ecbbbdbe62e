package dev.imago.count;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Ngrams;
import dev.imago.data.Split;
import dev.imago.data.Tokens;
import dev.imago.ngram.EntropyPruning;
import dev.imago.ngram.NgramForm;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramSettings;
import dev.imago.ngram.NgramTrainer;
import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.Perplexity;
import dev.imago.ngram.Smoothing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Counts n-grams and smooths them: a language model without gradients, the baseline beside every
/// neural one. Of tokens a document is a sentence; of a corpus a line is one.
///
/// Counting keeps to `memoryMegabytes` and sorts on disk what is more. After a kill it goes on from
/// the runs that were sorted.
public final class CountNgrams
    extends Stage<CountNgrams.Inputs, CountNgrams.Config, CountNgrams.Outputs> {
  /// Held-out words that perplexity is told of.
  private static final long MEASURED = 1_000_000;

  /// @param tokens what is counted where the unit is ids
  /// @param corpus what is counted of other units
  public record Inputs(Optional<Tokens> tokens, Optional<Corpus> corpus) {}

  /// @param order the longest n-gram: 1 … 7
  /// @param unit ids of the tokenizer, words, characters or words of Chinese
  /// @param thresholds for each order from 1 on, n-grams seen at most so often are left out
  /// @param entropy n-grams whose absence raises the perplexity by less are left out, relatively: 0
  ///   for none
  /// @param structure how the model finds n-grams: a trie, which is smaller, or hash tables, which
  ///   are faster and can be asked alone
  /// @param quantize bits of log₁₀ p and of back-offs in a trie, 2 … 16: 8 is usual, 0 leaves them
  ///   exact
  /// @param memoryMegabytes for counting and sorting, beside the words
  public record Config(
      int order,
      Smoothing smoothing,
      NgramUnit unit,
      List<Long> thresholds,
      double entropy,
      NgramForm.Structure structure,
      int quantize,
      int memoryMegabytes) {
    public Config {
      thresholds = List.copyOf(thresholds);
      Bounds.number("entropy", entropy, 0, 0.1, "1e-8 keeps most n-grams, 1e-6 few");
      Bounds.whole("memoryMegabytes", memoryMegabytes, 1, 1 << 20);
      if (entropy > 0 && !smoothing.normalised()) {
        throw new ConfigException(
            "entropy = %s needs probabilities that sum to 1, and stupid_backoff has none; use thresholds"
                .formatted(entropy));
      }
      settings(order, smoothing, unit, thresholds, memoryMegabytes);
      form(structure, quantize);
    }

    public static Config defaults() {
      return new Config(
          5, Smoothing.KNESER_NEY, NgramUnit.IDS, List.of(), 0, NgramForm.Structure.TRIE, 0, 256);
    }

    private static NgramSettings settings(
        int order, Smoothing smoothing, NgramUnit unit, List<Long> thresholds, int megabytes) {
      return new NgramSettings(order, smoothing, unit, thresholds, (long) megabytes << 20);
    }

    private static NgramForm form(NgramForm.Structure structure, int quantize) {
      try {
        return new NgramForm(structure, quantize, quantize);
      } catch (IllegalArgumentException e) {
        throw new ConfigException("quantize = %d: %s".formatted(quantize, e.getMessage()), e);
      }
    }

    NgramForm form() {
      return form(structure, quantize);
    }

    NgramSettings settings() {
      return settings(order, smoothing, unit, thresholds, memoryMegabytes);
    }
  }

  /// @param ngrams the model
  public record Outputs(Ngrams ngrams) {}

  public CountNgrams() {
    super("ngram", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Draft draft = run.draft(Ngrams.class, "ngrams");
    Path file = draft.folder().resolve("model.ngram");
    CountedSentences sentences = sentences(inputs, config);
    try {
      boolean plain = config.form().equals(NgramForm.TRIE);
      Path counted = plain && config.entropy() == 0 ? file : run.scratch().resolve("counted.ngram");
      count(sentences, config, counted, run);
      Path whole = counted;
      if (config.entropy() > 0) {
        whole = plain ? file : run.scratch().resolve("pruned.ngram");
        try (var model = NgramModel.open(counted)) {
          EntropyPruning.prune(
              model, config.entropy(), run.scratch(), config.settings().memoryBytes(), whole);
        }
        Files.delete(counted);
      }
      if (!plain) {
        try (var model = NgramModel.open(whole)) {
          model.writeTo(file, config.form());
        }
        Files.delete(whole);
      }
      report(sentences, file, run);
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Outputs(draft.commit(Ngrams.class));
  }

  private static CountedSentences sentences(Inputs inputs, Config config) {
    if (config.unit() == NgramUnit.IDS) {
      return CountedSentences.ofTokens(
          inputs
              .tokens()
              .orElseThrow(
                  () ->
                      new ConfigException(
                          "unit = ids counts tokens, and there are none: put the step encode"
                              + " before, or set unit = words"))
              .folder());
    }
    return CountedSentences.ofCorpus(
        inputs
            .corpus()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "unit = %s counts the words of a corpus, and there is none: put collect and prepare before"
                            .formatted(config.unit().name().toLowerCase(Locale.ROOT))))
            .folder(),
        config.unit());
  }

  private static void count(CountedSentences sentences, Config config, Path file, Run run)
      throws InterruptedException, IOException {
    Files.createDirectories(run.scratch());
    long begun = System.nanoTime();
    try (var trainer =
            NgramTrainer.resumable(
                config.settings(), sentences.words(), run.scratch().resolve("runs"));
        Progress progress = run.progress("count n-grams", 0, "words")) {
      if (trainer.resumed() > 0) {
        run.note("goes on after %,d sentences that were counted".formatted(trainer.resumed()));
      }
      sentences.each(
          Split.TRAIN,
          ids -> {
            trainer.add(ids);
            progress.add(ids.length + 1L);
          });
      NgramTrainer.Result result = trainer.write(file);
      double seconds = Math.max(1, System.nanoTime() - begun) / 1e9;
      run.metric(
          Map.of("step", 1, "tokens", result.words(), "tokensPerSecond", result.words() / seconds));
      if (!result.usualDiscounts().isEmpty()) {
        run.note(
            "the counts of order %s are too few to tell discounts: the usual 0.5, 1 and 1.5 are taken"
                .formatted(result.usualDiscounts()));
      }
    }
  }

  private static void report(CountedSentences sentences, Path file, Run run)
      throws InterruptedException {
    try (var model = NgramModel.open(file)) {
      var rows = new ArrayList<List<String>>();
      for (int n = 1; n <= model.order(); n++) {
        rows.add(List.of(String.valueOf(n), String.format(Locale.ROOT, "%,d", model.count(n))));
      }
      run.table("n-grams", List.of("order", "n-grams"), rows);
      var perplexity = new Perplexity();
      sentences.each(
          Split.HELDOUT,
          ids -> {
            if (perplexity.words() < MEASURED) {
              perplexity.add(model.sentence(sentences.known(ids, model)));
            }
          });
      if (perplexity.words() > 0) {
        run.table(
            "held out",
            List.of("sentences", "words", "not known", "perplexity", "of the known"),
            List.of(
                List.of(
                    String.format(Locale.ROOT, "%,d", perplexity.sentences()),
                    String.format(Locale.ROOT, "%,d", perplexity.words()),
                    String.format(Locale.ROOT, "%,d", perplexity.unknown()),
                    String.format(Locale.ROOT, "%.2f", perplexity.all()),
                    String.format(Locale.ROOT, "%.2f", perplexity.known()))));
      }
    }
  }
}
