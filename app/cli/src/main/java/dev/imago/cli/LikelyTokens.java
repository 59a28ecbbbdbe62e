package dev.imago.cli;

import dev.imago.generate.LanguageModel;
import dev.imago.generate.LogProbabilities;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// How likely a token was, and what else might have come, as an object of JSON.
final class LikelyTokens {
  private LikelyTokens() {}

  static Map<String, Object> object(LanguageModel opened, int id, LogProbabilities likely) {
    Map<String, Object> one = named(opened, id, likely.chosen());
    if (!likely.likeliest().isEmpty()) {
      one.put(
          "top_logprobs",
          likely.likeliest().stream()
              .map(each -> named(opened, each.id(), each.logProbability()))
              .toList());
    }
    return one;
  }

  private static Map<String, Object> named(LanguageModel opened, int id, float logProbability) {
    var to = new LinkedHashMap<String, Object>();
    to.put("id", id);
    to.put("token", new String(opened.prompts().token(id), StandardCharsets.UTF_8));
    to.put("logprob", Math.max(logProbability, -9999f)); // JSON has no infinity
    return to;
  }
}
