package dev.imago.model;

import java.util.Optional;

/// How a model's scores become what is told, beside the scores themselves.
///
/// @param calibration its temperature and thresholds
/// @param transitions of tags that are told together; empty where each is told by itself
public record Readout(Calibration calibration, Optional<Transitions> transitions) {
  /// Scores as they are.
  public static final Readout PLAIN = new Readout(Calibration.NONE);

  /// Without a CRF.
  public Readout(Calibration calibration) {
    this(calibration, Optional.empty());
  }
}
