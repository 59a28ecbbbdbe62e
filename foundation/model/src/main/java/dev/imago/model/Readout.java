package dev.imago.model;

import java.util.Optional;

/// How a model's scores become what is told, beside the scores themselves.
///
/// @param calibration its temperature and thresholds
/// @param transitions of tags that are told together; empty where each is told by itself
/// @param biaffine of dependencies; empty of all else
public record Readout(
    Calibration calibration, Optional<Transitions> transitions, Optional<Biaffine> biaffine) {
  /// Scores as they are.
  public static final Readout PLAIN = new Readout(Calibration.NONE);

  /// With a CRF, where there is one.
  public Readout(Calibration calibration, Optional<Transitions> transitions) {
    this(calibration, transitions, Optional.empty());
  }

  /// Of a softmax or a sigmoid.
  public Readout(Calibration calibration) {
    this(calibration, Optional.empty());
  }
}
