package dev.imago.regex;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns rows of plain characters into nodes, with or without regard to case.
final class LetterCase {
  private @Nullable CaseFolds folds;
  private int behind;

  /// The foldings, made when first asked for.
  CaseFolds folds() {
    CaseFolds made = folds;
    if (made == null) {
      made = new CaseFolds();
      folds = made;
    }
    return made;
  }

  /// Enters, with 1, or leaves, with -1, a look behind: one letter is no two letters there.
  void lookBehind(int deeper) {
    behind += deeper;
  }

  boolean isBehind() {
    return behind > 0;
  }

  /// Ends a row of characters.
  void flush(List<Integer> row, boolean ignoreCase, List<RegexNode> parts) {
    if (ignoreCase) {
      folded(row, parts);
    } else {
      row.forEach(c -> parts.add(new RegexNode.One(CodeSet.of(c))));
    }
    row.clear();
  }

  /// One character, which may be repeated.
  RegexNode one(int c, boolean ignoreCase) {
    return ignoreCase ? one(c) : new RegexNode.One(CodeSet.of(c));
  }

  private void folded(List<Integer> row, List<RegexNode> parts) {
    for (int i = 0; i < row.size(); i++) {
      int c = row.get(i);
      RegexNode one = one(c);
      var ways = new ArrayList<RegexNode>();
      int taken = 1;
      for (int length = Math.min(3, row.size() - i);
          length > 1 && ways.isEmpty() && behind == 0;
          length--) {
        CodeSet whole = folds().foldingTo(row.subList(i, i + length));
        if (!whole.isEmpty()) {
          ways.add(new RegexNode.One(whole));
          ways.add(new RegexNode.Seq(row.subList(i, i + length).stream().map(this::one).toList()));
          taken = length;
        }
      }
      if (ways.isEmpty()) {
        parts.add(one);
      } else {
        parts.add(new RegexNode.Alt(ways));
      }
      i += taken - 1;
    }
  }

  /// One character in any case, and what it folds to where that is more than one.
  private RegexNode one(int c) {
    return spelledOut(folds().same(c));
  }

  /// The characters of a set in any case, and what they fold to where that is more than one.
  RegexNode withSeveral(CodeSet set) {
    return spelledOut(folds().closure(set));
  }

  private RegexNode spelledOut(CodeSet closed) {
    var ways = new ArrayList<RegexNode>();
    ways.add(new RegexNode.One(closed));
    for (int c : behind > 0 ? List.<Integer>of() : folds().foldingToSeveral(closed)) {
      var several = new ArrayList<RegexNode>();
      var row = new ArrayList<Integer>();
      for (int f : folds().several(c)) {
        row.add(f);
        several.add(new RegexNode.One(folds().same(f)));
      }
      CodeSet others = folds().foldingTo(row);
      if (!others.isEmpty()) {
        ways.set(0, new RegexNode.One(((RegexNode.One) ways.getFirst()).set().or(others)));
      }
      ways.add(new RegexNode.Seq(several));
    }
    return ways.size() == 1 ? ways.getFirst() : new RegexNode.Alt(ways);
  }
}
