package dev.imago.tune;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.torch.Objective;
import dev.imago.torch.Preference;
import dev.imago.torch.UnpairedPreference;
import java.util.Locale;

/// How answers that people compared or judged are learned, under TRL's names.
///
/// @param loss of pairs: `sigmoid` (DPO), `hinge`, `ipo`, `sigmoid_norm` (DPO by tokens), `simpo`,
///   `orpo`; labels of the task `unpaired` are learned by KTO
/// @param labelSmoothing the share of pairs that are taken to be the wrong way round; of `sigmoid`,
///   `sigmoid_norm` and `simpo`
/// @param rpoAlpha times −ln p of a token of the chosen answers, added to the loss of pairs; of
///   `orpo` 1 always
/// @param simpoGamma by how much β times the difference is to be above 0; of `simpo`
/// @param desirableWeight λ of answers found good, of `unpaired`
/// @param undesirableWeight λ of answers found bad, of `unpaired`
/// @param probes prompts of what is set apart that the model is asked as it learns, to tell how far
///   it is from where it began and whether its answers grow longer or shorter; 0 for none
public record PreferenceSettings(
    Preference.Kind loss,
    double labelSmoothing,
    double rpoAlpha,
    double simpoGamma,
    double desirableWeight,
    double undesirableWeight,
    int probes) {
  private static final double USUAL_GAMMA = 0.5;

  public static final PreferenceSettings USUAL =
      new PreferenceSettings(Preference.Kind.SIGMOID, 0, 0, USUAL_GAMMA, 1, 1, 8);

  public PreferenceSettings {
    Bounds.number("labelSmoothing", labelSmoothing, 0, 0.49, "0.1 is usual, 0 for none");
    Bounds.number("rpoAlpha", rpoAlpha, 0, 100, "1 is usual, 0 for none");
    Bounds.number("simpoGamma", simpoGamma, 0, 100, "0.5 is usual");
    Bounds.number("desirableWeight", desirableWeight, 0.001, 1000, "1 is usual");
    Bounds.number("undesirableWeight", undesirableWeight, 0.001, 1000, "1 is usual");
    Bounds.whole("probes", probes, 0, 256);
    String kind = loss.name().toLowerCase(Locale.ROOT);
    if (labelSmoothing > 0
        && (loss == Preference.Kind.HINGE
            || loss == Preference.Kind.IPO
            || loss == Preference.Kind.ORPO)) {
      throw new ConfigException(
          "labelSmoothing = %s is of losses with a σ, and loss = %s has none to smooth; leave it out"
              .formatted(labelSmoothing, kind));
    }
    if (simpoGamma != USUAL_GAMMA && loss != Preference.Kind.SIMPO) {
      throw new ConfigException(
          "simpoGamma = %s is of loss = simpo, and loss = %s has no margin; leave it out"
              .formatted(simpoGamma, kind));
    }
    if (rpoAlpha > 0 && loss == Preference.Kind.ORPO) {
      throw new ConfigException(
          "rpoAlpha = %s adds the chosen answers' own loss, which loss = orpo has in it; leave it out"
              .formatted(rpoAlpha));
    }
  }

  /// Of pairs.
  Preference pairs(double beta) {
    return new Preference(
        loss,
        beta,
        labelSmoothing,
        loss == Preference.Kind.SIMPO ? simpoGamma : 0,
        loss == Preference.Kind.ORPO ? 1 : rpoAlpha);
  }

  /// Of answers judged one by one.
  Objective unpaired(double beta) {
    return new UnpairedPreference(beta, desirableWeight, undesirableWeight);
  }

  /// Refuses what has no meaning for pairs, or for answers judged one by one.
  ///
  /// @param pairs whether there are pairs
  /// @param why what the labels are, for the message
  void check(boolean pairs, String why) {
    if (pairs && (desirableWeight != 1 || undesirableWeight != 1)) {
      throw new ConfigException(
          "tune.preference.desirableWeight = %s and undesirableWeight = %s are of answers judged one by one, and %s; leave them out"
              .formatted(desirableWeight, undesirableWeight, why));
    }
    if (!pairs && (!loss.equals(USUAL.loss) || labelSmoothing > 0 || rpoAlpha > 0)) {
      throw new ConfigException(
          "tune.preference.loss = %s, labelSmoothing = %s and rpoAlpha = %s are of pairs of answers, and %s; leave them out"
              .formatted(loss.name().toLowerCase(Locale.ROOT), labelSmoothing, rpoAlpha, why));
    }
  }
}
