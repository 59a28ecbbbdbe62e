package dev.imago.constraints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/// A regular set of texts, by characters: a deterministic automaton whose first state is 0 and from
/// whose states, the first apart, some text leads to an end. Compared by identity.
final class TextDfa {
  /// States of one automaton.
  static final int MOST_STATES = 50_000;

  static final TextDfa NONE =
      new TextDfa(new CodeRanges[] {CodeRanges.NONE}, new int[][] {{}}, new BitSet());
  static final TextDfa ALL = all();

  /// By state: the ranges of characters that lead on, disjoint and sorted, and where to.
  private final CodeRanges[] ranges;

  private final int[][] targets;
  private final BitSet accepting;

  TextDfa(CodeRanges[] ranges, int[][] targets, BitSet accepting) {
    this.ranges = ranges;
    this.targets = targets;
    this.accepting = accepting;
  }

  private static TextDfa all() {
    var accepting = new BitSet();
    accepting.set(0);
    return new TextDfa(new CodeRanges[] {CodeRanges.ALL}, new int[][] {{0, 0}}, accepting);
  }

  int size() {
    return ranges.length;
  }

  boolean isEmpty() {
    return accepting.isEmpty();
  }

  boolean accepts(int state) {
    return accepting.get(state);
  }

  CodeRanges ranges(int state) {
    return ranges[state];
  }

  int target(int state, int range) {
    return targets[state][range];
  }

  /// Where a character leads; −1 for nowhere.
  int next(int state, int c) {
    CodeRanges set = ranges[state];
    for (int i = 0; i < set.size() && set.first(i) <= c; i++) {
      if (c <= set.last(i)) {
        return targets[state][i];
      }
    }
    return -1;
  }

  boolean contains(String text) {
    int state = 0;
    for (int i = 0; i < text.length() && state >= 0; ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      state = next(state, c);
    }
    return state >= 0 && accepts(state);
  }

  /// These texts.
  static TextDfa of(Collection<String> texts, Work work) {
    var nodes = new ArrayList<TreeMap<Integer, Integer>>();
    nodes.add(new TreeMap<>());
    var ends = new BitSet();
    for (String text : texts) {
      int at = 0;
      work.spend(1 + text.length());
      for (int c : text.codePoints().toArray()) {
        Integer next = nodes.get(at).get(c);
        if (next == null) {
          next = nodes.size();
          checked(next);
          nodes.get(at).put(c, next);
          nodes.add(new TreeMap<>());
        }
        at = next;
      }
      ends.set(at);
    }
    return made(
        nodes.size(),
        s -> {
          var steps = new Steps();
          nodes.get(s).forEach((c, to) -> steps.add(c, c, to));
          return steps;
        },
        ends,
        work);
  }

  /// Texts of so many characters.
  static TextDfa ofLength(int least, int most, Work work) {
    int states = most == TextPattern.ENDLESS ? least + 1 : most + 1;
    checked(states);
    var ends = new BitSet();
    ends.set(least, states);
    return made(
        states,
        s -> {
          var steps = new Steps();
          int to = s + 1 < states ? s + 1 : most == TextPattern.ENDLESS ? s : -1;
          if (to >= 0) {
            steps.add(CodeRanges.ALL.first(0), CodeRanges.ALL.last(0), to);
            steps.add(CodeRanges.ALL.first(1), CodeRanges.ALL.last(1), to);
          }
          return steps;
        },
        ends,
        work);
  }

  /// What a machine that reads one character after another accepts.
  ///
  /// @param characters that it reads
  static <S> TextDfa explored(
      S start, String characters, Stepping<S> step, Predicate<S> accepts, Work work) {
    Map<S, Integer> ids = new HashMap<>(Map.of(start, 0));
    List<S> states = new ArrayList<>(List.of(start));
    List<Steps> all = new ArrayList<>();
    var ends = new BitSet();
    for (int s = 0; s < states.size(); s++) {
      S state = states.get(s);
      ends.set(s, accepts.test(state));
      work.spend(2L * characters.length());
      var steps = new Steps();
      for (int c : characters.codePoints().sorted().toArray()) {
        S to = step.next(state, c);
        if (to != null) {
          Integer id = ids.get(to);
          if (id == null) {
            id = states.size();
            checked(id);
            ids.put(to, id);
            states.add(to);
          }
          steps.add(c, c, id);
        }
      }
      all.add(steps);
    }
    return made(states.size(), all::get, ends, work);
  }

  /// A step of a machine; null where the character may not come.
  interface Stepping<S> {
    @org.jspecify.annotations.Nullable
    S next(S state, int c);
  }

  static int checked(int states) {
    if (states >= MOST_STATES) {
      throw new ConstraintException(
          "a pattern, a bound or a list of values takes more than %,d states; make it smaller"
              .formatted(MOST_STATES));
    }
    return states;
  }

  TextDfa and(TextDfa other, Work work) {
    return this == ALL || other == this
        ? other
        : other == ALL ? this : combined(other, true, false, false, work);
  }

  TextDfa or(TextDfa other, Work work) {
    return this == ALL || other == ALL
        ? ALL
        : isEmpty() || other == this
            ? other
            : other.isEmpty() ? this : combined(other, true, true, true, work);
  }

  /// What is in this and not in the other.
  TextDfa less(TextDfa other, Work work) {
    return other == ALL ? NONE : other.isEmpty() ? this : combined(other, false, true, false, work);
  }

  /// Every other text.
  TextDfa not(Work work) {
    return ALL.less(this, work);
  }

  /// @param both whether texts of both are in it; `one` those of this alone, `two` of the other
  private TextDfa combined(TextDfa other, boolean both, boolean one, boolean two, Work work) {
    Map<Long, Integer> ids = new HashMap<>();
    List<int[]> pairs = new ArrayList<>();
    ids.put(0L, 0);
    pairs.add(new int[] {0, 0});
    List<Steps> all = new ArrayList<>();
    var ends = new BitSet();
    for (int s = 0; s < pairs.size(); s++) {
      int a = pairs.get(s)[0];
      int b = pairs.get(s)[1];
      boolean inA = a >= 0 && accepts(a);
      boolean inB = b >= 0 && other.accepts(b);
      ends.set(s, inA && inB ? both : inA ? one : inB && two);
      var steps = new Steps();
      List<int[]> cuts = cuts(a, other, b);
      work.spend(4 + 4L * cuts.size());
      for (int[] cut : cuts) {
        int toA = cut[2];
        int toB = cut[3];
        if (toA < 0 && (toB < 0 || !two) || toB < 0 && !one) {
          continue;
        }
        long key = (long) (toA + 1) << 32 | (toB + 1);
        Integer id = ids.get(toA == 0 && toB == 0 ? 0L : key);
        if (id == null) {
          id = pairs.size();
          checked(id);
          ids.put(key, id);
          pairs.add(new int[] {toA, toB});
        }
        steps.add(cut[0], cut[1], id);
      }
      all.add(steps);
    }
    return made(pairs.size(), all::get, ends, work);
  }

  /// Ranges that neither automaton divides: first, last, where each leads.
  private List<int[]> cuts(int a, TextDfa other, int b) {
    CodeRanges ours = a < 0 ? CodeRanges.NONE : ranges[a];
    CodeRanges theirs = b < 0 ? CodeRanges.NONE : other.ranges[b];
    List<int[]> cuts = new ArrayList<>();
    int i = 0;
    int j = 0;
    int at = 0;
    while (i < ours.size() || j < theirs.size()) {
      boolean inOurs = i < ours.size() && ours.first(i) <= at;
      boolean inTheirs = j < theirs.size() && theirs.first(j) <= at;
      int end = Integer.MAX_VALUE;
      if (i < ours.size()) {
        end = Math.min(end, inOurs ? ours.last(i) : ours.first(i) - 1);
      }
      if (j < theirs.size()) {
        end = Math.min(end, inTheirs ? theirs.last(j) : theirs.first(j) - 1);
      }
      if (inOurs || inTheirs) {
        cuts.add(
            new int[] {at, end, inOurs ? targets[a][i] : -1, inTheirs ? other.targets[b][j] : -1});
      }
      i += inOurs && end == ours.last(i) ? 1 : 0;
      j += inTheirs && end == theirs.last(j) ? 1 : 0;
      at = end + 1;
    }
    return cuts;
  }

  /// What leads on from a state, collected in the characters' order.
  static final class Steps {
    private int[] bounds = new int[4];
    private int[] to = new int[2];
    private int n;

    void add(int first, int last, int target) {
      if (n > 0 && to[n - 1] == target && bounds[2 * n - 1] + 1 == first && first != 0xe000) {
        bounds[2 * n - 1] = last;
        return;
      }
      if (n == to.length) {
        to = Arrays.copyOf(to, 2 * n);
        bounds = Arrays.copyOf(bounds, 4 * n);
      }
      bounds[2 * n] = first;
      bounds[2 * n + 1] = last;
      to[n++] = target;
    }
  }

  /// One of several: two and two together, so that each is looked at a few times alone.
  static TextDfa anyOf(List<TextDfa> sets, Work work) {
    return switch (sets.size()) {
      case 0 -> NONE;
      case 1 -> sets.getFirst();
      default -> {
        int half = sets.size() / 2;
        TextDfa one = anyOf(sets.subList(0, half), work);
        yield one == ALL ? ALL : one.or(anyOf(sets.subList(half, sets.size()), work), work);
      }
    };
  }

  /// Takes out the states from which nothing leads to an end.
  static TextDfa made(int states, IntFunction<Steps> steps, BitSet ends, Work work) {
    Steps[] all = new Steps[states];
    int[] begin = new int[states + 1]; // of those before each state, in `before`
    for (int s = 0; s < states; s++) {
      all[s] = steps.apply(s);
      work.spend(1 + all[s].n);
      for (int i = 0; i < all[s].n; i++) {
        begin[all[s].to[i] + 1]++;
      }
    }
    for (int s = 0; s < states; s++) {
      begin[s + 1] += begin[s];
    }
    int[] before = new int[begin[states]];
    int[] filled = begin.clone();
    for (int s = 0; s < states; s++) {
      for (int i = 0; i < all[s].n; i++) {
        before[filled[all[s].to[i]]++] = s;
      }
    }
    var live = new BitSet();
    int[] open = new int[states];
    int count = 0;
    for (int s = ends.nextSetBit(0); s >= 0; s = ends.nextSetBit(s + 1)) {
      open[count++] = s;
    }
    live.or(ends);
    while (count > 0) {
      int state = open[--count];
      for (int i = begin[state]; i < begin[state + 1]; i++) {
        if (!live.get(before[i])) {
          live.set(before[i]);
          open[count++] = before[i];
        }
      }
    }
    if (!live.get(0)) {
      return NONE;
    }
    int[] renamed = new int[states];
    int n = 0;
    for (int s = live.nextSetBit(0); s >= 0; s = live.nextSetBit(s + 1)) {
      renamed[s] = n++;
    }
    var ranges = new CodeRanges[n];
    int[][] targets = new int[n][];
    var accepting = new BitSet();
    for (int s = live.nextSetBit(0); s >= 0; s = live.nextSetBit(s + 1)) {
      var kept = new Steps();
      for (int i = 0; i < all[s].n; i++) {
        if (live.get(all[s].to[i])) {
          kept.add(all[s].bounds[2 * i], all[s].bounds[2 * i + 1], renamed[all[s].to[i]]);
        }
      }
      ranges[renamed[s]] = new CodeRanges(Arrays.copyOf(kept.bounds, 2 * kept.n));
      targets[renamed[s]] = Arrays.copyOf(kept.to, kept.n);
      accepting.set(renamed[s], ends.get(s));
    }
    return new TextDfa(ranges, targets, accepting);
  }
}
