package dev.imago.constraints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which states of an automaton no text of so many characters tells apart: far from its end, all
/// those of a string that may have 400 characters. What may come next is the same at them as long
/// as no token is longer, and is worked out once.
///
/// Moore's refinement, a round a character, in which only those states are looked at that lead to
/// one whose class has changed in the round before.
final class AlikeStates {
  /// States looked at and ranges that lead on from them, in all rounds; where that is too few, each
  /// is alike to itself alone. Whoever asks for a mask first waits for it, so it is little beside
  /// what compiling a rule may take.
  private static final int MOST_LOOKED_AT = 80_000;

  private final TextDfa dfa;
  private final int[] classes;
  private final int[] size;
  private int count = 1;

  private AlikeStates(TextDfa dfa) {
    this.dfa = dfa;
    this.classes = new int[dfa.size()];
    this.size = new int[dfa.size() + 1];
    size[0] = dfa.size();
  }

  /// By state, the first one that no text of so many characters tells from it.
  static int[] of(TextDfa dfa, int characters) {
    var alike = new AlikeStates(dfa);
    if (!alike.refine(characters)) {
      int[] each = new int[dfa.size()];
      Arrays.setAll(each, s -> s);
      return each;
    }
    return alike.firsts();
  }

  private int[] firsts() {
    int[] first = new int[count];
    Arrays.fill(first, -1);
    int[] firsts = new int[classes.length];
    for (int s = 0; s < classes.length; s++) {
      int c = classes[s];
      first[c] = first[c] < 0 ? s : first[c];
      firsts[s] = first[c];
    }
    return firsts;
  }

  private boolean refine(int characters) {
    var open = new BitSet();
    open.set(0, classes.length);
    long looked = steps(open);
    if (looked > MOST_LOOKED_AT) {
      return false;
    }
    List<List<Integer>> before = before();
    for (int round = 0; round < characters && !open.isEmpty(); round++) {
      var next = new BitSet();
      for (int state : split(open)) {
        before.get(state).forEach(next::set);
      }
      open = next;
      looked += steps(open);
      if (looked > MOST_LOOKED_AT) {
        return false;
      }
    }
    return true;
  }

  private long steps(BitSet states) {
    return states.stream().mapToLong(s -> 1 + dfa.ranges(s).size()).sum();
  }

  /// What tells a state: its class so far, and where its characters lead.
  private record Mark(int known, List<Integer> leads) {}

  /// Gives new classes to those of some states that differ from the rest of theirs.
  ///
  /// @return the states whose class has changed
  private List<Integer> split(BitSet open) {
    Map<Mark, List<Integer>> groups = new HashMap<>();
    Map<Integer, Integer> looked = new HashMap<>();
    for (int s = open.nextSetBit(0); s >= 0; s = open.nextSetBit(s + 1)) {
      groups.computeIfAbsent(mark(s), _ -> new ArrayList<>()).add(s);
      looked.merge(classes[s], 1, Integer::sum);
    }
    Map<Integer, List<Integer>> stays = new HashMap<>();
    groups.forEach(
        (mark, states) -> {
          // Where none of a class was left out, its largest group keeps its number.
          if (looked.getOrDefault(mark.known, 0) == size[mark.known]) {
            stays.merge(mark.known, states, (a, b) -> larger(a, b));
          }
        });
    var changed = new ArrayList<Integer>();
    groups.forEach(
        (mark, states) -> {
          if (stays.get(mark.known) != states) {
            size[mark.known] -= states.size();
            size[count] = states.size();
            states.forEach(s -> classes[s] = count);
            changed.addAll(states);
            count++;
          }
        });
    return changed;
  }

  private static List<Integer> larger(List<Integer> a, List<Integer> b) {
    return a.size() != b.size() ? a.size() > b.size() ? a : b : a.getFirst() < b.getFirst() ? a : b;
  }

  private Mark mark(int state) {
    var leads = new ArrayList<Integer>();
    leads.add(dfa.accepts(state) ? 1 : 0);
    CodeRanges set = dfa.ranges(state);
    for (int i = 0; i < set.size(); i++) {
      int to = classes[dfa.target(state, i)];
      int last = leads.size() - 1;
      if (last > 0 && leads.get(last) == to && leads.get(last - 1) + 1 == set.first(i)) {
        leads.set(last - 1, set.last(i));
      } else {
        leads.add(set.first(i));
        leads.add(set.last(i));
        leads.add(to);
      }
    }
    return new Mark(classes[state], leads);
  }

  private List<List<Integer>> before() {
    List<List<Integer>> before = new ArrayList<>();
    for (int s = 0; s < classes.length; s++) {
      before.add(new ArrayList<>());
    }
    for (int s = 0; s < classes.length; s++) {
      for (int i = 0; i < dfa.ranges(s).size(); i++) {
        List<Integer> to = before.get(dfa.target(s, i));
        if (to.isEmpty() || to.getLast() != s) { // states come in order: each stands there once
          to.add(s);
        }
      }
    }
    return before;
  }
}
