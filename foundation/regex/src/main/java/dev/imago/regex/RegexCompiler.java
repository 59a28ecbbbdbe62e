package dev.imago.regex;

import dev.imago.regex.RegexNode.Greed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Turns a parsed pattern into a [Program].
final class RegexCompiler {
  /// A pattern that needs more room than this is refused.
  private static final int MOST_CODE = 1 << 20;

  /// A repeated part of at most so many words is written out, which is faster than counting.
  private static final int MOST_WRITTEN_OUT = 64;

  private final String pattern;
  private final List<CodeSet> sets = new ArrayList<>();
  private final Map<CodeSet, Integer> setNumbers = new HashMap<>();
  private final List<int[]> backs = new ArrayList<>();
  private int[] code = new int[64];
  private int size;
  private int registers;

  private RegexCompiler(String pattern, int groups) {
    this.pattern = pattern;
    this.registers = 2 * groups + 2;
  }

  static Program compile(String pattern) {
    RegexParser.Parsed parsed = RegexParser.parse(pattern);
    var compiler = new RegexCompiler(pattern, parsed.groups());
    compiler.add(parsed.node());
    compiler.emit(Program.MATCH);
    boolean anchored =
        parsed.node() instanceof RegexNode.Seq seq
            && !seq.parts().isEmpty()
            && seq.parts().getFirst() == RegexNode.Place.SEARCH_START;
    return new Program(
        Arrays.copyOf(compiler.code, compiler.size),
        List.copyOf(compiler.sets),
        List.copyOf(compiler.backs),
        compiler.registers,
        NodeFacts.first(parsed.node()),
        anchored,
        parsed.word());
  }

  private int emit(int... words) {
    int at = size;
    if (size + words.length > MOST_CODE) {
      throw new IllegalArgumentException(
          "the pattern «%s» needs more than %d instructions; repeat less in it"
              .formatted(PatternReader.shown(pattern), MOST_CODE));
    }
    if (size + words.length > code.length) {
      code = Arrays.copyOf(code, Math.max(code.length * 2, size + words.length));
    }
    System.arraycopy(words, 0, code, size, words.length);
    size += words.length;
    return at;
  }

  private int set(CodeSet set) {
    return setNumbers.computeIfAbsent(
        set,
        s -> {
          sets.add(s);
          return sets.size() - 1;
        });
  }

  private void add(RegexNode node) {
    switch (node) {
      case RegexNode.One one -> one(one.set());
      case RegexNode.Seq seq -> sequence(seq.parts());
      case RegexNode.Alt alt -> alternatives(alt.branches());
      case RegexNode.Repeat repeat -> repeat(repeat, CodeSet.ALL);
      case RegexNode.Group group -> {
        emit(Program.SAVE, 2 * group.index());
        add(group.body());
        emit(Program.SAVE, 2 * group.index() + 1);
      }
      case RegexNode.Atomic atomic -> atomic(atomic.body());
      case RegexNode.LookAhead ahead -> lookAhead(ahead);
      case RegexNode.LookBehind behind -> lookBehind(behind);
      case RegexNode.Back back -> {
        backs.add(back.groups().stream().mapToInt(g -> g).toArray());
        emit(Program.BACK, backs.size() - 1, back.ignoreCase() ? 1 : 0);
      }
      case RegexNode.Cluster cluster -> emit(Program.CLUSTER);
      case RegexNode.Place place -> emit(Program.PLACE, place.ordinal());
    }
  }

  private void one(CodeSet set) {
    if (set.isEmpty()) {
      emit(Program.FAIL);
    } else if (set.size() == 1
        && Character.isBmpCodePoint(set.first())
        && !Character.isSurrogate((char) set.first())) {
      emit(Program.CHAR, set.first());
    } else {
      emit(Program.SET, set(set));
    }
  }

  private void sequence(List<RegexNode> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof RegexNode.Repeat repeat) {
        repeat(repeat, NodeFacts.firstOf(parts, i + 1));
      } else {
        add(parts.get(i));
      }
    }
  }

  private void alternatives(List<RegexNode> branches) {
    var ends = new ArrayList<Integer>();
    for (int i = 0; i < branches.size(); i++) {
      RegexNode branch = branches.get(i);
      boolean last = i == branches.size() - 1;
      CodeSet first = NodeFacts.first(branch);
      int guard = !last && !first.equals(CodeSet.ALL) ? emit(Program.GUARD, set(first), 0) : -1;
      int split = last ? -1 : emit(Program.SPLIT, 0);
      add(branch);
      if (!last) {
        ends.add(emit(Program.JUMP, 0));
        code[split + 1] = size;
      }
      if (guard >= 0) {
        code[guard + 2] = size;
      }
    }
    ends.forEach(end -> code[end + 1] = size);
  }

  /// @param next what must come after it; all where that is not known
  private void repeat(RegexNode.Repeat repeat, CodeSet next) {
    if (repeat.max() == 0) {
      return;
    }
    if (repeat.body() instanceof RegexNode.One one) {
      boolean keeps = repeat.greed() == Greed.POSSESSIVE;
      // What comes after can be none of what is taken: giving back would not help.
      boolean apart = repeat.greed() == Greed.GREEDY && one.set().and(next).isEmpty();
      int run =
          keeps || apart
              ? Program.RUN_ALL
              : repeat.greed() == Greed.LAZY ? Program.RUN_LAZY : Program.RUN;
      emit(run, set(one.set()), repeat.min(), repeat.max());
      return;
    }
    if (repeat.greed() == Greed.POSSESSIVE) {
      atomic(new RegexNode.Repeat(repeat.body(), repeat.min(), repeat.max(), Greed.GREEDY));
      return;
    }
    boolean lazy = repeat.greed() == Greed.LAZY;
    boolean bounded = repeat.max() != RegexNode.Repeat.UNBOUNDED;
    long copies = bounded ? repeat.max() : repeat.min() + 1L;
    if (copies > 1 && copies * NodeFacts.words(repeat.body()) > MOST_WRITTEN_OUT) {
      counted(repeat, lazy);
      return;
    }
    for (int i = 0; i < repeat.min(); i++) {
      add(repeat.body());
    }
    if (!bounded) {
      loop(repeat.body(), lazy);
      return;
    }
    var exits = new ArrayList<Integer>();
    for (int i = repeat.min(); i < repeat.max(); i++) {
      exits.add(split(lazy));
      add(repeat.body());
    }
    exits.forEach(exit -> code[exit + 1] = size);
  }

  /// A way out, to be set: taken last where the loop is greedy, first where it is lazy.
  private int split(boolean lazy) {
    return emit(lazy ? Program.SPLIT_LAZY : Program.SPLIT, 0);
  }

  private void loop(RegexNode body, boolean lazy) {
    boolean mayBeEmpty = NodeFacts.least(body) == 0;
    int mark = mayBeEmpty ? registers++ : -1;
    int top = split(lazy);
    if (mayBeEmpty) {
      emit(Program.SAVE, mark);
    }
    add(body);
    int still = mayBeEmpty ? emit(Program.IF_STILL, mark, 0) : -1;
    emit(Program.JUMP, top);
    code[top + 1] = size;
    if (mayBeEmpty) {
      code[still + 2] = size;
    }
  }

  private void counted(RegexNode.Repeat repeat, boolean lazy) {
    int counter = registers++;
    boolean mayBeEmpty = NodeFacts.least(repeat.body()) == 0;
    int mark = mayBeEmpty ? registers++ : -1;
    emit(Program.ZERO, counter);
    int top = emit(Program.COUNT, counter, repeat.min(), repeat.max(), 0, lazy ? 0 : 1);
    emit(Program.COUNTED, counter);
    if (mayBeEmpty) {
      emit(Program.SAVE, mark);
    }
    add(repeat.body());
    int still = mayBeEmpty ? emit(Program.IF_STILL, mark, 0) : -1;
    emit(Program.JUMP, top);
    code[top + 4] = size;
    if (mayBeEmpty) {
      code[still + 2] = size;
    }
  }

  private void atomic(RegexNode body) {
    int height = registers++;
    emit(Program.KEEP_BEGIN, height);
    add(body);
    emit(Program.KEEP_END, height);
  }

  private void lookAhead(RegexNode.LookAhead ahead) {
    look(ahead.negative(), () -> add(ahead.body()));
  }

  private void look(boolean negative, Runnable body) {
    int height = registers;
    registers += 2;
    if (negative) {
      int begin = emit(Program.NOT_BEGIN, height, 0);
      body.run();
      emit(Program.NOT_END, height);
      code[begin + 2] = size;
    } else {
      emit(Program.AHEAD_BEGIN, height);
      body.run();
      emit(Program.AHEAD_END, height);
    }
  }

  private void lookBehind(RegexNode.LookBehind behind) {
    look(
        behind.negative(),
        () -> {
          int target = registers++;
          emit(
              Program.BEHIND,
              target,
              (int) Math.min(NodeFacts.least(behind.body()), RegexNode.Repeat.UNBOUNDED),
              (int) NodeFacts.most(behind.body()));
          add(behind.body());
          emit(Program.BEHIND_END, target);
        });
  }
}
