package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.Chain;
import dev.imago.core.ConfigException;
import dev.imago.core.EnergyUse;
import dev.imago.core.Nearest;
import dev.imago.core.Workspace;
import dev.imago.data.MeasuredModel;
import dev.imago.data.ModelChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// The catalogue of models, and which of them to take.
@Command(
    name = "models",
    aliases = "catalogue",
    mixinStandardHelpOptions = true,
    description = {
      "List the models with what was measured of each: score with interval, tokens a second, time",
      "to the first token, memory, energy, cost; and which to take: those that no other beats in",
      "score, time and size (the Pareto set). Speeds are those of `imago bench REF --keep` on this",
      "machine, scores those of `imago evaluate suite`; what was not measured is a –, and ≈ marks",
      "an estimate. The same stands in the console, on the page of models."
    },
    footer = {
      "",
      "Example:  imago models --for text-generation --latency 500ms --hourly 0.10 --cost 2"
    })
final class ModelsCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Option(
      names = "--for",
      paramLabel = "TASK",
      description = "Models of this task alone, as the hub names it.")
  private @Nullable String task;

  @Option(
      names = "--by",
      paramLabel = "TASK/METRIC",
      description = "The score that counts (default: the one that most models have).")
  private @Nullable String by;

  @Option(
      names = "--latency",
      paramLabel = "TIME",
      description = "The first token within this time, such as 500ms or 2s.")
  private @Nullable String latency;

  @Option(
      names = "--hourly",
      paramLabel = "PRICE",
      description = "What this machine costs an hour, in your currency.")
  private @Nullable Double hourly;

  @Option(
      names = "--cost",
      paramLabel = "PRICE",
      description = "A million tokens for this at most; needs --hourly.")
  private @Nullable Double cost;

  @Override
  public Integer call() {
    if (cost != null && hourly == null) {
      throw new ConfigException("--cost needs --hourly, what this machine costs an hour");
    }
    if (cost != null) {
      Bounds.number("--cost", cost, 0, 1e9);
    }
    if (hourly != null) {
      Bounds.number("--hourly", hourly, 0, 1e6);
    }
    double within = latency == null ? Double.POSITIVE_INFINITY : millis(latency);
    List<MeasuredModel> all =
        ModelsCatalogue.of(
            new Workspace(imago.workspace()),
            Chain.machine(),
            broken -> System.err.println("imago: passed over: " + broken));
    List<MeasuredModel> ofTask = ofTask(all);
    if (ofTask.isEmpty()) {
      System.out.println("no models yet in " + imago.workspace() + "; begin with `imago run`");
      return 0;
    }
    String counts = measure(ofTask);
    List<ModelChoice.Judged> judged =
        ModelChoice.judge(
            ofTask,
            new ModelChoice.Wanted(
                counts,
                within,
                hourly == null ? Double.NaN : hourly,
                cost == null ? Double.POSITIVE_INFINITY : cost));
    var rows = new ArrayList<List<String>>();
    for (MeasuredModel entry : ofTask) {
      rows.add(row(entry, counts));
    }
    System.out.print(
        Table.render(
            List.of(
                "model",
                "task",
                "languages",
                "size",
                counts.isEmpty() ? "score" : counts,
                "tokens/s",
                "first token",
                "memory",
                "J/1,000 tokens",
                "cost"),
            rows));
    System.out.println();
    judged.forEach(each -> System.out.println(each.model().ref().brief() + "  " + why(each)));
    return 0;
  }

  private List<MeasuredModel> ofTask(List<MeasuredModel> all) {
    if (task == null) {
      return all;
    }
    var tasks = new TreeSet<String>();
    all.forEach(e -> tasks.add(e.task()));
    if (!tasks.contains(task)) {
      throw new ConfigException(
          "no models for «%s» here%s".formatted(task, Nearest.hint(task, tasks)));
    }
    return all.stream().filter(e -> e.task().equals(task)).toList();
  }

  private String measure(List<MeasuredModel> entries) {
    List<String> measures = ModelChoice.measures(entries);
    if (by == null) {
      return measures.isEmpty() ? "" : measures.getFirst();
    }
    if (!measures.contains(by)) {
      throw new ConfigException(
          "no model here has the score «%s»%s".formatted(by, Nearest.hint(by, measures)));
    }
    return by;
  }

  private static double millis(String text) {
    var parts = java.util.regex.Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s)").matcher(text);
    if (!parts.matches()) {
      throw new ConfigException("--latency %s is no time; write 500ms or 2s".formatted(text));
    }
    return Double.parseDouble(parts.group(1)) * (parts.group(2).equals("s") ? 1e3 : 1);
  }

  private static String why(ModelChoice.Judged judged) {
    return switch (judged.verdict()) {
      case SPEED_UNKNOWN -> "no: its speed was not measured here";
      case TOO_LATE -> "no: its first token comes too late, or was not measured";
      case TOO_DEAR -> "no: it costs too much";
      case SCORE_UNKNOWN -> "unknown: not measured by this score";
      case BEATEN ->
          "no: "
              + ModelsCatalogue.reason(
                  Objects.requireNonNull(judged.by(), "beaten by none"), judged.merits());
      case TAKEN ->
          judged.merits().isEmpty()
              ? "yes: none is as good in all and better in something"
              : "yes: "
                  + judged.merits().stream()
                      .map(ModelsCatalogue::first)
                      .collect(Collectors.joining(", "));
    };
  }

  /// Of a thousand tokens; an estimate is marked, and tells its bounds.
  private static String energy(MeasuredModel.@Nullable Speed speed) {
    EnergyUse used = speed == null ? null : speed.tokenEnergy();
    return used == null
        ? "–"
        : used.counted()
            ? digits(used.high() * 1000)
            : "≈ %s to %s".formatted(digits(used.low() * 1000), digits(used.high() * 1000));
  }

  private List<String> row(MeasuredModel entry, String counts) {
    MeasuredModel.Speed speed = entry.speed();
    MeasuredModel.Score score = entry.scores().get(counts);
    return List.of(
        entry.ref().brief(),
        entry.task(),
        entry.languages().isEmpty() ? "–" : String.join(" ", entry.languages()),
        Quantity.of(entry.bytes(), "bytes"),
        score == null
            ? "–"
            : Double.isFinite(score.low())
                ? "%s (%s to %s)"
                    .formatted(digits(score.value()), digits(score.low()), digits(score.high()))
                : digits(score.value()),
        speed == null ? "–" : digits(speed.tokensPerSecond()),
        speed == null || Double.isNaN(speed.firstTokenMillis())
            ? "–"
            : "%s ms (%d)".formatted(digits(speed.firstTokenMillis()), speed.promptTokens()),
        speed == null || speed.residentBytes() == 0
            ? "–"
            : Quantity.of(speed.residentBytes(), "bytes"),
        energy(speed),
        speed == null || hourly == null ? "–" : digits(entry.cost(hourly)));
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
