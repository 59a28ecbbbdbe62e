package dev.imago.constraints;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// From which positions a vocabulary reaches the end of a text. One that has every byte as a token
/// does so from all; another may lack what has to come, and then what leads there may not come
/// either.
final class Reachability {
  /// Positions looked through at once.
  private static final int MOST_SEARCHED = 2000;

  private final ByteTree tree;
  private final PositionTable table;
  private final Map<Position, Boolean> known = new IdentityHashMap<>();

  Reachability(ByteTree tree, PositionTable table) {
    this.tree = tree;
    this.table = table;
  }

  /// Whether some tokens lead from here to the text's end.
  boolean ends(Position from) {
    Boolean answer = known.get(from);
    if (answer == null) {
      long before = table.begin();
      answer = search(from);
      table.goOn(before);
    }
    return answer;
  }

  private boolean search(Position from) {
    Map<Position, List<Position>> before = new HashMap<>();
    Set<Position> seen = new HashSet<>(Set.of(from));
    Deque<Position> open = new ArrayDeque<>(List.of(from));
    Deque<Position> ends = new ArrayDeque<>();
    while (!open.isEmpty() && ends.isEmpty()) {
      Position at = open.removeFirst();
      if (at.accepting || Boolean.TRUE.equals(known.get(at))) {
        ends.add(at);
        break;
      }
      if (Boolean.FALSE.equals(known.get(at))) {
        continue;
      }
      if (seen.size() > MOST_SEARCHED) {
        throw new ConstraintException(
            "this model's vocabulary lacks some bytes, and more than %,d places were looked at for a way to the end; a simpler rule may do"
                .formatted(MOST_SEARCHED));
      }
      for (Position next : after(at)) {
        before.computeIfAbsent(next, _ -> new ArrayList<>()).add(at);
        if (seen.add(next)) {
          open.addLast(next);
        }
      }
    }
    boolean found = !ends.isEmpty();
    if (!found) {
      seen.forEach(p -> known.put(p, false)); // all that can be reached was looked through
    }
    Set<Position> done = new HashSet<>();
    while (!ends.isEmpty()) {
      Position at = ends.pop();
      if (done.add(at)) {
        known.put(at, true);
        ends.addAll(before.getOrDefault(at, List.of()));
      }
    }
    return found;
  }

  /// The positions after each token that may come.
  private Set<Position> after(Position from) {
    Set<Position> all = new HashSet<>();
    Position[] path = new Position[tree.deepest() + 1];
    path[0] = from;
    for (int i = 0; i < tree.size(); ) {
      int d = tree.depth()[i];
      Position at = table.step(path[d - 1], tree.bytes()[i] & 0xff);
      if (at == Position.DEAD) {
        i = tree.past()[i];
        continue;
      }
      path[d] = at;
      if (tree.string()[i] >= 0) {
        all.add(at);
      }
      i++;
    }
    return all;
  }
}
