package dev.imago.cli;

import dev.imago.agreement.Agreement;
import dev.imago.agreement.Coefficient;
import dev.imago.agreement.Consensus;
import dev.imago.agreement.Judgements;
import dev.imago.agreement.SpanJudgements;
import dev.imago.annotation.TaskKind;
import dev.imago.core.Bounds;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.ProjectAgreement;
import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.state.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Says how far people agree.
@Command(
    name = "agreement",
    mixinStandardHelpOptions = true,
    description = {
      "Say how far people agree: coefficients with intervals, by label, by pair, by time; each"
          + " person's competence; labels that are probably wrong."
    },
    footer = {"", "Example:  imago annotate agreement reviews"})
final class AnnotateAgreementCommand implements Callable<Integer> {
  private static final int MOST_ERRORS = 20;

  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Option(
      names = "--resamples",
      paramLabel = "N",
      description = "Draws of the bootstrap (default: ${DEFAULT-VALUE}).")
  private int resamples = 1_000;

  @Option(
      names = "--periods",
      paramLabel = "N",
      description = "Stretches of time that are told apart (default: ${DEFAULT-VALUE}).")
  private int periods = 4;

  @Override
  public Integer call() {
    Bounds.whole("--resamples", resamples, 10, 100_000, "1000 are usual");
    Bounds.whole("--periods", periods, 1, 100);
    try (State state = where.open(parent)) {
      LabelProject project = where.project(state);
      ProjectAgreement agreement = ProjectAgreement.of(project);
      var bootstrap = new Bootstrap(resamples, 0.95, 42);
      TaskKind kind = project.task().kind();
      if (agreement.items().isEmpty()) {
        System.out.println("nobody has answered anything yet");
      } else if (kind == TaskKind.SPANS || kind == TaskKind.ANSWER_SPAN) {
        spans(agreement.spans(), bootstrap);
      } else {
        labels(agreement, bootstrap);
      }
      return 0;
    }
  }

  private static void spans(SpanJudgements spans, Bootstrap bootstrap) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("span F1", spans.f1(), spans.interval(SpanJudgements::f1, bootstrap)));
    rows.add(row("α_U", spans.alpha(), spans.interval(SpanJudgements::alpha, bootstrap)));
    System.out.print(Table.render(List.of("", "value", "95 % interval"), rows));
  }

  private void labels(ProjectAgreement agreement, Bootstrap bootstrap) {
    Judgements judgements = agreement.judgements();
    List<List<String>> rows = new ArrayList<>();
    named(agreement)
        .forEach(
            (name, coefficient) ->
                rows.add(
                    row(
                        name,
                        coefficient.of(judgements),
                        coefficient.interval(judgements, bootstrap))));
    System.out.print(Table.render(List.of("coefficient", "value", "95 % interval"), rows));
    if (agreement.tabular()) {
      part("label", agreement.byLabel());
      part("pair (Cohen's κ)", agreement.byPair());
    }
    byTime(agreement);
    if (agreement.tabular()) {
      competence(agreement);
    }
  }

  private static Map<String, Coefficient> named(ProjectAgreement agreement) {
    var named = new java.util.LinkedHashMap<String, Coefficient>();
    named.put("Krippendorff's α", agreement.coefficient());
    named.put("Fleiss' κ", Coefficient.fleiss());
    named.put("Gwet's AC1", Coefficient.gwet());
    named.put("percent", Coefficient.percent());
    return named;
  }

  private static void part(String name, Map<String, Agreement> values) {
    if (values.isEmpty()) {
      return;
    }
    System.out.println();
    System.out.print(
        Table.render(
            List.of(name, "value"),
            values.entrySet().stream()
                .map(e -> List.of(e.getKey(), value(e.getValue())))
                .toList()));
  }

  private void byTime(ProjectAgreement agreement) {
    long[] times = agreement.judgements().times();
    if (times.length == 0 || times[0] == times[1] || periods == 1) {
      return;
    }
    var values = new java.util.LinkedHashMap<String, Agreement>();
    long length = (times[1] - times[0]) / periods + 1;
    for (int p = 0; p < periods; p++) {
      long from = times[0] + p * length;
      values.put(
          Instant.ofEpochMilli(from).toString(),
          agreement.coefficient().of(agreement.judgements().between(from, from + length)));
    }
    part("from", values);
  }

  private static void competence(ProjectAgreement agreement) {
    Consensus consensus = agreement.consensus();
    List<List<String>> rows = new ArrayList<>();
    for (int person = 0; person < agreement.people().size(); person++) {
      double competence = consensus.competence(person);
      rows.add(
          List.of(
              agreement.people().get(person),
              Double.isNaN(competence) ? "–" : "%.3f".formatted(competence)));
    }
    System.out.println();
    System.out.print(
        Table.render(List.of("person", "competence (" + agreement.consensusName() + ")"), rows));
    doubts(agreement.doubts());
  }

  /// The labels that are probably wrong, the surest first.
  static void doubts(List<ProjectAgreement.Doubt> doubts) {
    List<List<String>> errors =
        doubts.stream()
            .limit(MOST_ERRORS)
            .map(
                doubt ->
                    List.of(
                        doubt.id(),
                        doubt.person(),
                        String.join("+", doubt.given()),
                        String.join("+", doubt.likely()),
                        "%.3f".formatted(doubt.probability())))
            .toList();
    if (!errors.isEmpty()) {
      System.out.println();
      System.out.print(
          Table.render(
              List.of("probably wrong", "person", "given", "likely", "probability"), errors));
    }
    if (doubts.size() > MOST_ERRORS) {
      System.out.printf("and %,d more%n", doubts.size() - MOST_ERRORS);
    }
  }

  private static List<String> row(String name, Agreement agreement, Interval interval) {
    return List.of(
        name,
        value(agreement),
        Double.isNaN(interval.low())
            ? ""
            : "%.3f … %.3f".formatted(interval.low(), interval.high()));
  }

  private static String value(Agreement agreement) {
    return switch (agreement) {
      case Agreement.Value value -> String.format(Locale.ROOT, "%.3f", value.value());
      case Agreement.Undefined undefined -> "undefined: " + undefined.why();
    };
  }
}
