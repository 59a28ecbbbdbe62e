package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.generate.Ending;
import dev.imago.generate.Penalties;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How answers of a conversation are drawn; `/set` changes one of them.
record ChatSettings(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    int maxTokens,
    List<String> stop) {
  static final List<String> NAMES =
      List.of("temperature", "top-k", "top-p", "min-p", "repetition-penalty", "max-tokens");

  ChatSettings {
    Bounds.whole("max-tokens", maxTokens, 1, Integer.MAX_VALUE);
    Bounds.whole("top-k", topK, 0, Integer.MAX_VALUE);
    Bounds.number("temperature", temperature, 0, 100, "0.8 is usual");
    stop = List.copyOf(stop);
  }

  /// All of them by their names.
  String told() {
    return "temperature %s, top-k %d, top-p %s, min-p %s, repetition-penalty %s, max-tokens %d"
        .formatted(temperature, topK, topP, minP, repetitionPenalty, maxTokens);
  }

  /// With another value of one.
  ///
  /// @throws ConfigException naming what there is, or the bounds
  ChatSettings with(String name, String value) {
    ChatSettings changed =
        switch (name) {
          case "temperature" ->
              new ChatSettings(
                  number(name, value), topK, topP, minP, repetitionPenalty, maxTokens, stop);
          case "top-k" ->
              new ChatSettings(
                  temperature, whole(name, value), topP, minP, repetitionPenalty, maxTokens, stop);
          case "top-p" ->
              new ChatSettings(
                  temperature, topK, number(name, value), minP, repetitionPenalty, maxTokens, stop);
          case "min-p" ->
              new ChatSettings(
                  temperature, topK, topP, number(name, value), repetitionPenalty, maxTokens, stop);
          case "repetition-penalty" ->
              new ChatSettings(temperature, topK, topP, minP, number(name, value), maxTokens, stop);
          case "max-tokens" ->
              new ChatSettings(
                  temperature, topK, topP, minP, repetitionPenalty, whole(name, value), stop);
          default ->
              throw new ConfigException(
                  "«%s» is no setting; there are %s".formatted(name, String.join(", ", NAMES)));
        };
    var _ = changed.sampling(0); // which refuses what is out of its bounds
    return changed;
  }

  private static float number(String name, String value) {
    try {
      return Float.parseFloat(value);
    } catch (NumberFormatException e) {
      throw new ConfigException("%s = «%s» is no number".formatted(name, value), e);
    }
  }

  private static int whole(String name, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new ConfigException("%s = «%s» is no whole number".formatted(name, value), e);
    }
  }

  Sampling sampling(long seed) {
    try {
      return new Sampling(
          temperature,
          new SamplingTruncation(topK, topP, minP, 1),
          new Penalties(repetitionPenalty, 0, 0, Map.of()),
          seed,
          new Ending(maxTokens, 0, false, Set.of(), stop));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }
}
