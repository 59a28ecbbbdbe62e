package dev.imago.pretrain;

import dev.imago.core.AtomicFile;
import dev.imago.core.Run;
import dev.imago.data.Corpus;
import dev.imago.data.CorpusFacts;
import dev.imago.data.ExamplePrompt;
import dev.imago.data.Split;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.ModelShape;
import dev.imago.torch.Precision;
import dev.imago.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What pre-training leaves beside the weights: the tokenizer's files, a card, a table.
final class PretrainedModel {
  private PretrainedModel() {}

  /// A model's folder carries its tokenizer, as every reader of such folders expects.
  static void copyTokenizer(Path from, Path to) {
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      try {
        Files.copy(from.resolve(name), to.resolve(name));
      } catch (IOException e) {
        throw AtomicFile.failure("copy", from.resolve(name), e);
      }
    }
  }

  /// Says of a model what it is and what it read.
  ///
  /// @param corpusTokens of the corpus
  static void writeCard(
      Path folder,
      Corpus corpus,
      long corpusTokens,
      Trainer.Outcome outcome,
      ModelShape shape,
      long seed) {
    CorpusFacts facts = CorpusFacts.of(corpus.folder(), Split.TRAIN);
    var reading =
        new ModelCard.Reading(
            facts.documents(),
            facts.bytes(),
            corpusTokens,
            outcome.tokens(),
            seed,
            facts.languages(),
            facts.kinds());
    ModelCard card =
        ModelCard.of(reading, shape.parameterCount(), ExamplePrompt.ofText(corpus.folder()));
    AtomicFile.write(folder.resolve(ModelCardText.FILE), ModelCardText.write(card, "transformers"));
  }

  /// Tells what came out.
  ///
  /// @param unigram the held-out loss of the tokens' frequencies alone; NaN where it is not told
  static void report(
      Run run, ModelShape shape, Precision precision, Trainer.Outcome outcome, double unigram) {
    var rows = new ArrayList<List<String>>();
    rows.addAll(
        List.of(
            List.of("parameters", "%,d".formatted(shape.parameterCount())),
            List.of("shape", shape.description()),
            List.of("tokens", "%,d".formatted(outcome.tokens())),
            List.of("tokens a second", "%,.0f".formatted(outcome.tokensPerSecond())),
            List.of("training loss", nats(outcome.loss())),
            List.of("held-out loss", nats(outcome.heldoutLoss())),
            List.of("precision", precision.name().toLowerCase(Locale.ROOT))));
    if (!Double.isNaN(unigram)) {
      rows.add(6, List.of("of the tokens’ frequencies alone", nats(unigram)));
    }
    run.table("Pre-training", List.of("", ""), rows);
  }

  private static String nats(double loss) {
    return Double.isNaN(loss)
        ? "nothing held out"
        : String.format(Locale.ROOT, "%.4f nats a token", loss);
  }
}
