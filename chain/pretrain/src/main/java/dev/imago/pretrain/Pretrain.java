package dev.imago.pretrain;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Estimate;
import dev.imago.core.Estimate.Figure;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.core.Unwrapped;
import dev.imago.data.Corpus;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.Dropout;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.torch.ProcessGroup;
import dev.imago.training.Denoising;
import dev.imago.training.Device;
import dev.imago.training.Distillation;
import dev.imago.training.Masking;
import dev.imago.training.Optimization;
import dev.imago.training.ParameterGroups;
import dev.imago.training.Processes;
import dev.imago.training.Room;
import dev.imago.training.SampleSettings;
import dev.imago.training.Stopping;
import dev.imago.training.Trainer;
import dev.imago.training.TrainingPrecision;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Trains a model, from random weights or an earlier model's: to predict the next token of the
/// training split, or those that are masked, whichever its architecture is for.
///
/// What can be set, what is refused of it and what it will cost; [Pretraining] is the work.
public final class Pretrain extends Stage<Pretrain.Inputs, Pretrain.Config, Pretrain.Outputs> {
  /// @param corpus what the tokens were made of: the model's card tells of it
  /// @param start a model that training goes on with; else it begins from nothing
  /// @param earlier what that model was trained on, which [Config#replay] takes text from
  /// @param teacher a model that this one learns from beside the text ([Config#distillation])
  public record Inputs(
      Corpus corpus,
      Tokens tokens,
      Vocabulary vocabulary,
      Optional<Weights> start,
      Optional<Tokens> earlier,
      Optional<Weights> teacher) {
    /// From nothing.
    public Inputs(Corpus corpus, Tokens tokens, Vocabulary vocabulary) {
      this(corpus, tokens, vocabulary, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /// More than anyone has trained on; beyond it lies a slip of the finger.
  private static final long MOST_TOKENS = 1_000_000_000_000_000L;

  private static final long MOST_POSITIONS = 1 << 24;

  private static final double USUAL_FLOOR = 0.1;

  /// For an estimate before the vocabulary is known.
  private static final int USUAL_VOCABULARY = 4096;

  /// @param base a Hugging Face folder, with the tokenizer's files and a card
  public record Outputs(Weights base) {}

  /// @param architecture one of those that can begin from nothing, such as `llama`, `gpt2`, `bert`
  ///   and `lstm`
  /// @param depth the one dial: layers, from which the width and all else follow
  /// @param shape sizes that are not to be the dial's, by their names in `config.json`, such as
  ///   `hidden_size` of Llama and `n_embd` of GPT-2
  /// @param context tokens in a sequence, T; 0 for the least of 128, 256 and 512 that holds nine
  ///   documents of ten whole, and 256 where most are longer; less for a corpus that has not so
  ///   much
  /// @param batch sequences in a micro-batch, B
  /// @param accumulate micro-batches in a step
  /// @param tokens to train on in all; rounded up to whole steps; 0 for eight times those of the
  ///   corpus, 3.2 million at most
  /// @param replay share of all steps, beside those of the tokens, that read what the model that
  ///   training goes on with was trained on; 0 for none, at most 0.95
  /// @param packing how documents become sequences
  /// @param acrossDocuments whether documents that share a sequence see each other
  /// @param masking what is hidden of the text, where the architecture predicts masked tokens
  /// @param denoising which spans an encoder reads without, and its decoder tells
  /// @param optimization how it learns, and when it is measured and saved
  /// @param distillation how it learns from the teacher, where one is bound
  /// @param groups what trains otherwise than the rest, by name
  /// @param dropout what share of the numbers is 0 by chance in training, in the places that the
  ///   architecture has for it; 0 for none
  /// @param variationalDropout whether all tokens of a sequence lose the same columns: of recurrent
  ///   architectures
  /// @param device where it trains; what is not there is refused by name
  /// @param precision of matrix products
  /// @param activationCheckpointing whether blocks are computed again on the way back, in place of
  ///   keeping what they computed: less memory for a third more work, and the same bits
  /// @param keepZeros whether what is 0 in the blocks of the model that training goes on with stays
  ///   0, as of one that was pruned by magnitude or 2:4
  /// @param stopping what chooses the weights that come out, and ends training early
  /// @param heldoutTokens on which the held-out loss is measured
  /// @param samples what the model writes while it learns
  public record Config(
      String architecture,
      int depth,
      Map<String, String> shape,
      int context,
      int batch,
      int accumulate,
      long tokens,
      double replay,
      Packing packing,
      boolean acrossDocuments,
      Masking masking,
      Denoising denoising,
      @Unwrapped Optimization optimization,
      Distillation distillation,
      ParameterGroups groups,
      double dropout,
      boolean variationalDropout,
      Device device,
      TrainingPrecision precision,
      boolean activationCheckpointing,
      boolean keepZeros,
      Stopping stopping,
      long heldoutTokens,
      SampleSettings samples) {
    public Config {
      shape = Map.copyOf(shape);
      if (!Architectures.names().contains(architecture)) {
        throw new ConfigException(
            "architecture = %s is none that begins from nothing; %s do"
                .formatted(architecture, String.join(", ", Architectures.names())));
      }
      Bounds.whole("depth", depth, 1, 64);
      if (context != 0) {
        Bounds.whole("context", context, 8, 1 << 17);
      }
      Bounds.whole("batch", batch, 1, 1 << 16);
      Bounds.whole("accumulate", accumulate, 1, 1 << 16);
      Bounds.whole("tokens", tokens, 0, MOST_TOKENS);
      Bounds.number("replay", replay, 0, 0.95, "0.05 … 0.5 are usual, 0 for none");
      if ((long) batch * Math.max(context, Sizes.LONGEST) > MOST_POSITIONS) {
        throw new ConfigException(
            "batch = %d sequences of %d tokens are more than the %d positions of a micro-batch; lower batch and raise accumulate"
                .formatted(batch, Math.max(context, Sizes.LONGEST), MOST_POSITIONS));
      }
      optimization.checkFloor(USUAL_FLOOR);
      Bounds.number("dropout", dropout, 0, 0.9, "0.1 is usual, 0 for none");
      if (variationalDropout && dropout == 0) {
        throw new ConfigException(
            "variationalDropout = true has no meaning where dropout = 0; give dropout = 0.3, say");
      }
      ModelShape least = Architectures.ofDepth(architecture, 1, USUAL_VOCABULARY, Sizes.LONGEST);
      sized(architecture, depth, shape, USUAL_VOCABULARY, Sizes.LONGEST);
      boolean answers = least.decoderStart().isPresent();
      if (!answers && !denoising.equals(Denoising.USUAL)) {
        throw new ConfigException(
            "denoising is of architectures with an encoder and a decoder, and architecture = %s is none; leave it out"
                .formatted(architecture));
      }
      if (answers && !acrossDocuments) {
        throw new ConfigException(
            "acrossDocuments = false is not for architecture = %s: its encoder reads a row as one text; give packing = padded"
                .formatted(architecture));
      }
      if (variationalDropout && !least.withDropout(drops(dropout, true)).dropout().locked()) {
        throw new ConfigException(
            "variationalDropout is of recurrent architectures, and architecture = %s is none; leave it out"
                .formatted(architecture));
      }
      if (packing == Packing.CONTIGUOUS && least.stateWidth() == 0) {
        throw new ConfigException(
            "packing = contiguous is of architectures that carry a state, and architecture = %s has none; stream and packed are for it"
                .formatted(architecture));
      }
      if (packing == Packing.CONTIGUOUS && replay > 0) {
        throw new ConfigException(
            "replay = %s would break off the streams of packing = contiguous; set it to 0"
                .formatted(replay));
      }
      boolean masks = least.output() instanceof Output.MaskedToken;
      if ((masks || least.decoderStart().isPresent()) && !samples.prompts().isEmpty()) {
        throw new ConfigException(
            "samples are written by architectures that predict the next token, and architecture = %s does not go on from a text; leave them out"
                .formatted(architecture));
      }
      if (!masks && !masking.equals(Masking.USUAL)) {
        throw new ConfigException(
            "masking is of architectures that predict masked tokens, and architecture = %s predicts the next one; leave it out"
                .formatted(architecture));
      }
      Bounds.whole("heldoutTokens", heldoutTokens, 1, 1L << 31);
      if (packing == Packing.PADDED && !acrossDocuments) {
        throw new ConfigException(
            "acrossDocuments = false has no meaning where packing = padded: each sequence is of one"
                + " document; leave it out");
      }
    }

    public static Config defaults() {
      return new Config(
          Architectures.names().getFirst(),
          4,
          Map.of(),
          0,
          8,
          1,
          0,
          0,
          Packing.STREAM,
          true,
          Masking.USUAL,
          Denoising.USUAL,
          Optimization.usual(3e-3, USUAL_FLOOR, 0.1, 100),
          Distillation.USUAL,
          ParameterGroups.NONE,
          0,
          false,
          Device.AUTO,
          TrainingPrecision.AUTO,
          false,
          false,
          Stopping.NONE,
          65_536,
          SampleSettings.NONE);
    }

    ModelShape shape(int vocabularySize, int positions) {
      return shape(depth, vocabularySize, positions);
    }

    ModelShape shape(int layers, int vocabularySize, int positions) {
      return sized(architecture, layers, shape, vocabularySize, positions)
          .withDropout(drops(dropout, variationalDropout));
    }

    private static ModelShape sized(
        String architecture,
        int layers,
        Map<String, String> sizes,
        int vocabularySize,
        int positions) {
      try {
        return Architectures.ofDepth(architecture, layers, vocabularySize, positions, sizes);
      } catch (IllegalArgumentException e) {
        throw new ConfigException("shape: " + e.getMessage(), e);
      }
    }

    static Dropout drops(double rate, boolean locked) {
      float all = (float) rate;
      return new Dropout(all, all, all, all, locked);
    }
  }

  private final @Nullable ProcessGroup group;

  /// One process alone.
  public Pretrain() {
    this(null);
  }

  /// @param group of the processes that train together; null for one alone
  public Pretrain(@Nullable ProcessGroup group) {
    super("pretrain", 3, Inputs.class, Config.defaults(), Outputs.class);
    this.group = group;
  }

  @Override
  public Optional<String> resumesAt(Path scratch) {
    return Trainer.resumesAt(scratch);
  }

  @Override
  public Estimate estimate(Config config, Estimate.Known known) {
    long corpus = known.figure(Figure.TOKENS, Long.MAX_VALUE / Sizes.LONGEST);
    int vocabulary = (int) known.figure(Figure.VOCABULARY, USUAL_VOCABULARY);
    Sizes sizes = Sizes.of(config, corpus);
    if (known.inputs().get("tokens") instanceof Tokens tokens) {
      vocabulary = TokenShards.header(tokens.folder()).vocabularySize();
      try (TokenShards train = TokenShards.open(tokens.folder(), Split.TRAIN)) {
        sizes = Sizes.of(config, train);
      }
    }
    Room room = config.device().expected("pretrain.device", known.compute());
    return Memory.cost(
        config, config.depth(), config.batch(), vocabulary, sizes, Taught.cost(known), room);
  }

  @Override
  public void check(Config config) {
    config.device().check("pretrain.device");
    int _ = Processes.share(group, "pretrain.batch", config.batch(), _ -> {});
    if (group != null && config.packing() == Packing.CONTIGUOUS) {
      throw new ConfigException(
          "pretrain.packing = contiguous keeps its states in one process, and %d train together; give another packing"
              .formatted(group.size()));
    }
  }

  @Override
  public boolean spreads() {
    return true;
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    return new Pretraining(group, inputs, config, run).train().orElseThrow();
  }

  @Override
  public void follow(Inputs inputs, Config config, Run run) throws InterruptedException {
    Optional<Outputs> _ = new Pretraining(group, inputs, config, run).train();
  }
}
