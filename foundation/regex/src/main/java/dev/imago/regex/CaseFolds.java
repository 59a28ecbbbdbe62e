package dev.imago.regex;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Which characters are one letter in different case, by Unicode's full case folding: `k`, `K` and
/// the Kelvin sign; `ß` and `ss`. Derived from the JDK's case mappings.
final class CaseFolds {
  /// By each code point that has others: all of its kind, itself included.
  private final Map<Integer, CodeSet> same = new HashMap<>();

  /// By each code point that folds to several: what it folds to.
  private final Map<Integer, int[]> several = new HashMap<>();

  /// By what they fold to: the code points that do.
  private final Map<List<Integer>, CodeSet> ofSeveral = new HashMap<>();

  CaseFolds() {
    var kinds = new HashMap<Integer, CodeSet>();
    for (int c = 0; c < CodeSet.LIMIT; c++) {
      if (!hasCase(c)) {
        continue;
      }
      int one = foldOne(c);
      if (one != c) {
        int from = c;
        kinds.merge(one, CodeSet.of(c).or(CodeSet.of(one)), (a, b) -> a.or(CodeSet.of(from)));
      }
      int[] folded = foldAll(c);
      if (folded.length > 1) {
        several.put(c, folded);
        var key = new ArrayList<Integer>();
        for (int f : folded) {
          key.add(f);
        }
        ofSeveral.merge(key, CodeSet.of(c), CodeSet::or);
      }
    }
    for (CodeSet kind : kinds.values()) {
      for (int c : kind.toArray()) {
        same.put(c, kind);
      }
    }
  }

  /// All that a code point equals when case does not count, itself included.
  CodeSet same(int codePoint) {
    CodeSet set = same.get(codePoint);
    return set == null ? CodeSet.of(codePoint) : set;
  }

  /// The set and all that its code points equal.
  CodeSet closure(CodeSet set) {
    CodeSet out = set;
    for (Map.Entry<Integer, CodeSet> entry : same.entrySet()) {
      if (set.contains(entry.getKey())) {
        out = out.or(entry.getValue());
      }
    }
    return out;
  }

  /// The two or three code points that one folds to; empty where it folds to one.
  int[] several(int codePoint) {
    return several.getOrDefault(codePoint, new int[0]);
  }

  /// The code points of a set that fold to several.
  List<Integer> foldingToSeveral(CodeSet set) {
    return several.keySet().stream().filter(set::contains).sorted().toList();
  }

  /// The code points that fold to the same as a row of two or three does.
  CodeSet foldingTo(List<Integer> row) {
    return ofSeveral.getOrDefault(row.stream().map(CaseFolds::foldOne).toList(), CodeSet.NONE);
  }

  /// Simple folding.
  static int foldOne(int c) {
    if (c < 128) {
      return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
    // The dotted capital I folds to two, and the dotless i to nothing else.
    if (c == 0x130 || c == 0x131) {
      return c;
    }
    return Character.toLowerCase(Character.toUpperCase(c));
  }

  private static boolean hasCase(int c) {
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER ->
          true;
      case Character.UNASSIGNED, Character.SURROGATE, Character.PRIVATE_USE -> false;
      default -> Character.toUpperCase(c) != c || Character.toLowerCase(c) != c;
    };
  }

  private static int[] foldAll(int c) {
    if (c < 128 || c == 0x131) {
      return new int[] {c};
    }
    String text = Character.toString(c);
    String folded = text.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return folded.codePoints().map(CaseFolds::foldOne).toArray();
  }
}
