package dev.imago.console.shelf;

import dev.imago.console.runs.NamedNumbers;
import dev.imago.console.runs.RunEntry;
import dev.imago.core.EnergyUse;
import dev.imago.core.Inventory;
import dev.imago.core.Ref;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What making an artifact took of energy, with all that it was made from, as far as runs know.
///
/// @param known the sum of what is known; empty where nothing is
/// @param runs whose energy is known
/// @param stages that made it, as far as they are not imports
public record LineageEnergy(Optional<EnergyUse> known, int runs, int stages) {

  /// @param all runs of the workspace
  public static LineageEnergy of(ArtifactShelf.Stock stock, Ref artifact, List<RunEntry> all) {
    Set<String> made = made(stock, artifact);
    Optional<EnergyUse> sum = Optional.empty();
    int runs = 0;
    int stages = 0;
    for (RunEntry run : all) {
      if (run.outputs().isEmpty() || run.outputs().values().stream().noneMatch(made::contains)) {
        continue;
      }
      stages++;
      Optional<EnergyUse> took = energy(run.last());
      if (took.isPresent()) {
        runs++;
        sum = Optional.of(sum.map(before -> before.plus(took.get())).orElse(took.get()));
      }
    }
    return new LineageEnergy(sum, runs, stages);
  }

  private static Set<String> made(ArtifactShelf.Stock stock, Ref artifact) {
    var made = new HashSet<String>();
    var open = new ArrayDeque<String>();
    open.add(artifact.toString());
    while (!open.isEmpty()) {
      String name = open.remove();
      Inventory.Item item = stock.items().get(name);
      if (made.add(name) && item != null) {
        open.addAll(item.inputs());
      }
    }
    return made;
  }

  private static Optional<EnergyUse> energy(NamedNumbers last) {
    if (last.has(RunEntry.JOULES)) {
      double joules = last.get(RunEntry.JOULES);
      return Optional.of(new EnergyUse(joules, joules, true, EnergyUse.RAPL));
    }
    return last.has(RunEntry.JOULES_LOW) && last.has(RunEntry.JOULES_HIGH)
        ? Optional.of(
            new EnergyUse(
                last.get(RunEntry.JOULES_LOW),
                last.get(RunEntry.JOULES_HIGH),
                false,
                EnergyUse.DECLARED))
        : Optional.empty();
  }
}
