package dev.imago.compress;

import dev.imago.core.InputException;
import java.util.Comparator;
import java.util.List;

/// Which of several files is the one to take.
///
/// @param targetBytes the most that its file may take; the largest long for no target
/// @param maxLossIncrease nats a token that its loss may be above the original's
record FormatChoice(long targetBytes, double maxLossIncrease) {
  private boolean hasTarget() {
    return targetBytes < Long.MAX_VALUE;
  }

  /// Refuses a target that no file fits, before anything is measured.
  ///
  /// @param sizes of the files
  /// @param formats their names, in the same order
  void check(List<Long> sizes, List<String> formats) {
    int smallest = 0;
    for (int i = 1; i < sizes.size(); i++) {
      smallest = sizes.get(i) < sizes.get(smallest) ? i : smallest;
    }
    if (sizes.get(smallest) > targetBytes) {
      throw new InputException(
          CompressReport.text(
              "compress.target = %.1f MB, and the smallest file, of %s, has %.1f MB: raise it, name"
                  + " smaller formats in compress.formats, or train a smaller model",
              targetBytes / 1e6, formats.get(smallest), sizes.get(smallest) / 1e6));
    }
  }

  /// Whether a file is within the target, and its loss within the gate.
  boolean allows(Measured original, Measured file) {
    return file.fileBytes() <= targetBytes && file.above(original) <= maxLossIncrease;
  }

  /// With a target, the file of the lowest loss that fits; without, the smallest that the gate lets
  /// through. The larger of two equal losses is never taken.
  ///
  /// @param files measured, the original not among them
  Measured of(Measured original, List<Measured> files) {
    Comparator<Measured> bySize = Comparator.comparingLong(Measured::fileBytes);
    if (hasTarget()) {
      return files.stream()
          .filter(m -> m.fileBytes() <= targetBytes)
          .min(Comparator.comparingDouble((Measured m) -> m.loss().mean()).thenComparing(bySize))
          .orElseThrow();
    }
    return files.stream()
        .filter(m -> m.above(original) <= maxLossIncrease)
        .min(bySize)
        .orElse(files.getFirst());
  }
}
