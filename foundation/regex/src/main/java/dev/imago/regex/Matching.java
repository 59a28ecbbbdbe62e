// Past 400 lines: one machine, whose instructions share its stack and its count of steps.
package dev.imago.regex;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One text being searched: a backtracking machine whose stack lies on the heap and whose steps are
/// counted. For one thread.
///
/// The stack holds what to do when a way fails, the latest on top, each entry three words with its
/// kind last: another way to go on, a register to set back, the rest of a run.
final class Matching {
  /// `pc, position`: go on there.
  private static final int WAY = 0;

  /// `register, value`: set it back.
  private static final int UNDO = 1;

  /// `pc, position, least position`: a greedy run that can give back down to the least.
  private static final int GIVE_BACK = 2;

  /// `pc, position, most`: a lazy run that can take up to so many more.
  private static final int TAKE_MORE = 3;

  /// `pc, position, most`: a look behind that can start up to so many characters earlier.
  private static final int EARLIER = 4;

  private static final int WORDS = 4;

  /// The bounds of the work: this, and so much for each unit of the text.
  private static final long BASE_STEPS = 50_000_000;

  private static final long STEPS_PER_UNIT = 256;
  private static final int MOST_STACK = 48 << 20;
  private static final RegexNode.Place[] PLACES = RegexNode.Place.values();

  private final String pattern;
  private final Program program;
  private final int[] code;
  private final CodeSet[] sets;
  private final String text;
  private final int length;
  private final int[] registers;
  private int[] stack = new int[256];
  private int height;
  private long stepsLeft;
  private int searchStart;
  private int keptStart;
  private @Nullable Clusters clusters;

  Matching(String pattern, Program program, String text) {
    this.pattern = pattern;
    this.program = program;
    this.code = program.code();
    this.sets = program.sets().toArray(CodeSet[]::new);
    this.text = text;
    this.length = text.length();
    this.registers = new int[program.registers()];
    this.stepsLeft = BASE_STEPS + STEPS_PER_UNIT * length;
  }

  /// Finds the first match that starts at `from` or later, within the whole text.
  ///
  /// @return its end, or -1; its start is [#start]
  int find(int from) {
    searchStart = from;
    CodeSet first = program.first();
    boolean any = first.equals(CodeSet.ALL);
    for (int at = from; at <= length; at = after(at)) {
      if (any || at < length && first.contains(codePointAt(at))) {
        int end = match(at);
        if (end >= 0) {
          keptStart = registers[0];
          return end;
        }
      } else {
        spend(1);
      }
      if (program.atSearchStart()) {
        return -1;
      }
    }
    return -1;
  }

  /// Where the last match starts.
  int start() {
    return keptStart;
  }

  /// The next character's place, or one past the end.
  int after(int at) {
    return at >= length ? at + 1 : at + Character.charCount(codePointAt(at));
  }

  private int codePointAt(int at) {
    char c = text.charAt(at);
    return Character.isHighSurrogate(c) ? text.codePointAt(at) : c;
  }

  private void spend(long steps) {
    stepsLeft -= steps;
    if (stepsLeft < 0) {
      throw tooMuch("steps", BASE_STEPS + STEPS_PER_UNIT * length);
    }
  }

  private IllegalArgumentException tooMuch(String what, long most) {
    return new IllegalArgumentException(
        ("the pattern «%s» needs more than %d %s on a text of %d units; write it without nested"
                + " repetitions, or with atomic ones (?>…)")
            .formatted(PatternReader.shown(pattern), most, what, length));
  }

  private void push(int a, int b, int c, int kind) {
    if (height + WORDS > stack.length) {
      if (stack.length >= MOST_STACK) {
        throw tooMuch("words of memory", MOST_STACK);
      }
      stack = Arrays.copyOf(stack, Math.min(stack.length * 2, MOST_STACK));
    }
    stack[height] = a;
    stack[height + 1] = b;
    stack[height + 2] = c;
    stack[height + 3] = kind;
    height += WORDS;
  }

  private void set(int register, int value) {
    push(register, registers[register], 0, UNDO);
    registers[register] = value;
  }

  /// Runs the program from a position; gives the end of the match or -1.
  private int match(int from) {
    height = 0;
    Arrays.fill(registers, -1);
    registers[0] = from;
    int pc = 0;
    int at = from;
    while (true) {
      spend(1);
      boolean fails = false;
      switch (code[pc]) {
        case Program.MATCH -> {
          return at;
        }
        case Program.CHAR -> {
          if (at < length && text.charAt(at) == code[pc + 1]) {
            at++;
            pc += 2;
          } else {
            fails = true;
          }
        }
        case Program.SET -> {
          int c = at < length ? codePointAt(at) : -1;
          if (c >= 0 && sets[code[pc + 1]].contains(c)) {
            at += Character.charCount(c);
            pc += 2;
          } else {
            fails = true;
          }
        }
        case Program.JUMP -> pc = code[pc + 1];
        case Program.SPLIT -> {
          push(code[pc + 1], at, 0, WAY);
          pc += 2;
        }
        case Program.SPLIT_LAZY -> {
          push(pc + 2, at, 0, WAY);
          pc = code[pc + 1];
        }
        case Program.GUARD ->
            pc =
                at < length && sets[code[pc + 1]].contains(codePointAt(at)) ? pc + 3 : code[pc + 2];
        case Program.SAVE -> {
          set(code[pc + 1], at);
          pc += 2;
        }
        case Program.PLACE -> {
          if (isAt(PLACES[code[pc + 1]], at)) {
            pc += 2;
          } else {
            fails = true;
          }
        }
        case Program.RUN, Program.RUN_ALL -> {
          CodeSet set = sets[code[pc + 1]];
          int least = forward(set, at, code[pc + 2]);
          if (least < 0) {
            fails = true;
          } else {
            int most = code[pc + 3];
            int end =
                greedy(set, least, most == RegexNode.Repeat.UNBOUNDED ? most : most - code[pc + 2]);
            if (end > least && code[pc] == Program.RUN) {
              push(pc + 4, end, least, GIVE_BACK);
            }
            at = end;
            pc += 4;
          }
        }
        case Program.RUN_LAZY -> {
          at = forward(sets[code[pc + 1]], at, code[pc + 2]);
          if (at < 0) {
            fails = true;
          } else {
            push(pc, at, code[pc + 3] - code[pc + 2], TAKE_MORE);
            pc += 4;
          }
        }
        case Program.IF_STILL -> pc = registers[code[pc + 1]] == at ? code[pc + 2] : pc + 3;
        case Program.ZERO -> {
          set(code[pc + 1], 0);
          pc += 2;
        }
        case Program.COUNT -> {
          int count = registers[code[pc + 1]];
          if (count < code[pc + 2]) {
            pc += 6;
          } else if (count >= code[pc + 3]) {
            pc = code[pc + 4];
          } else if (code[pc + 5] != 0) {
            push(code[pc + 4], at, 0, WAY);
            pc += 6;
          } else {
            push(pc + 6, at, 0, WAY);
            pc = code[pc + 4];
          }
        }
        case Program.COUNTED -> {
          set(code[pc + 1], registers[code[pc + 1]] + 1);
          pc += 2;
        }
        case Program.KEEP_BEGIN -> {
          int register = code[pc + 1];
          set(register, height + WORDS);
          pc += 2;
        }
        case Program.KEEP_END -> {
          cut(registers[code[pc + 1]]);
          pc += 2;
        }
        case Program.AHEAD_BEGIN -> {
          int register = code[pc + 1];
          set(register + 1, at);
          set(register, height + WORDS);
          pc += 2;
        }
        case Program.AHEAD_END -> {
          at = registers[code[pc + 1] + 1];
          cut(registers[code[pc + 1]]);
          pc += 2;
        }
        case Program.NOT_BEGIN -> {
          set(code[pc + 1], height + WORDS);
          push(code[pc + 2], at, 0, WAY);
          pc += 3;
        }
        case Program.NOT_END -> {
          undo(registers[code[pc + 1]]);
          fails = true;
        }
        case Program.BEHIND -> {
          set(code[pc + 1], at);
          int start = backward(at, code[pc + 2]);
          if (start < 0) {
            fails = true;
          } else {
            push(pc + 4, start, code[pc + 3] - code[pc + 2], EARLIER);
            at = start;
            pc += 4;
          }
        }
        case Program.BEHIND_END -> {
          if (at == registers[code[pc + 1]]) {
            pc += 2;
          } else {
            fails = true;
          }
        }
        case Program.BACK -> {
          at = back(program.backs().get(code[pc + 1]), code[pc + 2] != 0, at);
          pc += 3;
          fails = at < 0;
        }
        case Program.CLUSTER -> {
          at = at < length ? clusters().end(at) : -1;
          pc += 1;
          fails = at < 0;
        }
        case Program.FAIL -> fails = true;
        default -> throw new IllegalStateException("operation " + code[pc]);
      }
      if (!fails) {
        continue;
      }
      // Back to the latest place where there is another way.
      boolean found = false;
      while (!found) {
        if (height == 0) {
          return -1;
        }
        spend(1);
        int top = height - WORDS;
        switch (stack[top + 3]) {
          case UNDO -> {
            registers[stack[top]] = stack[top + 1];
            height = top;
          }
          case WAY -> {
            pc = stack[top];
            at = stack[top + 1];
            height = top;
            found = true;
          }
          case GIVE_BACK -> {
            pc = stack[top];
            at = before(stack[top + 1]);
            if (at <= stack[top + 2]) {
              height = top;
            } else {
              stack[top + 1] = at;
            }
            found = true;
          }
          case TAKE_MORE -> {
            int run = stack[top];
            int next = stack[top + 2] > 0 ? forward(sets[code[run + 1]], stack[top + 1], 1) : -1;
            if (next < 0) {
              height = top;
            } else {
              stack[top + 1] = next;
              stack[top + 2] -= stack[top + 2] == RegexNode.Repeat.UNBOUNDED ? 0 : 1;
              at = next;
              pc = run + 4;
              found = true;
            }
          }
          default -> {
            if (stack[top + 2] <= 0 || stack[top + 1] == 0) {
              height = top;
            } else {
              pc = stack[top];
              at = before(stack[top + 1]);
              stack[top + 1] = at;
              stack[top + 2] -= 1;
              found = true;
            }
          }
        }
      }
    }
  }

  /// Drops the other ways above a height, and keeps what must be set back.
  private void cut(int to) {
    int kept = to;
    for (int i = to; i < height; i += WORDS) {
      if (stack[i + 3] == UNDO) {
        System.arraycopy(stack, i, stack, kept, WORDS);
        kept += WORDS;
      }
    }
    spend((height - to) / WORDS);
    height = kept;
  }

  /// Drops all above a height, and sets back what is to be set back.
  private void undo(int to) {
    while (height > to) {
      height -= WORDS;
      if (stack[height + 3] == UNDO) {
        registers[stack[height]] = stack[height + 1];
      }
    }
  }

  /// The place after exactly so many of a set, or -1.
  private int forward(CodeSet set, int from, int count) {
    int at = from;
    for (int i = 0; i < count; i++) {
      int c = at < length ? codePointAt(at) : -1;
      if (c < 0 || !set.contains(c)) {
        return -1;
      }
      at += Character.charCount(c);
    }
    spend(at - from >> 3);
    return at;
  }

  private int greedy(CodeSet set, int from, int most) {
    int at = from;
    for (int i = 0; i < most && at < length; i++) {
      int c = codePointAt(at);
      if (!set.contains(c)) {
        break;
      }
      at += Character.charCount(c);
    }
    spend(at - from >> 3);
    return at;
  }

  private int before(int at) {
    return at - Character.charCount(text.codePointBefore(at));
  }

  private int backward(int from, int count) {
    int at = from;
    for (int i = 0; i < count; i++) {
      if (at == 0) {
        return -1;
      }
      at = before(at);
    }
    return at;
  }

  private boolean isAt(RegexNode.Place place, int at) {
    return switch (place) {
      case LINE_START -> at == 0 || at < length && text.charAt(at - 1) == '\n';
      case LINE_END -> at == length || text.charAt(at) == '\n';
      case TEXT_START -> at == 0;
      case TEXT_END -> at == length;
      case TEXT_END_OR_LAST_NEWLINE -> at == length || at == length - 1 && text.charAt(at) == '\n';
      case WORD_EDGE -> isWordEdge(at, program.word());
      case NO_WORD_EDGE -> !isWordEdge(at, program.word());
      case ASCII_WORD_EDGE -> isWordEdge(at, program.word().and(CodeSet.ofRange(0, 0x7f)));
      case NO_ASCII_WORD_EDGE -> !isWordEdge(at, program.word().and(CodeSet.ofRange(0, 0x7f)));
      case SEARCH_START -> at == searchStart;
      case KEEP -> {
        set(0, at);
        yield true;
      }
    };
  }

  private boolean isWordEdge(int at, CodeSet word) {
    boolean before = at > 0 && word.contains(text.codePointBefore(at));
    boolean after = at < length && word.contains(codePointAt(at));
    return before != after;
  }

  private int back(int[] groups, boolean ignoreCase, int at) {
    for (int group : groups) {
      int from = registers[2 * group];
      int to = registers[2 * group + 1];
      if (from >= 0 && to >= from) {
        int end = at + to - from;
        spend(to - from >> 3);
        return text.regionMatches(ignoreCase, at, text, from, to - from) ? end : -1;
      }
    }
    return -1;
  }

  private Clusters clusters() {
    Clusters found = clusters;
    if (found == null) {
      found = new Clusters(text);
      clusters = found;
    }
    return found;
  }
}
