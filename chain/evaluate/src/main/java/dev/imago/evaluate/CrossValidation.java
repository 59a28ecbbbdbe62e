package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Scores;
import dev.imago.metrics.FoldInterval;
import dev.imago.metrics.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the folds of a cross-validation say together: each measure's mean with its interval over
/// the folds, the same of differences of systems on the same folds, and every row's prediction by
/// the model that did not see it.
///
/// Leaves `scores.json` as [Evaluate] does, whose `n` is the number of folds, and
/// `predictions.jsonl`, each row with its `fold`.
public final class CrossValidation
    extends Stage<CrossValidation.Inputs, CrossValidation.Config, CrossValidation.Outputs> {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// @param scores of each fold, in their order
  public record Inputs(List<Scores> scores) {
    public Inputs {
      scores = List.copyOf(scores);
    }
  }

  /// @param confidence the share of intervals that hold the value
  public record Config(double confidence) {
    public Config {
      Bounds.number("confidence", confidence, 0.5, 0.999, "0.95 is usual");
    }

    public static Config defaults() {
      return new Config(0.95);
    }
  }

  /// @param scores over all folds
  public record Outputs(Scores scores) {}

  public CrossValidation() {
    super("folds", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    List<Report.File> folds = inputs.scores().stream().map(CrossValidation::read).toList();
    if (folds.size() < 2) {
      throw new InputException(
          "scores of %d folds are no cross-validation; bind those of two at least (folds.inputs.scores)"
              .formatted(folds.size()));
    }
    var scores = new ArrayList<Score>();
    var rows = new ArrayList<List<String>>();
    for (Score first : folds.getFirst().scores()) {
      double[] values = values(folds, first.name());
      if (values.length == folds.size()) {
        Interval interval = FoldInterval.of(values, config.confidence());
        scores.add(Score.of(first.name(), interval, values.length, first.unit()));
        rows.add(row(first, interval, values));
      }
    }
    List<Comparison> verdicts = verdicts(folds, scores, config);
    run.table(
        "Over %d folds".formatted(folds.size()),
        List.of(
            "measure",
            "mean",
            "%.0f%% interval".formatted(100 * config.confidence()),
            "of each fold",
            "unit"),
        rows);
    run.table(
        "verdicts",
        List.of("claim", "verdict", "difference on the same folds"),
        verdicts.stream()
            .map(c -> List.of(c.claim(), c.verdict(), c.difference().brief()))
            .toList());
    Draft draft = run.draft(Scores.class, "scores");
    var protocol = new LinkedHashMap<String, Number>();
    protocol.put("folds", folds.size());
    var file = new Report.File(config.confidence(), 0, protocol, scores, verdicts);
    AtomicFile.write(
        draft.folder().resolve("scores.json"),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(file) + "\n");
    List<String> predictions = predictions(inputs.scores());
    AtomicFile.write(
        draft.folder().resolve(Evaluate.PREDICTIONS),
        predictions.stream().map(line -> line + "\n").collect(Collectors.joining()));
    run.note(
        "%,d rows, each told of by the model that did not see it: %s"
            .formatted(predictions.size(), Evaluate.PREDICTIONS));
    return new Outputs(draft.commit(Scores.class));
  }

  private static Report.File read(Scores scores) {
    Path file = scores.folder().resolve("scores.json");
    try {
      return JSON.readValue(Files.readString(file), Report.File.class);
    } catch (JacksonException e) {
      throw new InputException("%s holds no scores: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Of the folds that have it.
  private static double[] values(List<Report.File> folds, String name) {
    return folds.stream()
        .flatMap(f -> f.scores().stream().filter(s -> s.name().equals(name)))
        .mapToDouble(Score::value)
        .toArray();
  }

  private static List<String> row(Score score, Interval interval, double[] values) {
    String each =
        java.util.Arrays.stream(values)
            .mapToObj(v -> String.format(Locale.ROOT, "%.2f", v))
            .collect(Collectors.joining(" "));
    return List.of(
        score.name(),
        String.format(Locale.ROOT, "%.3f", interval.value()),
        String.format(Locale.ROOT, "%.3f … %.3f", interval.low(), interval.high()),
        each,
        score.unit());
  }

  /// Of each claim that all folds weigh.
  ///
  /// @param scores over the folds
  private static List<Comparison> verdicts(
      List<Report.File> folds, List<Score> scores, Config config) {
    var means = scores.stream().collect(Collectors.toMap(Score::name, score -> score));
    var verdicts = new ArrayList<Comparison>();
    for (Comparison first : folds.getFirst().verdicts()) {
      double[] differences =
          folds.stream()
              .flatMap(f -> f.verdicts().stream().filter(v -> v.claim().equals(first.claim())))
              .mapToDouble(v -> v.difference().value())
              .toArray();
      Score of = first.difference();
      Score one = means.get(Report.firstOf(of.name()));
      Score other = means.get(Report.secondOf(of.name()));
      if (differences.length == folds.size()) {
        Interval interval = FoldInterval.of(differences, config.confidence());
        Score difference = Score.of(of.name(), interval, differences.length, of.unit());
        boolean lower = of.unit().equals(TextSystems.BITS);
        boolean apart = one != null && other != null && Comparison.apart(one, other);
        verdicts.add(Comparison.ofFolds(first.claim(), apart, difference, lower));
      }
    }
    return verdicts;
  }

  /// Each row's, with its fold from 1.
  private static List<String> predictions(List<Scores> folds) {
    var all = new ArrayList<String>();
    for (int fold = 0; fold < folds.size(); fold++) {
      Path file = folds.get(fold).folder().resolve(Evaluate.PREDICTIONS);
      if (!Files.exists(file)) {
        continue; // of a version that left none
      }
      try {
        for (String line : Files.readAllLines(file)) {
          ObjectNode row = JSON.createObjectNode().put("fold", fold + 1);
          row.setAll((ObjectNode) JSON.readTree(line));
          all.add(row.toString());
        }
      } catch (IOException e) {
        throw AtomicFile.failure("read", file, e);
      }
    }
    return all;
  }
}
