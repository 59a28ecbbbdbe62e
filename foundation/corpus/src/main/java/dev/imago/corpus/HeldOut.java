package dev.imago.corpus;

import dev.imago.core.InputException;
import dev.imago.data.Split;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which of the documents that stay are held out.
///
/// A document is held out by its id's hash alone, so that others coming or going do not move it.
/// Where that would hold out too few to measure by (two, of ten and more) or all, the border moves.
/// Where the ids of those to hold out are given, they decide, and no hash does.
public final class HeldOut {
  private final Predicate<String> held;

  private HeldOut(Predicate<String> held) {
    this.held = held;
  }

  /// @param kept the ids of all documents that stay, in any order
  /// @throws InputException where the ids that are given are those of all documents, or of none
  public static HeldOut of(CorpusRules rules, Collection<String> kept) {
    var counts = new HeldOutCounts(rules);
    kept.forEach(counts::add);
    return counts.heldOut();
  }

  static HeldOut below(double border, long seed) {
    return new HeldOut(id -> place(id, seed) < border);
  }

  static HeldOut named(List<String> patterns) {
    List<Predicate<String>> each =
        patterns.stream().map(HeldOut::pattern).map(Pattern::asMatchPredicate).toList();
    return new HeldOut(id -> each.stream().anyMatch(pattern -> pattern.test(id)));
  }

  private static Pattern pattern(String text) {
    return Pattern.compile(
        Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  public Split side(String id) {
    return held.test(id) ? Split.HELDOUT : Split.TRAIN;
  }

  /// Where an id's hash lies in 0 … 1.
  static double place(String id, long seed) {
    return (Hash.of(id, seed) >>> 11) * 0x1p-53;
  }
}
