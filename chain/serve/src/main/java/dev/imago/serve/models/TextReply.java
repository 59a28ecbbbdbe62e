package dev.imago.serve.models;

import dev.imago.http.Exchange;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// What a [TextRequest] is answered with, in vLLM's form.
///
/// @param kind what ids begin with, such as `classify`
/// @param random makes the ids
public record TextReply(String kind, Clock clock, RandomGenerator random) {
  /// @param tokens that the model read
  /// @param data for each text its labels
  public void send(
      Exchange exchange, ServedPredictor model, int tokens, List<Map<String, Object>> data) {
    var body = new LinkedHashMap<String, Object>();
    body.put("id", "%s-%016x%016x".formatted(kind, random.nextLong(), random.nextLong()));
    body.put("object", "list");
    body.put("created", clock.instant().getEpochSecond());
    body.put("model", model.name());
    body.put("data", data);
    body.put(
        "usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens, "completion_tokens", 0));
    exchange.json(body);
  }
}
