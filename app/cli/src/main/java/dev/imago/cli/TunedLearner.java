package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.data.Weights;
import dev.imago.generate.Predictor;
import dev.imago.labelling.TextLearner;
import dev.imago.linear.LinearTrainer.Example;
import dev.imago.model.Output;
import dev.imago.tasks.classification.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/// Learns by tuning a model that is there, as `imago run finetune` does, in each round from the
/// base again. What was tuned is an artifact of the workspace as any other.
final class TunedLearner implements TextLearner {
  private static final String STEP = "tune";

  private final Imago imago;
  private final String base;
  private final Path rows;

  /// @param base the artifact that is tuned
  /// @param project whose labels are learned
  /// @throws ConfigException where it is none
  TunedLearner(Imago imago, String base, String project) {
    this.imago = imago;
    this.base = base;
    if (Files.exists(Path.of(base))) {
      throw new ConfigException(
          "--learner = %s is a file; bring the model into the workspace with `imago import`, and name it as weights/3f2a"
              .formatted(base));
    }
    var _ = ModelArgument.find(base, imago);
    this.rows = imago.workspace().resolve("active").resolve(project + ".jsonl");
  }

  @Override
  public Learned learn(List<Example> examples, long seed) {
    var lines = new StringBuilder();
    for (Example example : examples) {
      lines
          .append(
              JsonMapper.shared()
                  .createObjectNode()
                  .put("text", example.text())
                  .put("label", example.label()))
          .append('\n');
    }
    try {
      Files.createDirectories(rows.getParent());
    } catch (IOException e) {
      throw AtomicFile.failure("make", rows, e);
    }
    AtomicFile.write(rows, out -> out.write(lines.toString().getBytes(StandardCharsets.UTF_8)));
    String[] args = {
      "--workspace",
      imago.workspace().toString(),
      "--quiet",
      "run",
      "finetune",
      "--labels",
      rows.toString(),
      "tune.inputs.base=" + base,
      "seed=" + seed
    };
    var tuning = new Imago();
    CommandLine line = Imago.commandLine(tuning, args);
    int status = tuning.status(line, args);
    if (status != 0) {
      throw new EnvironmentException(
          "tuning %s on %,d labels ended with status %d; what went wrong stands above"
              .formatted(base, examples.size(), status));
    }
    Path model = left(Objects.requireNonNull(line.getSubcommands().get("run")).getCommand());
    try {
      Output tells = Predictor.tells(model);
      if (!(tells instanceof Output.Classes classes)) {
        throw new InputException("%s tells %s, and no class".formatted(model, tells.words()));
      }
      return new Tuned(
          new ModelProposer.OfPredictor(
              Predictor.open(model, Runtime.getRuntime().availableProcessors()), classes),
          classes);
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("%s cannot be opened: %s".formatted(model, e.getMessage()), e);
    }
  }

  /// The model of this run alone, reused or not: others tune in the same workspace.
  private Path left(RunCommand run) {
    return run.left(STEP).values().stream()
        .filter(Weights.class::isInstance)
        .findFirst()
        .orElseThrow(() -> new EnvironmentException("tuning left no model in " + imago.workspace()))
        .folder();
  }

  private record Tuned(ModelProposer.OfPredictor model, Output.Classes classes) implements Learned {
    @Override
    public List<String> labels() {
      return classes.labels();
    }

    @Override
    public List<double[]> probabilities(List<String> texts) {
      double[] even = new double[classes.labels().size()];
      Arrays.fill(even, 1.0 / even.length);
      return model.verdicts(texts, classes).stream()
          .map(
              verdict ->
                  verdict
                      .map(Verdict::shares)
                      .map(all -> all.stream().mapToDouble(Number::doubleValue).toArray())
                      .orElse(even))
          .toList();
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
