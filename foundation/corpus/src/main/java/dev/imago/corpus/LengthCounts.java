package dev.imago.corpus;

import java.io.Serializable;

/// How many documents of a set the rule of length would drop: whether it steps back for all
/// ([FormRules]) hangs on the set. Counts of parts add up.
public final class LengthCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private long prose;
  private long shortOrLong;

  public void add(Judgement judgement) {
    prose += judgement.form().isPresent() && judgement.broken().isEmpty() ? 1 : 0;
    shortOrLong += judgement.length().isPresent() ? 1 : 0;
  }

  /// Adds what was counted of other documents.
  public LengthCounts and(LengthCounts others) {
    prose += others.prose;
    shortOrLong += others.shortOrLong;
    return this;
  }

  /// How many documents the rule of length would drop.
  public long shortOrLong() {
    return shortOrLong;
  }

  /// Whether it would drop so many that it is the corpus that is short.
  public boolean steppedBack(CorpusRules rules) {
    return rules.prose().usualLength() && shortOrLong > rules.forms().stepBack() * prose;
  }
}
