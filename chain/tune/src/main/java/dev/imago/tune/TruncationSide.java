package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.core.Run;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.model.Output;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.Side;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.TokenizerFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/// Which side of a text that is too long is cut, as transformers' `truncation_side` says: the side
/// stands in the tokenizer's files, so that whoever reads a text with them later cuts it alike.
public enum TruncationSide {
  /// The one that the tokenizer says already: its end, where it says none.
  AUTO,
  /// Its end.
  RIGHT,
  /// Its beginning: of reviews, which end with their verdict.
  LEFT;

  private static final String FOLDER = "truncation";

  /// The inputs with a tokenizer that says so.
  ///
  /// @throws ConfigException where what is learned is not of texts as a whole
  Tune.Inputs in(Tune.Inputs inputs, Tune.Config config, Run run) {
    if (this == AUTO) {
      return inputs.start().isPresent() ? begun(inputs, inputs.start().get(), config, run) : inputs;
    }
    String side = name().toLowerCase(Locale.ROOT);
    Stream.concat(Stream.of(inputs.labels()), inputs.others().stream())
        .map(labels -> Tasks.read(labels.folder()))
        .filter(task -> !ofWholeTexts(task.output()))
        .findFirst()
        .ifPresent(
            task -> {
              throw new ConfigException(
                  "tune.truncationSide = %s is of texts that are read as a whole, and these labels are for %s; leave it out"
                      .formatted(side, task.name()));
            });
    if (inputs.start().isPresent()) {
      throw new ConfigException(
          "tune.truncationSide = %s: the adapter to go on with (tune.inputs.start) has the side that it has; leave it out, or begin a new one"
              .formatted(side));
    }
    return cut(inputs, side, config, run);
  }

  /// With the side that an adapter to go on with has learned.
  private static Tune.Inputs begun(Tune.Inputs inputs, Weights start, Tune.Config config, Run run) {
    Path file = start.folder().resolve(TunedModel.TOKENIZER);
    if (!Files.exists(file)) {
      return inputs;
    }
    Side own = Tokenizer.load(file).truncationSide();
    return own == BaseModel.tokenizer(inputs).truncationSide()
        ? inputs
        : cut(inputs, own.name().toLowerCase(Locale.ROOT), config, run);
  }

  private static Tune.Inputs cut(Tune.Inputs inputs, String side, Tune.Config config, Run run) {
    Weights base = inputs.base();
    int context = BaseModel.shape(base).context();
    int longest = config.longest() == 0 ? context : Math.min(config.longest(), context);
    Path to = run.scratch().resolve(FOLDER);
    TokenizerFolder.edit(
        BaseModel.words(inputs),
        to,
        tokenizer -> TokenizerFolder.cut(tokenizer, side, longest),
        said -> said.put("truncation_side", side));
    return inputs.with(
        new Vocabulary(inputs.vocabulary().map(Vocabulary::ref).orElse(base.ref()), to));
  }

  private static boolean ofWholeTexts(Output output) {
    return output instanceof Output.Classes || output instanceof Output.Embedding;
  }
}
