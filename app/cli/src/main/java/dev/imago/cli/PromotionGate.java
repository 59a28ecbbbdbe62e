package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.evaluate.StoredEvaluation;
import dev.imago.evaluate.SuiteGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// What is measured of a model beside the one in service, and what speaks against it.
///
/// @param measures each with its difference, its interval and what was made of it
/// @param against why it should not be promoted; empty where nothing is
record PromotionGate(ArrayNode measures, List<String> against) {
  /// Both together.
  PromotionGate with(PromotionGate other) {
    ArrayNode both = measures.deepCopy();
    both.addAll(other.measures);
    var reasons = new ArrayList<>(against);
    reasons.addAll(other.against);
    return new PromotionGate(both, reasons);
  }

  /// Of two evaluations by task suites.
  static PromotionGate ofSuites(
      Path now, Path accepted, List<String> metrics, Optional<Double> margin, double confidence) {
    List<SuiteGate.Outcome> outcomes =
        SuiteGate.outcomes(
            StoredEvaluation.read(now),
            StoredEvaluation.read(accepted),
            metrics,
            margin,
            confidence);
    ArrayNode measures = JsonMapper.shared().createArrayNode();
    var against = new ArrayList<String>();
    for (SuiteGate.Outcome o : outcomes) {
      var one = measures.addObject();
      one.put("measure", o.task() + " " + o.metric()).put("value", o.value());
      one.put("accepted", o.accepted()).put("difference", o.difference().value());
      one.put("low", o.difference().low()).put("high", o.difference().high());
      one.put("p", o.p()).put("verdict", o.verdict()).put("passes", o.passes());
      if (!o.passes()) {
        against.add("%s %s: %s".formatted(o.task(), o.metric(), o.verdict()));
      }
    }
    return new PromotionGate(measures, against);
  }

  /// Of what `evaluate` measured of two models on the same held-out rows: each difference of the
  /// tuned model from the untuned one, which is the one in service.
  ///
  /// @param metrics that count, as `rouge-l`; empty for all
  static PromotionGate ofScores(Path scores, List<String> metrics) {
    ArrayNode measures = JsonMapper.shared().createArrayNode();
    var against = new ArrayList<String>();
    var known = new ArrayList<String>();
    JsonNode read = read(scores.resolve("scores.json"));
    for (JsonNode verdict : read.path("verdicts")) {
      JsonNode difference = verdict.path("difference");
      String name = difference.path("name").asString("");
      boolean ofService = name.endsWith("-minus-untuned") || name.endsWith("-minus-base");
      String metric = name.replaceFirst("\\..*", "");
      if (!ofService) {
        continue;
      }
      known.add(metric);
      if (!metrics.isEmpty() && !metrics.contains(metric)) {
        continue;
      }
      String outcome = verdict.path("outcome").asString("");
      boolean passes = !outcome.equals("WORSE") && !outcome.equals("TOO_FEW");
      var one = measures.addObject();
      one.put("measure", name).put("difference", difference.path("value").asDouble());
      one.put("low", difference.path("low").asDouble());
      one.put("high", difference.path("high").asDouble());
      one.put("n", difference.path("n").asInt()).put("verdict", outcome).put("passes", passes);
      if (!passes) {
        against.add(
            outcome.equals("WORSE")
                ? "%s is worse: %s".formatted(metric, interval(difference))
                : "%s cannot be told from %d".formatted(metric, difference.path("n").asInt()));
      }
    }
    for (String metric : metrics) {
      if (!known.contains(metric)) {
        throw new InputException(
            "%s compares no «%s» with the model in service; it has %s"
                .formatted(scores, metric, known.isEmpty() ? "none" : String.join(", ", known)));
      }
    }
    JsonNode answered = read.path("protocol").path("pairs");
    if (measures.isEmpty() && answered.isInt() && answered.intValue() == 0) {
      throw new InputException(
          "%s measured no answers, as fewer of its labels are held out than an interval needs, which is 2: more labels, or a larger heldoutFraction of the step that left them (label.heldoutFraction=0.3), give some"
              .formatted(scores));
    }
    if (measures.isEmpty()) {
      throw new InputException(
          "%s compares no two models: bind the model in service as evaluate.inputs.base, or name two evaluations by task suites (--new, --accepted)"
              .formatted(scores));
    }
    return new PromotionGate(measures, against);
  }

  /// A row for each measure, as [Promotion#HEADER] has it.
  List<List<String>> rows() {
    var rows = new ArrayList<List<String>>();
    for (JsonNode one : measures) {
      rows.add(
          List.of(
              one.path("measure").asString(""),
              number(one.path("difference")),
              number(one.path("low")) + " … " + number(one.path("high")),
              one.path("verdict").asString("").toLowerCase(Locale.ROOT).replace('_', ' '),
              one.path("passes").asBoolean() ? "yes" : "no"));
    }
    return rows;
  }

  private static String number(JsonNode node) {
    return String.format(Locale.ROOT, "%.4f", node.asDouble());
  }

  private static String interval(JsonNode difference) {
    return String.format(
        Locale.ROOT,
        "%.4g (%.4g … %.4g)",
        difference.path("value").asDouble(),
        difference.path("low").asDouble(),
        difference.path("high").asDouble());
  }

  private static JsonNode read(Path file) {
    try {
      return JsonMapper.shared().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new InputException(
          "%s is broken (%s); evaluate again".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Refuses scores of other models than the one that is to be promoted and the one in service:
  /// each of them, or what it was packed from, must have been measured, the one in service as the
  /// base that the other is compared with.
  static void checkMeasured(
      Workspace workspace, Artifact scores, Ref model, Optional<Ref> service) {
    List<Ref> measured =
        workspace.provenance(scores.ref()).map(Provenance::inputs).orElse(List.of()).stream()
            .filter(ref -> ref.kind().equals(model.kind()))
            .toList();
    // Inputs stand in the order of their places' names, and `base` is the first of them.
    List<Ref> base = measured.subList(0, Math.min(1, measured.size()));
    List<Ref> beside = measured.size() < 2 ? measured : measured.subList(1, measured.size());
    check(workspace, scores, model, "the model", beside, measured);
    service.ifPresent(ref -> check(workspace, scores, ref, "the model in service", base, measured));
  }

  private static void check(
      Workspace workspace,
      Artifact scores,
      Ref model,
      String name,
      List<Ref> place,
      List<Ref> measured) {
    Set<Ref> own = new HashSet<>(Set.of(model));
    workspace
        .provenance(model)
        .filter(p -> p.stage().equals("compress"))
        .ifPresent(p -> own.addAll(p.inputs()));
    if (measured.stream().noneMatch(own::contains)) {
      throw new InputException(
          "%s was not measured in %s, which is of %s; evaluate it beside the model in service"
              .formatted(
                  name + " " + model.brief(),
                  scores.ref().brief(),
                  measured.stream().map(Ref::brief).toList()));
    }
    if (place.stream().noneMatch(own::contains)) {
      throw new InputException(
          "%s compares others with %s; evaluate again, with the model in service as base and the one that is to follow it as tuned"
              .formatted(scores.ref().brief(), measured.getFirst().brief()));
    }
  }
}
