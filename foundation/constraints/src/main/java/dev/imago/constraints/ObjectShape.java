package dev.imago.constraints;

import dev.imago.constraints.Counters.Counter;
import dev.imago.constraints.Counters.Way;
import dev.imago.constraints.Formula.Term.AllKeys;
import dev.imago.constraints.Formula.Term.CountKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/// Objects that meet some conditions together, as an automaton over properties. Those that the
/// schema names come in its order, each at most once; others after them. The state is which name
/// may come next, and the counts so far.
final class ObjectShape extends ContainerShape<ObjectShape.State> {
  /// @param next the index of the first name that may still come
  record State(int next, List<Integer> counts) {}

  /// Keys that no condition tells apart, named ones left out.
  private record Others(TextDfa keys, Formula base, boolean[] relevant) {}

  private final List<AllKeys> all = new ArrayList<>();
  private final List<CountKeys> counted = new ArrayList<>();
  private final List<Counter> counters = new ArrayList<>();
  private final List<String> names;
  private final Map<String, Integer> places = new HashMap<>();
  private final Satisfiability sat;
  private @Nullable List<Others> others;

  ObjectShape(List<Formula> conditions, Satisfiability sat) {
    super(sat);
    this.sat = sat;
    Map<String, Integer> named = new HashMap<>();
    for (Formula condition : conditions) {
      switch (condition.term()) {
        case AllKeys keys -> {
          all.add(keys);
          addName(named, keys.keys());
        }
        case CountKeys keys -> {
          counted.add(keys);
          counters.add(new Counter(keys.each(), keys.least(), keys.most()));
          addName(named, keys.keys());
        }
        default -> throw new IllegalStateException("no condition on objects: " + condition);
      }
    }
    this.names =
        named.entrySet().stream()
            .sorted(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .toList();
    for (int i = 0; i < names.size(); i++) {
      places.put(names.get(i), i);
    }
  }

  private static void addName(Map<String, Integer> to, KeySet keys) {
    String name = keys.name();
    if (name != null) {
      to.merge(name, keys.order(), Math::min);
    }
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
  List<Child<State>> children(State state) {
    List<Child<State>> children = new ArrayList<>();
    for (int i = state.next(); i < names.size(); i++) {
      String name = names.get(i);
      List<Formula> base = new ArrayList<>();
      for (AllKeys keys : all) {
        if (keys.keys().contains(name)) {
          base.add(keys.each());
        }
      }
      boolean[] relevant = new boolean[counted.size()];
      for (int c = 0; c < relevant.length; c++) {
        relevant[c] = counted.get(c).keys().contains(name);
      }
      add(children, name, null, sat.formulas().and(base), relevant, state, i + 1);
      if (due(name, state.counts())) {
        return children; // what is required may not be passed over
      }
    }
    for (Others other : others()) {
      add(children, null, other.keys(), other.base(), other.relevant(), state, names.size());
    }
    return children;
  }

  /// Whether a count of this name alone lacks it.
  private boolean due(String name, List<Integer> counts) {
    for (int c = 0; c < counters.size(); c++) {
      if (name.equals(counted.get(c).keys().name()) && !counters.get(c).right(counts.get(c))) {
        return true;
      }
    }
    return false;
  }

  private void add(
      List<Child<State>> children,
      @Nullable String name,
      @Nullable TextDfa keys,
      Formula base,
      boolean[] relevant,
      State state,
      int next) {
    for (Way way : Counters.ways(base, counters, relevant, state.counts(), sat)) {
      State to = settled(new State(next, way.counts()));
      if (to != null) {
        children.add(new Child<>(name, keys, way.child(), to));
      }
    }
  }

  /// Counts of names that can come no more are settled, or wrong for good: then null.
  private @Nullable State settled(State state) {
    List<Integer> counts = new ArrayList<>(state.counts());
    for (int c = 0; c < counters.size(); c++) {
      String name = counted.get(c).keys().name();
      if (name != null && places.getOrDefault(name, 0) < state.next()) {
        if (!counters.get(c).right(counts.get(c))) {
          return null;
        }
        counts.set(c, Counters.SETTLED);
      }
    }
    return new State(state.next(), List.copyOf(counts));
  }

  private List<Others> others() {
    List<Others> known = others;
    if (known == null) {
      known = divide();
      others = known;
    }
    return known;
  }

  private List<Others> divide() {
    List<TextDfa> parts =
        List.of(names.isEmpty() ? TextDfa.ALL : TextDfa.ALL.less(TextDfa.of(names)));
    SequencedSet<KeySet> sets = new LinkedHashSet<>();
    all.forEach(a -> sets.add(a.keys()));
    counted.forEach(c -> sets.add(c.keys()));
    List<List<KeySet>> within = List.of(List.of());
    for (KeySet set : sets) {
      if (set.name() != null) {
        continue;
      }
      List<TextDfa> cut = new ArrayList<>();
      List<List<KeySet>> cutWithin = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        sat.spend(100);
        TextDfa inside = parts.get(i).and(set.texts());
        if (!inside.isEmpty()) {
          cut.add(inside);
          List<KeySet> more = new ArrayList<>(within.get(i));
          more.add(set);
          cutWithin.add(more);
        }
        TextDfa outside = parts.get(i).less(set.texts());
        if (!outside.isEmpty()) {
          cut.add(outside);
          cutWithin.add(within.get(i));
        }
      }
      parts = cut;
      within = cutWithin;
    }
    List<Others> made = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      List<KeySet> in = within.get(i);
      List<Formula> base =
          all.stream().filter(a -> in.contains(a.keys())).map(AllKeys::each).toList();
      boolean[] relevant = new boolean[counted.size()];
      for (int c = 0; c < relevant.length; c++) {
        relevant[c] = in.contains(counted.get(c).keys());
      }
      made.add(new Others(parts.get(i), sat.formulas().and(base), relevant));
    }
    return made;
  }
}
