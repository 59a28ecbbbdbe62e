package dev.imago.model;

import java.io.IOException;
import java.nio.file.Path;

/// How a model's scores become what is told, beside the scores themselves.
///
/// @param calibration its temperature and thresholds
public record Readout(Calibration calibration) {
  /// Scores as they are.
  public static final Readout PLAIN = new Readout(Calibration.NONE);

  /// What stands beside a model's weights.
  ///
  /// @param folder of a model, or its file
  /// @throws IllegalArgumentException for a file that is none
  public static Readout read(Path folder) throws IOException {
    return new Readout(Calibration.read(folder));
  }
}
