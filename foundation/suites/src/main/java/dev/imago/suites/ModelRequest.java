package dev.imago.suites;

import java.util.List;

/// What a model is asked. Two that are equal have the same answer of the same weights.
public sealed interface ModelRequest {
  /// How likely a text is after another.
  ///
  /// @param context empty where nothing stands before it
  /// @param continuation what is scored
  record Continuation(String context, String continuation) implements ModelRequest {}

  /// How likely a text is from its beginning, in windows of the model's context.
  record Rolling(String text) implements ModelRequest {}

  /// A text gone on with until a stop.
  ///
  /// @param until texts that end the answer, and are no part of it; what ends the model's own
  ///   answers does so anyway
  /// @param maxTokens at least 1
  /// @param temperature 0 takes the likeliest token each time
  /// @param topP 1 for all tokens
  /// @param topK 0 for all tokens
  /// @param repeat which of several answers to the same
  record Generation(
      String context,
      List<String> until,
      int maxTokens,
      double temperature,
      double topP,
      int topK,
      int repeat)
      implements ModelRequest {
    public Generation {
      until = List.copyOf(until);
      if (maxTokens < 1 || !(temperature >= 0)) {
        throw new IllegalArgumentException(
            "max_gen_toks = %d is below 1, or temperature = %s below 0"
                .formatted(maxTokens, temperature));
      }
    }
  }
}
