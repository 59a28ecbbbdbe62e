package dev.imago.corpus;

import dev.imago.core.InputException;
import dev.imago.data.Split;
import java.io.Serializable;
import java.util.Arrays;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What decides, of the ids of all documents that stay, which are held out ([HeldOut]): a few
/// numbers, however many they are. Counts of parts add up.
public final class HeldOutCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  /// With so many documents a second one held out costs little, and gives an interval.
  private static final int ENOUGH = 10;

  private static final int SHOWN = 3;

  private final CorpusRules rules;
  private transient @Nullable HeldOut names;
  private long kept;
  private long named;

  /// The first of all places, in order, with repetitions.
  private double[] first = {};

  private double last;

  /// The first ids of all.
  private final TreeSet<String> some = new TreeSet<>();

  public HeldOutCounts(CorpusRules rules) {
    this.rules = rules;
  }

  /// Takes the id of a document that stays.
  public void add(String id) {
    kept++;
    if (names == null) {
      names = HeldOut.named(rules.heldoutDocuments());
    }
    named += names.side(id) == Split.HELDOUT ? 1 : 0;
    double place = HeldOut.place(id, rules.heldoutSeed());
    last = Math.max(last, place);
    place(place);
    some(id);
  }

  private void place(double place) {
    if (first.length < SHOWN || place < first[SHOWN - 1]) {
      first = Arrays.copyOf(first, first.length + 1);
      first[first.length - 1] = place;
      Arrays.sort(first);
      first = Arrays.copyOf(first, Math.min(SHOWN, first.length));
    }
  }

  private void some(String id) {
    some.add(id);
    if (some.size() > SHOWN) {
      some.removeLast();
    }
  }

  /// Adds what was taken of other documents.
  public HeldOutCounts and(HeldOutCounts others) {
    kept += others.kept;
    named += others.named;
    last = Math.max(last, others.last);
    for (double place : others.first) {
      place(place);
    }
    others.some.forEach(this::some);
    return this;
  }

  /// Which are held out.
  ///
  /// @throws InputException where the ids that are given are those of all documents, or of none
  public HeldOut heldOut() {
    if (rules.heldoutDocuments().isEmpty()) {
      return HeldOut.below(border(), rules.heldoutSeed());
    }
    if (named == 0 || named == kept) {
      throw new InputException(
          "prepare.heldoutDocuments = %s is the id of %s of the %,d documents that are kept, such as %s; name some of them, * for any text"
              .formatted(
                  rules.heldoutDocuments(),
                  named == 0 ? "none" : "each",
                  kept,
                  String.join(", ", some)));
    }
    return HeldOut.named(rules.heldoutDocuments());
  }

  private double border() {
    if (kept < 2) {
      return rules.heldoutFraction();
    }
    int least = kept >= ENOUGH ? 2 : 1;
    // All documents but the last; `least` is fewer.
    return Math.min(Math.max(rules.heldoutFraction(), first[least]), last);
  }
}
