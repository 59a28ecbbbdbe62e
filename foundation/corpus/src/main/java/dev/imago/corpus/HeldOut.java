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
  /// With so many documents a second one held out costs little, and gives an interval.
  private static final int ENOUGH = 10;

  private final Predicate<String> held;

  private HeldOut(Predicate<String> held) {
    this.held = held;
  }

  /// @param kept the ids of all documents that stay, in any order
  /// @throws InputException where the ids that are given are those of all documents, or of none
  public static HeldOut of(CorpusRules rules, Collection<String> kept) {
    return rules.heldoutDocuments().isEmpty()
        ? byHash(rules.heldoutFraction(), rules.heldoutSeed(), kept)
        : named(rules.heldoutDocuments(), kept);
  }

  private static HeldOut byHash(double fraction, long seed, Collection<String> kept) {
    double[] places = kept.stream().mapToDouble(id -> place(id, seed)).sorted().toArray();
    double below = fraction;
    if (places.length >= 2) {
      int least = places.length >= ENOUGH ? 2 : 1;
      below = Math.max(below, places[least]);
      // All documents but the last; `least` is fewer.
      below = Math.min(below, places[places.length - 1]);
    }
    double border = below;
    return new HeldOut(id -> place(id, seed) < border);
  }

  private static HeldOut named(List<String> patterns, Collection<String> kept) {
    Predicate<String> held =
        patterns.stream()
            .map(HeldOut::pattern)
            .map(Pattern::asMatchPredicate)
            .reduce(id -> false, Predicate::or);
    long count = kept.stream().filter(held).count();
    if (count == 0 || count == kept.size()) {
      String some = kept.stream().sorted().limit(3).collect(Collectors.joining(", "));
      throw new InputException(
          "prepare.heldoutDocuments = %s is the id of %s of the %,d documents that are kept, such as %s; name some of them, * for any text"
              .formatted(patterns, count == 0 ? "none" : "each", kept.size(), some));
    }
    return new HeldOut(held);
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
  private static double place(String id, long seed) {
    return (Hash.of(id, seed) >>> 11) * 0x1p-53;
  }
}
