package dev.imago.evaluate;

import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a model was made of, as its workspace tells it: each artifact, the model first, by which
/// stage, from what, and how its losses went.
///
/// @param model its reference
public record ModelLineage(String model, List<Made> made) {
  /// Points of a curve that are kept.
  private static final int MOST_POINTS = 200;

  private static final List<String> CURVES =
      List.of(
          "loss",
          "developmentLoss",
          "heldoutLoss",
          "tokens",
          "energyJoules",
          "energyJoulesEstimated");

  public ModelLineage {
    made = List.copyOf(made);
  }

  /// An artifact.
  ///
  /// @param stage empty where it was imported
  /// @param seconds that its stage took; NaN where that is not known
  /// @param curve points of the run that left it: `step` and losses
  public record Made(
      String artifact,
      String stage,
      long seed,
      String codeVersion,
      double seconds,
      List<String> inputs,
      List<Map<String, Double>> curve) {
    public Made {
      inputs = List.copyOf(inputs);
      curve = List.copyOf(curve);
    }
  }

  /// Walks it.
  public static ModelLineage of(Workspace workspace, Ref model) {
    var made = new ArrayList<Made>();
    walk(workspace, model, new LinkedHashSet<>(), made);
    return new ModelLineage(model.toString(), made);
  }

  private static void walk(Workspace workspace, Ref ref, Set<Ref> seen, List<Made> to) {
    if (!seen.add(ref)) {
      return;
    }
    Optional<Provenance> by = workspace.provenance(ref);
    List<Ref> inputs = by.map(Provenance::inputs).orElse(List.of());
    to.add(
        new Made(
            ref.toString(),
            by.map(Provenance::stage).orElse(""),
            by.map(Provenance::seed).orElse(0L),
            by.map(Provenance::codeVersion).orElse(""),
            by.map(p -> Duration.between(p.started(), p.finished()).toMillis() / 1e3)
                .orElse(Double.NaN),
            inputs.stream().map(Ref::toString).toList(),
            some(workspace.metricsOf(ref))));
    inputs.forEach(input -> walk(workspace, input, seen, to));
  }

  /// Whether a point has a figure, and it is a number: JSON has none for others.
  private static boolean isKnown(Map<String, Double> point, String figure) {
    return Double.isFinite(point.getOrDefault(figure, Double.NaN));
  }

  /// Some points of many, the last one among them.
  private static List<Map<String, Double>> some(List<Map<String, Double>> points) {
    var kept = new ArrayList<Map<String, Double>>();
    int stride = Math.max(1, (points.size() + MOST_POINTS - 1) / MOST_POINTS);
    for (int i = 0; i < points.size(); i++) {
      Map<String, Double> point = points.get(i);
      // What is measured now and then is in every point that has it.
      boolean seldom = isKnown(point, "heldoutLoss") || isKnown(point, "developmentLoss");
      if (isKnown(point, "loss") && (i % stride == 0 || seldom || i == points.size() - 1)) {
        var few = new java.util.TreeMap<String, Double>();
        few.put("step", point.getOrDefault("step", (double) i));
        CURVES.stream().filter(c -> isKnown(point, c)).forEach(c -> few.put(c, point.get(c)));
        kept.add(few);
      }
    }
    return kept;
  }

  void into(ObjectNode all) {
    all.put("artifact", model);
    ArrayNode to = all.putArray("lineage");
    for (Made each : made) {
      ObjectNode node = to.addObject();
      node.put("artifact", each.artifact());
      node.put("stage", each.stage());
      if (!each.stage().isEmpty()) {
        node.put("seed", each.seed()).put("code_version", each.codeVersion());
      }
      if (Double.isFinite(each.seconds())) {
        node.put("seconds", each.seconds());
      }
      each.inputs().forEach(node.putArray("inputs")::add);
      if (!each.curve().isEmpty()) {
        ArrayNode curve = node.putArray("curve");
        for (Map<String, Double> point : each.curve()) {
          ObjectNode at = curve.addObject();
          point.forEach(at::put);
        }
      }
    }
  }
}
