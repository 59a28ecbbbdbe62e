package dev.imago.constraints;

import dev.imago.constraints.TextPattern.Characters;
import dev.imago.constraints.TextPattern.Edge;
import dev.imago.constraints.TextPattern.Either;
import dev.imago.constraints.TextPattern.InOrder;
import dev.imago.constraints.TextPattern.Literal;
import dev.imago.constraints.TextPattern.Named;
import dev.imago.constraints.TextPattern.Repeated;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A pattern as an automaton that may be in several states, made deterministic by [#dfa]. `^` and
/// `$` are steps that are open at the text's beginning and end alone.
final class TextNfa {
  private static final int MOST_STATES = 200_000;

  private enum When {
    ALWAYS,
    AT_START,
    AT_END
  }

  private record Step(When when, int to) {}

  private record Read(CodeRanges of, int to) {}

  private final List<List<Step>> steps = new ArrayList<>();
  private final List<List<Read>> reads = new ArrayList<>();
  private final Work work;

  /// By state, the last walk that came to it.
  private int[] visited = {};

  private int walks;

  private TextNfa(Work work) {
    this.work = work;
  }

  /// Some states, sorted.
  private record States(int[] members) {
    @Override
    public boolean equals(Object other) {
      return other instanceof States(int[] theirs) && Arrays.equals(members, theirs);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(members);
    }
  }

  /// @param anywhere whether a text is in it where the pattern is found anywhere in it, as JSON
  ///   Schema has it; else where it is the whole text
  /// @throws ConstraintException where it takes too many states
  static TextDfa dfa(TextPattern pattern, boolean anywhere, Work work) {
    var nfa = new TextNfa(work);
    int start = nfa.state();
    int begins = start;
    if (anywhere) {
      nfa.reads.get(start).add(new Read(CodeRanges.ALL, start));
      begins = nfa.state();
      nfa.step(start, begins);
    }
    int end = nfa.append(begins, pattern);
    if (anywhere) {
      int rest = nfa.state();
      nfa.step(end, rest);
      nfa.reads.get(rest).add(new Read(CodeRanges.ALL, rest));
      end = rest;
    }
    return nfa.determined(start, end);
  }

  private int state() {
    if (steps.size() >= MOST_STATES) {
      throw new ConstraintException(
          "a regular expression of more than %,d states; make its repetitions smaller"
              .formatted(MOST_STATES));
    }
    work.spend(1);
    steps.add(new ArrayList<>(2));
    reads.add(new ArrayList<>(1));
    return steps.size() - 1;
  }

  private void step(int from, int to) {
    steps.get(from).add(new Step(When.ALWAYS, to));
  }

  private int append(int from, TextPattern pattern) {
    return switch (pattern) {
      case Characters(CodeRanges of) -> {
        int to = state();
        reads.get(from).add(new Read(of, to));
        yield to;
      }
      case Literal(String text) -> {
        int at = from;
        for (int c : text.codePoints().toArray()) {
          int to = state();
          reads.get(at).add(new Read(CodeRanges.of(c, c), to));
          at = to;
        }
        yield at;
      }
      case InOrder(List<TextPattern> parts) -> {
        int at = from;
        for (TextPattern part : parts) {
          at = append(at, part);
        }
        yield at;
      }
      case Either(List<TextPattern> parts) -> {
        int to = state();
        for (TextPattern part : parts) {
          int branch = state();
          step(from, branch);
          step(append(branch, part), to);
        }
        yield to;
      }
      case Repeated(TextPattern part, int least, int most) -> repeat(from, part, least, most);
      case Edge(boolean end) -> {
        int to = state();
        steps.get(from).add(new Step(end ? When.AT_END : When.AT_START, to));
        yield to;
      }
      case Named(String rule) ->
          throw new ConstraintException("a rule «%s» in a regular expression".formatted(rule));
    };
  }

  private int repeat(int from, TextPattern part, int least, int most) {
    int at = from;
    for (int i = 0; i < least; i++) {
      work.spend(1);
      at = append(at, part);
    }
    int out = state();
    if (most == TextPattern.ENDLESS) {
      int loop = state();
      step(at, loop);
      int again = state();
      step(loop, again);
      step(append(again, part), loop);
      step(loop, out);
      return out;
    }
    for (int i = least; i < most; i++) {
      step(at, out);
      int once = state();
      step(at, once);
      at = append(once, part);
    }
    step(at, out);
    return out;
  }

  private TextDfa determined(int start, int end) {
    visited = new int[steps.size()];
    Map<States, Integer> ids = new HashMap<>();
    List<States> sets = new ArrayList<>();
    sets.add(closed(new int[] {start}, true, false)); // not among the ids: no other is at the start
    List<TextDfa.Steps> all = new ArrayList<>();
    var ends = new BitSet();
    for (int s = 0; s < sets.size(); s++) {
      int[] set = sets.get(s).members;
      ends.set(s, Arrays.binarySearch(closed(set, s == 0, true).members, end) >= 0);
      all.add(steps(set, ids, sets));
    }
    return TextDfa.made(sets.size(), all::get, ends, work);
  }

  private TextDfa.Steps steps(int[] set, Map<States, Integer> ids, List<States> sets) {
    // Where ranges begin and end: how many ways lead to each state from there on.
    var changes = new TreeMap<Integer, List<int[]>>();
    for (int s : set) {
      for (Read read : reads.get(s)) {
        work.spend(4L * read.of.size());
        for (int i = 0; i < read.of.size(); i++) {
          changes
              .computeIfAbsent(read.of.first(i), _ -> new ArrayList<>())
              .add(new int[] {read.to, 1});
          changes
              .computeIfAbsent(read.of.last(i) + 1, _ -> new ArrayList<>())
              .add(new int[] {read.to, -1});
        }
      }
    }
    var steps = new TextDfa.Steps();
    Map<Integer, Integer> inside = new HashMap<>();
    int from = 0;
    for (Map.Entry<Integer, List<int[]>> change : changes.entrySet()) {
      if (!inside.isEmpty()) {
        int[] to = inside.keySet().stream().mapToInt(i -> i).toArray();
        States reached = closed(to, false, false);
        Integer id = ids.get(reached);
        if (id == null) {
          id = sets.size();
          TextDfa.checked(id);
          ids.put(reached, id);
          sets.add(reached);
        }
        steps.add(from, change.getKey() - 1, id);
      }
      for (int[] c : change.getValue()) {
        inside.merge(c[0], c[1], Integer::sum);
        inside.remove(c[0], 0);
      }
      from = change.getKey();
    }
    return steps;
  }

  /// The states that are reached from some without a character.
  private States closed(int[] from, boolean atStart, boolean atEnd) {
    walks++;
    int[] found = Arrays.copyOf(from, Math.max(8, 2 * from.length));
    int count = from.length;
    for (int s : from) {
      visited[s] = walks;
    }
    for (int next = 0; next < count; next++) {
      List<Step> on = steps.get(found[next]);
      work.spend(1L + on.size());
      for (Step step : on) {
        boolean may =
            switch (step.when) {
              case ALWAYS -> true;
              case AT_START -> atStart;
              case AT_END -> atEnd;
            };
        if (may && visited[step.to] != walks) {
          visited[step.to] = walks;
          found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
          found[count++] = step.to;
        }
      }
    }
    int[] members = Arrays.copyOf(found, count);
    Arrays.sort(members);
    return new States(members);
  }
}
