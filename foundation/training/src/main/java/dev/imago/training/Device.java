package dev.imago.training;

import dev.imago.core.ConfigException;
import dev.imago.torch.Libtorch;
import java.util.Locale;

/// Where a model trains, as a setting. Processors are what there is yet; a GPU that is asked for is
/// refused by name, before any work, and never silently replaced (`docs/decisions/0014`).
public enum Device {
  /// The best that training can use here: the processors.
  AUTO,
  CPU,
  CUDA,
  MPS;

  /// Refuses what training cannot use.
  ///
  /// @param setting whose value this is, such as `pretrain.device`
  public void check(String setting) {
    switch (this) {
      case AUTO, CPU -> {}
      case CUDA, MPS ->
          throw new ConfigException(
              "%s = %s: training uses no GPU yet, and libtorch here %s; give auto or cpu"
                  .formatted(
                      setting,
                      name().toLowerCase(Locale.ROOT),
                      Libtorch.seesGpu() ? "sees one" : "sees none"));
    }
  }
}
