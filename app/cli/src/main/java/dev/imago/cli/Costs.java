package dev.imago.cli;

import dev.imago.core.Chain;
import dev.imago.core.Estimate;
import dev.imago.core.Ref;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// Prints what a recipe would do and what it would cost: time, memory and disk, all of them about.
///
/// A step's time is the last run's of the same step in this workspace, or else comes from rates
/// that two cores of a server of 2024 had.
final class Costs {
  /// Of one thread that trains, all overhead counted: the quickstart's model and batch.
  private static final double OPERATIONS_PER_SECOND = 40e9;

  /// Bytes of text a second that a stage reads.
  private static final Map<String, Double> BYTES_PER_SECOND =
      Map.of(
          "collect", 50e6,
          "prepare", 20e6,
          "annotate", 15e6,
          "vocabulary", 30e6,
          "encode", 50e6);

  private final List<RunSummary> runs;
  private final int threads;

  Costs(Workspace workspace, int threads) {
    this.runs = workspace.runSummaries();
    this.threads = threads;
  }

  void print(PrintStream out, String recipe, List<Chain.Forecast> steps, long freeBytes) {
    var rows = new ArrayList<List<String>>();
    long text = 0;
    long memory = 0;
    long disk = 0;
    double seconds = 0;
    boolean all = true;
    for (Chain.Forecast step : steps) {
      Estimate estimate = step.estimate();
      text = estimate.figures().getOrDefault(Estimate.Figure.BYTES, text);
      Map<String, Ref> reused = step.reused();
      if (reused != null) {
        rows.add(List.of(step.step(), "reused", Console.brief(reused), "", "", ""));
        continue;
      }
      OptionalDouble time = seconds(recipe, step, text);
      all &= time.isPresent();
      seconds += time.orElse(0);
      memory = Math.max(memory, estimate.memoryBytes());
      disk += estimate.diskBytes();
      rows.add(
          List.of(
              step.step(),
              "runs",
              said(step),
              time.isPresent() ? duration(time.getAsDouble()) : "–",
              bytes(estimate.memoryBytes()),
              bytes(estimate.diskBytes())));
    }
    out.println();
    out.print(Table.render(List.of("step", "would", "", "about", "memory", "disk"), rows));
    if (seconds > 0 || disk > 0) {
      out.printf(
          "%n  In all about %s%s%s and %s of disk, of which %s are free.%n",
          duration(seconds),
          all ? "" : " beside what is marked –",
          memory == 0 ? "" : ", up to " + bytes(memory) + " of memory",
          bytes(disk),
          Quantity.of(freeBytes, "bytes"));
    }
  }

  private static String said(Chain.Forecast step) {
    String figures =
        step.estimate().figures().entrySet().stream()
            .map(Costs::figure)
            .collect(Collectors.joining(", "));
    return figures.isEmpty() ? step.reason() : step.reason() + "; " + figures;
  }

  private static String figure(Map.Entry<Estimate.Figure, Long> figure) {
    return figure.getKey() == Estimate.Figure.BYTES
        ? Quantity.of(figure.getValue(), "bytes") + " of text"
        : Quantity.of(figure.getValue()) + " " + figure.getKey().label();
  }

  private OptionalDouble seconds(String recipe, Chain.Forecast step, long text) {
    for (RunSummary run : runs.reversed()) {
      boolean same = run.recipe().equals(recipe) && run.step().equals(step.step());
      if (same && run.status() == RunRecord.Status.DONE && step.estimate().operations() == 0) {
        return OptionalDouble.of(run.seconds());
      }
    }
    if (step.estimate().operations() > 0) {
      return OptionalDouble.of(step.estimate().operations() / (OPERATIONS_PER_SECOND * threads));
    }
    Double rate = BYTES_PER_SECOND.get(step.step());
    return rate == null || text == 0 ? OptionalDouble.empty() : OptionalDouble.of(text / rate);
  }

  private static String duration(double seconds) {
    return Quantity.of(Duration.ofMillis((long) Math.max(1000, seconds * 1000)));
  }

  private static String bytes(long bytes) {
    return bytes == 0 ? "–" : Quantity.of(bytes, "bytes");
  }
}
