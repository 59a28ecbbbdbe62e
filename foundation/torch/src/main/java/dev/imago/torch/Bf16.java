package dev.imago.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Whether this processor multiplies BF16; one that does not needs longer for it than for FP32.
public final class Bf16 {
  /// As Linux names them: Intel's and AMD's, Intel's tiles, Arm's.
  private static final Set<String> FLAGS = Set.of("avx512_bf16", "amx_bf16", "bf16");

  private static final boolean NATIVE = flagged(Path.of("/proc/cpuinfo"));

  private Bf16() {}

  /// False too where the system does not tell.
  public static boolean isNative() {
    return NATIVE;
  }

  /// What is to be said of a precision on this processor.
  ///
  /// @param place of the tensors; a GPU multiplies BF16 itself
  public static Optional<String> note(Precision precision, Place place) {
    return precision == Precision.BF16 && !NATIVE && !place.gpu()
        ? Optional.of(
            "precision = bf16: this processor does not multiply BF16, and each product takes longer"
                + " for it; f32 is faster here")
        : Optional.empty();
  }

  /// @param cpuInfo Linux's list of processors
  static boolean flagged(Path cpuInfo) {
    try (Stream<String> lines = Files.lines(cpuInfo)) {
      return lines
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .findFirst()
          .map(line -> Stream.of(line.split("\\s+")).collect(Collectors.toSet()))
          .filter(flags -> FLAGS.stream().anyMatch(flags::contains))
          .isPresent();
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
