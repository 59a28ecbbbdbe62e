package dev.imago.constraints;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Arrays or objects that meet some conditions together, as an automaton over their children. A
/// state may pass over to another without a child: so that of a thousand properties that need not
/// be there each is looked at once.
///
/// @param <S> a state of it
abstract class ContainerShape<S> {
  /// States of one container.
  private static final int MOST_STATES = 100_000;

  /// A child that may come next.
  ///
  /// @param key of an object's; null for one of `otherKeys`, and in an array
  /// @param value what the child must be
  /// @param next the state after it
  record Child<S>(@Nullable String key, @Nullable TextDfa otherKeys, Formula value, S next) {}

  /// A state from which the container can be completed.
  ///
  /// @param children that may come at once, such that it can be
  /// @param passed the state that it passes over to; null for none
  /// @param goesOn whether any child may come, here or past it
  record Live<S>(List<Child<S>> children, @Nullable S passed, boolean goesOn) {}

  private final Satisfiability sat;
  private @Nullable Map<S, Live<S>> live;

  ContainerShape(Satisfiability sat) {
    this.sat = sat;
  }

  abstract S first();

  /// Whether the container may be closed here.
  abstract boolean complete(S state);

  /// What may come at once, whether or not it can be completed.
  abstract List<Child<S>> children(S state);

  /// The state that this one passes over to without a child; null for none.
  abstract @Nullable S passed(S state);

  /// Whether there is such a container at all.
  boolean possible() {
    return complete(first()) || live().containsKey(first());
  }

  /// What may come at a state; null where it cannot be completed with a child.
  @Nullable Live<S> at(S state) {
    return live().get(state);
  }

  /// All states from which it can be completed.
  Iterable<Live<S>> states() {
    return live().values();
  }

  private Map<S, Live<S>> live() {
    Map<S, Live<S>> known = live;
    if (known == null) {
      known = explore();
      live = known;
    }
    return known;
  }

  private Map<S, Live<S>> explore() {
    Map<S, List<Child<S>>> reached = new HashMap<>();
    Map<S, List<S>> before = new HashMap<>();
    Deque<S> open = new ArrayDeque<>(List.of(first()));
    Set<S> alive = new HashSet<>();
    Deque<S> ends = new ArrayDeque<>();
    while (!open.isEmpty()) {
      S state = open.pop();
      if (reached.containsKey(state)) {
        continue;
      }
      List<Child<S>> children = children(state);
      sat.spend(10 + 10L * children.size());
      reached.put(state, children);
      if (reached.size() > MOST_STATES) {
        throw new ConstraintException(
            "an array or an object takes more than %,d states; give smaller bounds, or fewer properties"
                .formatted(MOST_STATES));
      }
      if (complete(state) && alive.add(state)) {
        ends.push(state);
      }
      S passed = passed(state);
      if (passed != null) {
        before.computeIfAbsent(passed, _ -> new ArrayList<>()).add(state);
        open.push(passed);
      }
      for (Child<S> child : children) {
        before.computeIfAbsent(child.next(), _ -> new ArrayList<>()).add(state);
        open.push(child.next());
      }
    }
    while (!ends.isEmpty()) {
      for (S state : before.getOrDefault(ends.pop(), List.of())) {
        if (alive.add(state)) {
          ends.push(state);
        }
      }
    }
    return living(reached, alive);
  }

  private Map<S, Live<S>> living(Map<S, List<Child<S>>> reached, Set<S> alive) {
    Map<S, Live<S>> living = new HashMap<>();
    for (S begin : alive) {
      Deque<S> way = new ArrayDeque<>(); // what passes over to what, as far as it is not yet known
      for (S at = begin; at != null && alive.contains(at) && !living.containsKey(at); ) {
        way.push(at);
        at = passed(at);
      }
      for (S state : way) {
        List<Child<S>> children =
            reached.getOrDefault(state, List.of()).stream()
                .filter(c -> alive.contains(c.next()))
                .toList();
        S passed = passed(state);
        Live<S> past = passed == null ? null : living.get(passed);
        living.put(
            state,
            new Live<>(
                children,
                past == null ? null : passed,
                !children.isEmpty() || past != null && past.goesOn));
      }
    }
    return living;
  }
}
