package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.generate.Predictor;
import dev.imago.model.ModelCard;
import dev.imago.model.Output;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// How a model is asked, once `imago serve` has it: a call of `curl` that can be pasted.
final class ServerCall {
  /// Characters of an example that stand in the call.
  private static final int LONGEST = 80;

  private static final String RANKS = "text-ranking";

  private ServerCall() {}

  /// @param card whose example is asked, where it has one
  static String of(Artifact model, ModelCard card) throws IOException {
    Output output = Predictor.tells(model.folder());
    ModelCard.Tuning tuned = card.tuning();
    return of(output, tuned == null ? "" : tuned.task(), card.hint());
  }

  /// @return empty for a model that no route answers by
  /// @param task as the hub calls it; empty for answers
  /// @param example a text, empty for none
  static String of(Output output, String task, String example) {
    String text = example.isBlank() ? "a text of yours" : shortened(example.strip());
    return switch (output) {
      case Output.Classes _ when task.equals(RANKS) ->
          call("/rerank", fields("query", text, "documents", List.of("a text", "another")));
      case Output.Classes _ -> call("/classify", Map.of("input", text));
      case Output.Tags _ -> call("/tag", Map.of("input", text));
      case Output.Dependencies _ -> call("/parse", Map.of("input", text));
      case Output.Span _ ->
          call(
              "/question-answering",
              Map.of("inputs", fields("question", "Where?", "context", "It stands in Paris.")));
      case Output.Embedding _ -> call("/v1/embeddings", Map.of("input", text));
      case Output.MaskedToken _ -> ""; // of use to be tuned, and served by no route
      case Output.NextToken _ ->
          call(
              "/v1/chat/completions",
              Map.of("messages", List.of(fields("role", "user", "content", text))));
    };
  }

  /// In this order.
  private static Map<String, Object> fields(
      String first, Object value, String second, Object other) {
    var both = new LinkedHashMap<String, Object>();
    both.put(first, value);
    both.put(second, other);
    return both;
  }

  private static String call(String path, Map<String, Object> body) {
    return "curl http://127.0.0.1:8080%s -H 'Content-Type: application/json' -d '%s'"
        .formatted(path, JsonMapper.shared().writeValueAsString(body).replace("'", "\\u0027"));
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST));
  }
}
