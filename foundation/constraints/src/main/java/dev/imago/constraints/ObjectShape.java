package dev.imago.constraints;

import dev.imago.constraints.Counters.Counter;
import dev.imago.constraints.Counters.Way;
import dev.imago.constraints.Formula.Term.AllKeys;
import dev.imago.constraints.Formula.Term.CountKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/// Objects that meet some conditions together, as an automaton over properties. Those that the
/// schema names come in its order, each at most once; others after them. The state is which name
/// may come next, and how many properties of each counted set there were. A count of one name is
/// none of them: the name is there once or not at all, and what that means is known beforehand.
final class ObjectShape extends ContainerShape<ObjectShape.State> {
  /// @param next the index of the first name that may still come
  record State(int next, List<Integer> counts) {}

  /// A name, with what is asked of it.
  private static final class Named {
    final String name;
    final List<Formula> each = new ArrayList<>();
    boolean required;

    Named(String name) {
      this.name = name;
    }
  }

  /// Keys that no condition tells apart, named ones left out.
  private record Others(TextDfa keys, Formula base, boolean[] relevant) {}

  /// The conditions on sets of more than one name.
  private final List<AllKeys> all = new ArrayList<>();

  private final List<CountKeys> counted = new ArrayList<>();
  private final List<Counter> counters = new ArrayList<>();

  private final List<Named> names;
  private final int pastRequired;
  private final Satisfiability sat;
  private final Work work;
  private @Nullable List<Others> others;

  ObjectShape(List<Formula> conditions, Satisfiability sat) {
    super(sat);
    this.sat = sat;
    this.work = sat.formulas().work();
    work.spend(4L * conditions.size());
    Map<String, Named> named = new LinkedHashMap<>();
    Map<String, Integer> order = new HashMap<>();
    for (Formula condition : conditions) {
      switch (condition.term()) {
        case AllKeys(KeySet keys, Formula each) -> {
          Named one = named(named, order, keys);
          if (one == null) {
            all.add(new AllKeys(keys, each));
          } else {
            one.each.add(each);
          }
        }
        case CountKeys keys -> {
          Named one = named(named, order, keys.keys());
          if (one == null) {
            counted.add(keys);
            counters.add(new Counter(keys.each(), keys.least(), keys.most()));
          } else {
            one.each.add(present(keys));
            one.required |= keys.least() > 0;
          }
        }
        default -> throw new IllegalStateException("no condition on objects: " + condition);
      }
    }
    this.names =
        named.values().stream()
            .sorted(java.util.Comparator.comparing(n -> order.getOrDefault(n.name, 0)))
            .toList();
    int past = 0;
    for (int i = 0; i < names.size(); i++) {
      past = names.get(i).required ? i + 1 : past;
    }
    this.pastRequired = past;
  }

  private static @Nullable Named named(
      Map<String, Named> named, Map<String, Integer> order, KeySet keys) {
    String name = keys.name();
    if (name == null) {
      return null;
    }
    order.merge(name, keys.order(), Math::min);
    return named.computeIfAbsent(name, Named::new);
  }

  /// What a count of one name asks of its value where it is there.
  private Formula present(CountKeys count) {
    return switch (count.least()) {
      case 0 -> count.most() > 0 ? sat.formulas().anything : sat.formulas().not(count.each());
      case 1 -> count.each();
      default -> sat.formulas().nothing;
    };
  }

  @Override
  State first() {
    return new State(0, counters.stream().map(Counter::first).toList());
  }

  @Override
  boolean complete(State state) {
    if (state.next() < pastRequired) {
      return false;
    }
    for (int i = 0; i < counters.size(); i++) {
      if (!counters.get(i).right(state.counts().get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  @Nullable State passed(State state) {
    return state.next() == names.size() || names.get(state.next()).required
        ? null
        : new State(state.next() + 1, state.counts());
  }

  @Override
  List<Child<State>> children(State state) {
    List<Child<State>> children = new ArrayList<>();
    if (state.next() == names.size()) {
      for (Others other : others()) {
        add(children, null, other.keys(), other.base(), other.relevant(), state, names.size());
      }
      return children;
    }
    Named named = names.get(state.next());
    List<Formula> base = new ArrayList<>(named.each);
    work.spend((1L + named.name.length()) * (all.size() + counted.size()));
    for (AllKeys keys : all) {
      if (keys.keys().contains(named.name)) {
        base.add(keys.each());
      }
    }
    boolean[] relevant = new boolean[counted.size()];
    for (int c = 0; c < relevant.length; c++) {
      relevant[c] = counted.get(c).keys().contains(named.name);
    }
    Formula value = sat.formulas().and(base);
    add(children, named.name, null, value, relevant, state, state.next() + 1);
    return children;
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
      children.add(new Child<>(name, keys, way.child(), new State(next, way.counts())));
    }
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
        List.of(TextDfa.of(names.stream().map(n -> n.name).toList(), work).not(work));
    SequencedSet<KeySet> sets = new LinkedHashSet<>();
    all.forEach(a -> sets.add(a.keys()));
    counted.forEach(c -> sets.add(c.keys()));
    List<List<KeySet>> within = List.of(List.of());
    for (KeySet set : sets) {
      List<TextDfa> cut = new ArrayList<>();
      List<List<KeySet>> cutWithin = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        work.spend(1 + within.get(i).size());
        TextDfa inside = parts.get(i).and(set.texts(work), work);
        if (!inside.isEmpty()) {
          cut.add(inside);
          List<KeySet> more = new ArrayList<>(within.get(i));
          more.add(set);
          cutWithin.add(more);
        }
        TextDfa outside = parts.get(i).less(set.texts(work), work);
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
      work.spend((1L + in.size()) * (all.size() + counted.size()));
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
