package dev.imago.constraints;

import dev.imago.constraints.Counters.Counter;
import dev.imago.constraints.Counters.Way;
import dev.imago.constraints.Formula.Term.AllItems;
import dev.imago.constraints.Formula.Term.CountItems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Arrays that meet some conditions together, as an automaton over items: its state is the index of
/// the next item, as far as indexes are told apart, and the counts so far.
final class ArrayShape extends ContainerShape<ArrayShape.State> {
  record State(int index, List<Integer> counts) {}

  /// Conditions on the items from one index on, or up to one.
  private final List<AllItems> all = new ArrayList<>();

  /// Those on one item alone, by its index.
  private final Map<Integer, List<Formula>> single = new HashMap<>();

  private final List<CountItems> counted = new ArrayList<>();
  private final List<Counter> counters = new ArrayList<>();
  private final Satisfiability sat;

  /// From here on no index differs from the next.
  private int last;

  ArrayShape(List<Formula> conditions, Satisfiability sat) {
    super(sat);
    this.sat = sat;
    sat.spend(4L * conditions.size());
    for (Formula condition : conditions) {
      switch (condition.term()) {
        case AllItems items -> {
          if (items.to() - 1 == items.from()) {
            single.computeIfAbsent(items.from(), _ -> new ArrayList<>()).add(items.each());
          } else {
            all.add(items);
          }
          bound(items.from(), items.to());
        }
        case CountItems items -> {
          counted.add(items);
          counters.add(new Counter(items.each(), items.least(), items.most()));
          bound(items.from(), items.to());
        }
        default -> throw new IllegalStateException("no condition on arrays: " + condition);
      }
    }
  }

  private void bound(int from, int to) {
    last = Math.max(last, Math.max(from, to == Formula.ENDLESS ? 0 : to));
  }

  @Override
  State first() {
    return new State(0, counters.stream().map(Counter::first).toList());
  }

  @Override
  boolean complete(State state) {
    for (int i = 0; i < counters.size(); i++) {
      if (!counters.get(i).right(state.counts().get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  @Nullable State passed(State state) {
    return null;
  }

  @Override
  List<Child<State>> children(State state) {
    Formulas formulas = sat.formulas();
    int index = state.index();
    sat.spend(all.size() + counted.size());
    List<Formula> base = new ArrayList<>(single.getOrDefault(index, List.of()));
    for (AllItems items : all) {
      if (items.from() <= index && index < items.to()) {
        base.add(items.each());
      }
    }
    boolean[] relevant = new boolean[counted.size()];
    for (int i = 0; i < relevant.length; i++) {
      relevant[i] = counted.get(i).from() <= index && index < counted.get(i).to();
    }
    List<Child<State>> children = new ArrayList<>();
    for (Way way : Counters.ways(formulas.and(base), counters, relevant, state.counts(), sat)) {
      children.add(
          new Child<>(null, null, way.child(), new State(Math.min(index + 1, last), way.counts())));
    }
    return children;
  }
}
