package dev.imago.corpus;

import dev.imago.data.Split;
import dev.imago.duplicates.Outcome;
import java.util.function.Supplier;

/// What becomes of a document.
public sealed interface Decision {
  /// It stays, on one side.
  ///
  /// @param group how many documents it stands for: 1 where none repeats it
  record Kept(Split side, long group) implements Decision {}

  /// It is the only one that stays: its end is held out.
  ///
  /// @param group how many documents it stands for: 1 where none repeats it
  record Cut(long group) implements Decision {}

  /// It goes.
  ///
  /// @param of the id of the document that it repeats; empty where that is not why
  record Dropped(BrokenRule rule, String of) implements Decision {}

  /// What becomes of a document that breaks no rule by itself: dropped as a duplicate, or kept as
  /// if it were the only one.
  static Decision of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Repeats repeats -> new Dropped(rule(repeats), repeats.of());
      case Outcome.Stands(long group) -> new Cut(group);
      case Outcome.Alone() -> new Cut(1);
    };
  }

  private static BrokenRule rule(Outcome.Repeats repeats) {
    return new BrokenRule(
        switch (repeats.likeness()) {
          case EXACT -> CorpusRules.EXACT;
          case ADDRESS -> CorpusRules.ADDRESS;
          case NEAR -> CorpusRules.NEAR;
        },
        repeats.similarity());
  }

  /// The same of one that is not the only one.
  default Decision among(HeldOut heldOut, String id) {
    return among(heldOut, () -> id);
  }

  /// @param id asked for where the document stays
  default Decision among(HeldOut heldOut, Supplier<String> id) {
    return this instanceof Cut(long group) ? new Kept(heldOut.side(id.get()), group) : this;
  }
}
