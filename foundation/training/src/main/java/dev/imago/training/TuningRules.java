package dev.imago.training;

import dev.imago.model.Parameter;
import dev.imago.torch.Group;
import dev.imago.torch.Layout;
import dev.imago.torch.Slot;
import java.util.List;
import java.util.Map;

/// What of one model trains, and how: a [Tuning] and its groups, bound to its parameters.
///
/// @param read the parameters, by name, that a file had numbers for
/// @param groups what trains otherwise than the rest
record TuningRules(Tuning tuning, Map<String, Parameter> read, GroupRules groups) {
  TuningRules {
    read = Map.copyOf(read);
  }

  /// The place of parts that are stacked by rows.
  Slot slot(Layout layout, List<Parameter> parts) {
    Parameter first = parts.getFirst();
    List<String> names = parts.stream().map(Parameter::name).toList();
    List<Integer> rows = parts.stream().map(Parameter::rows).toList();
    boolean kept = first.equals(read.get(first.name()));
    double decay = first.decays() ? 1 : 0;
    Group trains = new Group(true, 1, decay);
    Group group =
        switch (tuning) {
          case Tuning.All _ -> trains;
          case Tuning.Nothing _ -> Group.FROZEN;
          case Tuning.NewOnly _, Tuning.LowRank _ -> kept ? Group.FROZEN : trains;
          case Tuning.Slower(double factor) -> kept ? new Group(true, factor, decay) : trains;
        };
    return tuning instanceof Tuning.LowRank(int rank, double alpha) && kept && first.adaptable()
        ? layout.addAdapted(names, rows, first.columns(), rank, alpha)
        : layout.add(names, rows, first.columns(), groups.of(parts, group));
  }
}
