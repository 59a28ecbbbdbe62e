package dev.imago.evaluate;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an evaluation cost: of the answers that were computed, not of those kept from before.
///
/// @param answers that were computed
/// @param kept answers that were there
/// @param tokens of the answers that were computed
/// @param joules that they took; NaN where neither counters nor a declared power tell
/// @param estimated whether the joules are a declared power (`IMAGO_TDP_WATTS`) times the time
/// @param peakBytes the most memory that the process has held; 0 where it is not known, as of a
///   server
public record EvaluationCost(
    double seconds,
    long answers,
    long kept,
    long tokens,
    double joules,
    boolean estimated,
    long peakBytes) {
  void into(ObjectNode cost) {
    cost.put("seconds", seconds);
    cost.put("answers", answers);
    cost.put("answers_kept", kept);
    cost.put("answer_tokens", tokens);
    if (Double.isFinite(joules)) {
      cost.put(estimated ? "joules_estimated" : "joules", joules);
    }
    if (peakBytes > 0) {
      cost.put("peak_resident_bytes", peakBytes);
    }
  }

  static EvaluationCost of(JsonNode cost) {
    boolean estimated = cost.has("joules_estimated");
    return new EvaluationCost(
        cost.path("seconds").asDouble(0),
        cost.path("answers").asLong(0),
        cost.path("answers_kept").asLong(0),
        cost.path("answer_tokens").asLong(0),
        cost.path(estimated ? "joules_estimated" : "joules").asDouble(Double.NaN),
        estimated,
        cost.path("peak_resident_bytes").asLong(0));
  }

  /// Seconds an answer; NaN where none was computed.
  double secondsAnAnswer() {
    return answers == 0 ? Double.NaN : seconds / answers;
  }
}
