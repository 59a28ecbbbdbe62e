package dev.imago.training;

import dev.imago.model.Parameter;
import dev.imago.torch.Group;
import dev.imago.torch.Layout;
import dev.imago.torch.Slot;
import java.util.List;
import java.util.Map;

/// What of a model trains. What does not has neither gradient nor moments.
public sealed interface Tuning {
  /// Everything; matrices decay.
  record All() implements Tuning {}

  /// What a file had no numbers for, such as a new classifier, and nothing else.
  record NewOnly() implements Tuning {}

  /// Everything, what a file had numbers for at a part of the learning rate.
  record Slower(double factor) implements Tuning {}

  /// Low-rank additions to the blocks' matrices, and what a file had no numbers for. Hu et al.
  /// 2021, arXiv:2106.09685.
  ///
  /// @param alpha by which they count, divided by the rank
  record LowRank(int rank, double alpha) implements Tuning {}

  /// What it means for a model of which these parameters were read.
  default Chosen keeping(Map<String, Parameter> read, GroupRules rules) {
    return new Chosen(this, Map.copyOf(read), rules);
  }

  /// A tuning of a model of which some parameters were read.
  record Chosen(Tuning tuning, Map<String, Parameter> read, GroupRules rules) {
    Slot slot(Layout layout, List<Parameter> parts) {
      Parameter first = parts.getFirst();
      List<String> names = parts.stream().map(Parameter::name).toList();
      List<Integer> rows = parts.stream().map(Parameter::rows).toList();
      boolean kept = first.equals(read.get(first.name()));
      double decay = first.decays() ? 1 : 0;
      Group trains = new Group(true, 1, decay);
      Group group =
          switch (tuning) {
            case All _ -> trains;
            case NewOnly _, LowRank _ -> kept ? Group.FROZEN : trains;
            case Slower(double factor) -> kept ? new Group(true, factor, decay) : trains;
          };
      return tuning instanceof LowRank(int rank, double alpha) && kept && first.inBlock()
          ? layout.addAdapted(names, rows, first.columns(), rank, alpha)
          : layout.add(names, rows, first.columns(), rules.of(parts, group));
    }
  }
}
