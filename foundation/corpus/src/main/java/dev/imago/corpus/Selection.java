package dev.imago.corpus;

import dev.imago.duplicates.Deduplication;
import dev.imago.duplicates.Outcomes;
import dev.imago.duplicates.SignatureFile;
import java.nio.file.Path;
import java.util.Optional;

/// What becomes of each document of a set, once all are judged by themselves: dropped by a rule of
/// its own or as a duplicate, or kept on one side. A pure function of the set, in whatever order it
/// comes. What is known of the documents lies on disk, 64 bytes of each beside what they are
/// compared by ([Deduplication]): the heap holds none of them.
public final class Selection implements AutoCloseable {
  private final CorpusRules rules;
  private final JudgementFile documents;
  private final Outcomes outcomes;
  private final LengthCounts lengths = new LengthCounts();
  private final boolean steppedBack;
  private SelectionCounts counts = new SelectionCounts();
  private Optional<HeldOut> sides = Optional.empty();

  private Selection(CorpusRules rules, JudgementFile documents, Deduplication deduplication) {
    this.rules = rules;
    this.documents = documents;
    documents.each(place -> lengths.add(documents.judgement(place)));
    steppedBack = lengths.steppedBack(rules);
    outcomes = deduplication.decide(place -> documents.unbroken(place, steppedBack));
    try {
      settle();
    } catch (RuntimeException | Error e) {
      outcomes.close();
      throw e;
    }
  }

  /// Counts what stays, and draws the sides of the split anew.
  ///
  /// @throws dev.imago.core.InputException where the ids of what is held out are those of all
  ///   documents, or of none
  public void settle() {
    counts = new SelectionCounts();
    var heldOut = new HeldOutCounts(rules);
    documents.each(
        place -> {
          Decision decision = alone(place);
          counts.add(documents.judgement(place), decision);
          if (!(decision instanceof Decision.Dropped)) {
            heldOut.add(outcomes.id(documents.number(place)));
          }
        });
    HeldOut drawn = heldOut.heldOut();
    sides = counts.kept() > 1 ? Optional.of(drawn) : Optional.empty();
  }

  /// Drops a document that would have stayed: until [#settle], it counts as before.
  public void drop(long place, BrokenRule rule) {
    documents.drop(place, rule);
  }

  /// Gathers judged documents, in any order, before they are decided. What is known of them goes to
  /// disk.
  public static final class Gathering implements AutoCloseable {
    private final CorpusRules rules;
    private final Deduplication deduplication;
    private final JudgementFile documents;
    private boolean decided;

    /// @param folder to work in
    /// @param memoryBytes for comparing documents
    public Gathering(CorpusRules rules, Path folder, long memoryBytes) {
      this.rules = rules;
      this.deduplication = new Deduplication(rules.duplicates(), folder, memoryBytes);
      this.documents = new JudgementFile(folder);
    }

    /// Documents of an earlier corpus, which stay.
    ///
    /// @param signatures such a file ([SignatureFile])
    public void addEarlier(Path signatures) {
      SignatureFile.read(signatures, rules.duplicates(), deduplication::addEarlier);
    }

    /// @throws IllegalArgumentException for two documents in one place
    public void add(Judged judged) {
      Judgement judgement = judged.judgement();
      long number =
          judgement
              .traits()
              .map(traits -> deduplication.add(judged.place(), judged.id(), traits))
              .orElse(JudgementFile.NOT_COMPARED);
      documents.add(judged.place(), judgement, number);
    }

    /// What becomes of them: once.
    public Selection decide() {
      var selection = new Selection(rules, documents, deduplication);
      decided = true;
      return selection;
    }

    @Override
    public void close() {
      deduplication.close();
      if (!decided) {
        documents.close();
      }
    }
  }

  /// How many documents the rule of length would have dropped.
  public LengthCounts lengths() {
    return lengths;
  }

  /// How many documents there are and are kept, and what dropped the others.
  public SelectionCounts counts() {
    return counts;
  }

  /// Whether the rule of length stepped back for all.
  public boolean steppedBack() {
    return steppedBack;
  }

  /// @throws IllegalArgumentException where no document is in this place
  public Judgement judgement(long place) {
    return documents.judgement(place);
  }

  public Decision decision(long place) {
    Decision decision = alone(place);
    return sides
        .map(drawn -> decision.among(drawn, () -> outcomes.id(documents.number(place))))
        .orElse(decision);
  }

  /// As if it were the only one that stays.
  private Decision alone(long place) {
    return documents
        .judgement(place)
        .own(steppedBack)
        .<Decision>map(own -> new Decision.Dropped(own, ""))
        .or(() -> documents.dropped(place).map(gone -> new Decision.Dropped(gone, "")))
        .orElseGet(() -> Decision.of(outcomes.of(place)));
  }

  @Override
  public void close() {
    documents.close();
    outcomes.close();
  }
}
