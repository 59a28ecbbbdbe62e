package dev.imago.data;

import dev.imago.core.EnergyUse;
import dev.imago.core.Ref;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A model with what was measured of it: how good it is, and how fast on this machine.
///
/// @param task as the hub names it; `–` where it is not told
/// @param bytes on disk
/// @param scores by task and metric
/// @param speed measured on this machine; null where it was not
public record MeasuredModel(
    Ref ref,
    String task,
    List<String> languages,
    long bytes,
    Map<String, Score> scores,
    @Nullable Speed speed) {
  public MeasuredModel {
    languages = List.copyOf(languages);
    scores = Map.copyOf(scores);
  }

  /// A score with its interval; the bounds are no numbers where there is none.
  ///
  /// @param asked a hash of what was asked: only scores of the same can be compared
  public record Score(
      double value, double low, double high, int items, boolean higherIsBetter, String asked) {}

  /// How fast a model is, with the threads that write fastest.
  ///
  /// @param firstTokenMillis not a number where no prompt was measured
  /// @param promptTokens of the prompt that the first token was waited for
  /// @param residentBytes the most that the process held; 0 where it is not known
  /// @param tokenEnergy of a token of an answer; null where it is not known
  /// @param thrifty other threads, with which a token takes less; null where none are known
  public record Speed(
      double tokensPerSecond,
      double firstTokenMillis,
      int promptTokens,
      int threads,
      long residentBytes,
      @Nullable EnergyUse tokenEnergy,
      @Nullable Thrifty thrifty) {}

  /// Threads with which a token takes least energy.
  public record Thrifty(int threads, double tokensPerSecond, EnergyUse tokenEnergy) {}

  /// Milliseconds to the first token; not a number where that was not measured.
  public double firstToken() {
    return speed == null ? Double.NaN : speed.firstTokenMillis();
  }

  /// Tokens of an answer a second; not a number where that was not measured.
  public double rate() {
    return speed == null ? Double.NaN : speed.tokensPerSecond();
  }

  /// What a million tokens cost; not a number where the speed was not measured.
  ///
  /// @param hourly what the machine costs an hour, in any currency
  public double cost(double hourly) {
    return hourly / 3600 / rate() * 1e6;
  }
}
