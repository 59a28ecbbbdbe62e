package dev.imago.training;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.util.List;

/// What a model is asked to write while it learns. It changes nothing of what is learned.
///
/// @param prompts what it goes on from, each by itself; none for no samples
/// @param every steps; and at the end
/// @param tokens of each answer, at most
/// @param temperature of the softmax that is drawn from; 0 for the likeliest token
public record SampleSettings(List<String> prompts, int every, int tokens, double temperature) {
  public static final SampleSettings NONE = new SampleSettings(List.of(), 100, 48, 0.8);

  public SampleSettings {
    prompts = List.copyOf(prompts);
    Bounds.whole("every", every, 1, Integer.MAX_VALUE, "100 is usual");
    Bounds.whole("tokens", tokens, 1, 1 << 12, "48 is usual");
    Bounds.number("temperature", temperature, 0, 10, "0.8 is usual");
    if (prompts.isEmpty() && (every != 100 || tokens != 48 || temperature != 0.8)) {
      throw new ConfigException(
          "prompts = [] is nothing to write on from; give some, or leave the other settings of"
              + " samples out");
    }
  }
}
