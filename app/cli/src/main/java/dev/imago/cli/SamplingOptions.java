package dev.imago.cli;

import dev.imago.core.Bounds;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How the next token is drawn.
final class SamplingOptions {
  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 takes the likeliest token every time (default: 0.8).")
  private @Nullable Float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K likeliest tokens; 0 from all (default: 0).")
  private @Nullable Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from the likeliest of this probability (default: 0.95).")
  private @Nullable Float topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Leave out what is less than this times as likely as the likeliest.")
  private @Nullable Float minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Of all tokens of prompt and answer (default: 1, none).")
  private @Nullable Float repetitionPenalty;

  /// Refuses what is out of bounds, before any work.
  void check() {
    Bounds.number("--temperature", temperature(), 0, 100, "0.8 is usual");
    Bounds.whole("--top-k", topK(), 0, Integer.MAX_VALUE, "40 is usual, 0 takes all");
    Bounds.above("--top-p", topP(), 0, 1, "0.95 is usual, 1 takes all");
    Bounds.number("--min-p", minP(), 0, 1, "0.05 is usual, 0 takes all");
    Bounds.number(
        "--repetition-penalty", repetitionPenalty(), 0.01f, 10, "1.1 is usual, 1 is none");
  }

  /// Whether any is given.
  boolean any() {
    return Stream.of(temperature, topK, topP, minP, repetitionPenalty).anyMatch(o -> o != null);
  }

  /// With what ends an answer.
  ///
  /// @param maxTokens the longest answer
  /// @param stop texts before which it ends
  ChatSettings settings(int maxTokens, List<String> stop) {
    return new ChatSettings(
        temperature(), topK(), topP(), minP(), repetitionPenalty(), maxTokens, stop);
  }

  private float temperature() {
    return temperature == null ? 0.8f : temperature;
  }

  private int topK() {
    return topK == null ? 0 : topK;
  }

  private float topP() {
    return topP == null ? 0.95f : topP;
  }

  private float minP() {
    return minP == null ? 0 : minP;
  }

  private float repetitionPenalty() {
    return repetitionPenalty == null ? 1 : repetitionPenalty;
  }
}
