package dev.imago.compress;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.HeldOutLoss;
import dev.imago.data.HeldOutText;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Weights;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.ModelCheck;
import dev.imago.generate.PoolingFile;
import dev.imago.model.Architectures;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.WeightPruning;
import dev.imago.model.WeightPruning.Kind;
import dev.imago.tensor.BrokenFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Leaves out of a model what weighs least, as a Hugging Face folder that everything else takes.
/// What it lost it can learn again: `pretrain` or `tune` go on with it.
///
/// Rows, heads and layers leave a smaller model. Zeros (`magnitude`, `2:4`) are stored as numbers
/// like others, since no reader of safetensors or GGUF knows a sparse form, and training fills them
/// again unless it keeps zeros.
public final class Prune extends Stage<Prune.Inputs, Prune.Config, Prune.Outputs> {
  private static final int WINDOW = Compress.WINDOW;

  /// @param base the model
  /// @param tokens text by which it is told what was lost, and which layers go
  public record Inputs(Weights base, Optional<Tokens> tokens) {}

  /// @param kind `magnitude`, `2:4`, `rows`, `heads` or `layers`
  /// @param share that goes, of each matrix or of the parts: 0.01 … 0.95; of `2:4` always 0.5
  /// @param evaluateTokens of held-out text, by which the loss is told, and of training text, by
  ///   which each layer that may go is measured
  public record Config(String kind, double share, int evaluateTokens) {
    public Config {
      Kind what = Kind.named(kind);
      Bounds.number("share", share, 0.01, 0.95, "0.3 is usual");
      Bounds.whole("evaluateTokens", evaluateTokens, 256, Integer.MAX_VALUE, "8192 is usual");
      if (what == Kind.TWO_OF_FOUR && share != 0.5) {
        throw new IllegalArgumentException(
            "share = %s, and of 2:4 half goes; leave it at 0.5".formatted(share));
      }
    }

    public static Config defaults() {
      return new Config(Kind.ROWS.word(), 0.5, 8192);
    }

    Kind parsed() {
      return Kind.named(kind);
    }
  }

  /// @param pruned a Hugging Face folder
  public record Outputs(Weights pruned) {}

  public Prune() {
    super("prune", 1, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Path from = inputs.base().folder();
    Draft draft = run.draft(Weights.class, "pruned");
    try {
      ModelCheck.check(from);
      String json = Files.readString(from.resolve("config.json"));
      ModelShape shape = PoolingFile.applied(Architectures.read(json), from, json);
      Optional<Path> text = inputs.tokens().map(Tokens::folder).filter(_ -> tellsLoss(shape));
      ModelShape left = WeightPruning.left(shape, config.parsed(), config.share());
      try (ModelFolder files = ModelFolder.open(from)) {
        var folder = new PrunedFolder(from, files, left);
        switch (config.parsed()) {
          case MAGNITUDE, TWO_OF_FOUR ->
              folder.write(
                  draft.folder(),
                  WeightPruning.zeroed(shape, files.tensors(), config.parsed(), config.share()));
          case ROWS, HEADS ->
              folder.write(
                  draft.folder(), WeightPruning.cut(shape, left, files.tensors(), config.parsed()));
          case LAYERS -> {
            List<Integer> kept = layers(shape, left, folder, text, config, run);
            folder.write(
                draft.folder(), WeightPruning.withBlocks(shape, left, files.tensors(), kept));
          }
        }
      }
      tell(from, draft.folder(), shape, left, text, config, run);
    } catch (BrokenFileException e) {
      throw Compress.broken(e);
    } catch (IllegalArgumentException e) {
      throw new InputException("cannot prune %s: %s".formatted(from, e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("write", draft.folder(), e);
    }
    return new Outputs(draft.commit(Weights.class));
  }

  private static boolean tellsLoss(ModelShape shape) {
    return shape.output() instanceof Output.NextToken && shape.decoderStart().isEmpty();
  }

  /// Which layers stay: one after the other goes without which the loss on training text is least.
  private static List<Integer> layers(
      ModelShape shape,
      ModelShape left,
      PrunedFolder folder,
      Optional<Path> text,
      Config config,
      Run run)
      throws IOException, InterruptedException {
    Path tokens =
        text.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "layers go by the loss on text: bind tokens, and a model of the next token"));
    List<Integer> kept = new ArrayList<>(IntStream.range(0, shape.layers()).boxed().toList());
    Path scratch = Files.createDirectories(run.scratch().resolve("layers"));
    int trials = 0;
    for (int n = shape.layers(); n > left.layers(); n--) {
      trials += n;
    }
    try (Progress progress = run.progress("layers without which", trials, "trials")) {
      while (kept.size() > left.layers()) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < kept.size(); i++) {
          var without = new ArrayList<>(kept);
          without.remove(i);
          folder.writeBlocks(scratch, shape, without);
          double loss = loss(scratch, tokens, Split.TRAIN, config, run).mean();
          if (best < 0 || loss < least) {
            best = i;
            least = loss;
          }
          progress.add(1);
        }
        run.note("without layer %d: %.4f nats a token".formatted(kept.get(best), least));
        kept.remove(best);
      }
    }
    return List.copyOf(kept);
  }

  private static HeldOutLoss loss(Path folder, Path tokens, Split split, Config config, Run run)
      throws IOException, InterruptedException {
    try (LanguageModel model = LanguageModel.open(folder, run.threads());
        TokenShards shards = TokenShards.open(tokens, split)) {
      int window = Math.max(2, Math.min(WINDOW, model.config().context()));
      int end = TokenShards.header(tokens).endOfText();
      HeldOutText text =
          HeldOutText.draw(
              shards, end, model.tokenBytes(), window, config.evaluateTokens(), run.seed());
      try (Progress progress = run.progress("loss", text.tokens(), "tokens")) {
        return text.loss(model::logProbabilities, progress);
      }
    }
  }

  private static void tell(
      Path from,
      Path made,
      ModelShape shape,
      ModelShape left,
      Optional<Path> text,
      Config config,
      Run run)
      throws IOException, InterruptedException {
    var rows = new ArrayList<List<String>>();
    String before = "";
    String after = "";
    if (text.isPresent()) {
      before =
          CompressReport.text("%.4f", loss(from, text.get(), Split.HELDOUT, config, run).mean());
      after =
          CompressReport.text("%.4f", loss(made, text.get(), Split.HELDOUT, config, run).mean());
    }
    rows.add(List.of("before", shape.description(), number(shape), size(from), before));
    rows.add(List.of("after", left.description(), number(left), size(made), after));
    run.table(
        "Pruned by " + config.kind(),
        List.of("", "model", "numbers", "file", "nats a token"),
        rows);
    if (!config.parsed().structured()) {
      run.note(
          "zeros are stored as numbers like others: no reader of safetensors or GGUF knows a sparse"
              + " form, so the file is as large as before (as ONNX it is smaller, from two thirds"
              + " of zeros on); training on fills them again, but for keepZeros = true");
    }
  }

  private static String number(ModelShape shape) {
    return CompressReport.text("%,d", shape.parameterCount());
  }

  private static String size(Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    return Files.exists(file) ? CompressReport.text("%.2f MB", Files.size(file) / 1e6) : "";
  }
}
