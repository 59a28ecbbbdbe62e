package dev.imago.serve.completions;

import dev.imago.generate.Spared;
import dev.imago.generate.Timing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// What a request's answers took, in tokens.
///
/// @param reasoningTokens of the answers' tokens those of thoughts
/// @param spared what the prompts and answers were spared
/// @param timing of the first answer
public record Usage(
    int promptTokens, int completionTokens, int reasoningTokens, Spared spared, Timing timing) {
  /// As OpenAI's completions tell it.
  Map<String, Object> json() {
    var usage = new LinkedHashMap<String, Object>();
    usage.put("prompt_tokens", promptTokens);
    usage.put("completion_tokens", completionTokens);
    usage.put("total_tokens", promptTokens + completionTokens);
    usage.put("prompt_tokens_details", Map.of("cached_tokens", spared.cachedTokens()));
    usage.put(
        "completion_tokens_details",
        new TreeMap<>(
            Map.of(
                "reasoning_tokens",
                reasoningTokens,
                "accepted_prediction_tokens",
                spared.acceptedTokens(),
                "rejected_prediction_tokens",
                spared.draftedTokens() - spared.acceptedTokens())));
    return usage;
  }
}
