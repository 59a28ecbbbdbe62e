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

/// Arrays or objects that meet some conditions together, as an automaton over their children.
///
/// @param <S> a state of it
abstract class ContainerShape<S> {
  private static final int MOST_STATES = 20_000;

  /// A child that may come next.
  ///
  /// @param key of an object's; null for one of `otherKeys`, and in an array
  /// @param value what the child must be
  /// @param next the state after it
  record Child<S>(@Nullable String key, @Nullable TextDfa otherKeys, Formula value, S next) {}

  private final Satisfiability sat;
  private @Nullable Map<S, List<Child<S>>> live;

  ContainerShape(Satisfiability sat) {
    this.sat = sat;
  }

  abstract S first();

  /// Whether the container may be closed here.
  abstract boolean complete(S state);

  /// What may come next, whether or not it can be completed.
  abstract List<Child<S>> children(S state);

  /// Whether there is such a container at all.
  boolean possible() {
    return complete(first()) || live().containsKey(first());
  }

  /// What may come next such that the container can be completed.
  List<Child<S>> living(S state) {
    return live().getOrDefault(state, List.of());
  }

  private Map<S, List<Child<S>>> live() {
    Map<S, List<Child<S>>> known = live;
    if (known == null) {
      known = explore();
      live = known;
    }
    return known;
  }

  private Map<S, List<Child<S>>> explore() {
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
      sat.spend(1 + children.size());
      reached.put(state, children);
      if (reached.size() > MOST_STATES) {
        throw new ConstraintException(
            "an array or an object takes more than %,d states; give smaller bounds, or fewer properties"
                .formatted(MOST_STATES));
      }
      if (complete(state)) {
        alive.add(state);
        ends.push(state);
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
    reached.keySet().retainAll(alive);
    reached.replaceAll(
        (_, children) -> children.stream().filter(c -> alive.contains(c.next())).toList());
    return reached;
  }
}
