package dev.imago.core;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What making an artifact took of energy, with all that it was made from, as far as runs know.
///
/// @param known the sum of what is known; empty where nothing is
/// @param runs whose energy is known
/// @param stages that made it, as far as they are not imports
public record LineageEnergy(Optional<EnergyUse> known, int runs, int stages) {
  /// @param stages what each run of the lineage took; empty where that is not known
  public static LineageEnergy of(List<Optional<EnergyUse>> stages) {
    List<EnergyUse> known = stages.stream().flatMap(Optional::stream).toList();
    return new LineageEnergy(EnergyUse.sum(known), known.size(), stages.size());
  }

  /// Of an artifact of a workspace.
  public static LineageEnergy of(Inventory inventory, Ref artifact) {
    Set<String> made = inventory.lineage(artifact);
    return of(
        inventory.runs().stream()
            .filter(run -> run.outputs().values().stream().anyMatch(made::contains))
            .map(run -> Optional.ofNullable(run.energy()))
            .toList());
  }
}
