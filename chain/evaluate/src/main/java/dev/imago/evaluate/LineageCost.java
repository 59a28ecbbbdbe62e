package dev.imago.evaluate;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What training a model took, by the runs of its lineage that kept a curve.
///
/// @param seconds of all of them
/// @param joules as far as they are known; NaN where nothing is
/// @param estimated whether some of them are a declared power (`IMAGO_TDP_WATTS`) times the time
public record LineageCost(double seconds, double joules, boolean estimated) {
  /// Empty where no run is known.
  public static Optional<LineageCost> of(ModelLineage lineage) {
    ObjectNode all = JsonMapper.shared().createObjectNode();
    lineage.into(all);
    return of(all.path("lineage").valueStream().toList());
  }

  /// The same of a lineage as `results.json` has it.
  static Optional<LineageCost> of(List<JsonNode> lineage) {
    double seconds = 0;
    double joules = Double.NaN;
    boolean estimated = false;
    boolean any = false;
    for (JsonNode made : lineage) {
      JsonNode last = made.path("curve").path(made.path("curve").size() - 1);
      if (!last.isObject()) {
        continue;
      }
      any = true;
      seconds += made.path("seconds").asDouble(0);
      boolean declared = last.has("energyJoulesEstimated");
      JsonNode energy = last.path(declared ? "energyJoulesEstimated" : "energyJoules");
      if (energy.isNumber()) {
        joules = (Double.isNaN(joules) ? 0 : joules) + energy.doubleValue();
        estimated |= declared;
      }
    }
    return any ? Optional.of(new LineageCost(seconds, joules, estimated)) : Optional.empty();
  }
}
