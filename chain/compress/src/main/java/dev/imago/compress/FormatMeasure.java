package dev.imago.compress;

import dev.imago.core.AtomicFile;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.HeldOutLoss;
import dev.imago.data.HeldOutText;
import dev.imago.data.TokenShards;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Speed;
import dev.imago.tensor.OnnxOperations.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Measures a model's files by the runtime that serves them.
///
/// @param heldout text that no model has read
/// @param endOfText its id
/// @param window tokens of it that a model sees at once
record FormatMeasure(
    TokenShards heldout, int endOfText, int window, Compress.Config config, Run run) {
  /// Tokens on which two models' distributions are compared, at most: each costs a whole vocabulary
  /// of both.
  private static final int DIVERGENCE_TOKENS = 8192;

  /// The model that all files are made of.
  Measured original(Path folder) throws InterruptedException {
    try (LanguageModel model = LanguageModel.open(folder, run.threads())) {
      long bytes = model.weightBytes();
      return measured(model, model.format(), folder, bytes, Double.NaN);
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// A file.
  ///
  /// @param reference the folder of the one in F16
  Measured file(String name, Path folder, Path reference) throws InterruptedException {
    try (LanguageModel model = LanguageModel.open(folder, run.threads())) {
      long bytes = Files.size(folder.resolve("model.gguf"));
      double divergence = folder.equals(reference) ? Double.NaN : divergence(model, reference);
      return measured(model, name, folder, bytes, divergence);
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// A graph: no ONNX is run here, but its numbers are those of the model, rounded as it rounds.
  ///
  /// @param reference the folder of the one in F16
  Measured graph(GraphFile graph, Path reference) throws InterruptedException {
    try (LanguageModel model = LanguageModel.open(graph.from(), run.threads())) {
      if (graph.numbers() == Numbers.INT8) {
        model.roundAsOnnx();
      }
      double divergence = divergence(model, reference);
      HeldOutLoss loss = loss(model, graph.name());
      return new Measured(
          graph.name(), graph.folder(), graph.bytes(), graph.bytes(), loss, divergence, null);
    } catch (IOException e) {
      throw AtomicFile.failure("read", graph.from(), e);
    }
  }

  private HeldOutLoss loss(LanguageModel model, String name) throws InterruptedException {
    HeldOutText text = text(model, config.evaluateTokens());
    try (Progress progress = run.progress("held-out loss of " + name, text.tokens(), "tokens")) {
      return text.loss(model::logProbabilities, progress);
    }
  }

  private Measured measured(
      LanguageModel model, String format, Path folder, long fileBytes, double divergence)
      throws InterruptedException {
    HeldOutLoss loss = loss(model, format);
    int tokens = Math.max(1, Math.min(64, model.config().context() / 2));
    Speed speed = Speed.measure(model, tokens, tokens);
    return new Measured(format, folder, fileBytes, model.weightBytes(), loss, divergence, speed);
  }

  private HeldOutText text(LanguageModel model, int budget) {
    return HeldOutText.draw(heldout, endOfText, model.tokenBytes(), window, budget, run.seed());
  }

  /// Nats a token that the file's distributions are from those in F16.
  private double divergence(LanguageModel model, Path reference)
      throws IOException, InterruptedException {
    try (LanguageModel exact = LanguageModel.open(reference, run.threads())) {
      HeldOutText text = text(model, Math.min(DIVERGENCE_TOKENS, config.evaluateTokens()));
      try (Progress progress = run.progress("divergence from F16", text.tokens(), "tokens")) {
        return text.loss(
                ids -> {
                  float[] divergences = exact.divergences(model, ids);
                  for (int i = 0; i < divergences.length; i++) {
                    divergences[i] = -divergences[i]; // what a loss is the sum of
                  }
                  return divergences;
                },
                progress)
            .mean();
      }
    }
  }
}
