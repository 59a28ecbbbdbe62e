package dev.imago.constraints;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The work that one rule takes to compile, in steps: the same for the same rule, whatever the
/// machine and whatever else runs. A step looks at one state, one edge, one condition or one
/// character, and keeps a few dozen bytes at most; so one bound holds time and memory.
final class Work {
  /// Of one rule: two seconds or so.
  static final long MOST_STEPS = 20_000_000;

  private final String rule;
  private final long most;
  private long steps;

  /// Sets of characters that take long to work out, by name.
  private final Map<String, CodeRanges> sets = new HashMap<>();

  /// @param rule what is compiled, for the message
  Work(String rule) {
    this(rule, MOST_STEPS);
  }

  /// @param most steps that it may take
  Work(String rule, long most) {
    this.rule = rule;
    this.most = most;
  }

  /// @throws ConstraintException where the rule takes more than it may
  void spend(long more) {
    steps += more;
    if (steps > most) {
      throw new ConstraintException(
          "%s takes more than %,d steps to compile; make it smaller: shorter lists, smaller bounds and repetitions, fewer alternatives inside one another"
              .formatted(rule, most));
    }
  }

  long steps() {
    return steps;
  }

  /// A set by its name, worked out once.
  CodeRanges set(String name, Supplier<CodeRanges> found) {
    CodeRanges known = sets.get(name);
    if (known == null) {
      spend(CodeRanges.LAST / 2); // all characters are looked at
      known = found.get();
      sets.put(name, known);
    }
    return known;
  }
}
