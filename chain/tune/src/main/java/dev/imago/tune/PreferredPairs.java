package dev.imago.tune;

import dev.imago.torch.Batch;
import dev.imago.torch.Preference;
import dev.imago.training.TrainableModel;
import java.util.List;
import java.util.Locale;

/// Held-out pairs of answers, as a table tells them.
final class PreferredPairs {
  private PreferredPairs() {}

  /// How many pairs the model prefers as people do, beyond what the base did; TRL's accuracy and
  /// margin of rewards.
  static List<List<String>> of(TrainableModel model, List<Batch> measured, Preference preference) {
    int pairs = 0;
    int won = 0;
    double sum = 0;
    for (Batch batch : measured) {
      float[] losses = model.losses(batch);
      for (int s = 0; s < batch.sequences(); s += 2) {
        double margin = preference.margin(losses, batch, s);
        pairs++;
        won += margin > 0 ? 1 : 0;
        sum += margin;
      }
    }
    return List.of(
        List.of("pairs", "%,d".formatted(pairs)),
        List.of(
            "the chosen answer gained", String.format(Locale.ROOT, "%.1f %%", 100.0 * won / pairs)),
        List.of("mean margin of rewards", String.format(Locale.ROOT, "%.4f", sum / pairs)));
  }
}
