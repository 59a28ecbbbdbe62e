package dev.imago.corpus;

import dev.imago.duplicates.Deduplication;
import dev.imago.duplicates.Outcomes;
import dev.imago.duplicates.SignatureFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What becomes of each document of a set, once all are judged by themselves: dropped by a rule of
/// its own or as a duplicate, or kept on one side. A pure function of the set, in whatever order it
/// comes. Holds about 200 bytes a document, and no text: what documents are compared by lies on
/// disk ([Deduplication]).
public final class Selection {
  private final Judged[] documents;
  private final Decision[] decisions;
  private final LengthCounts lengths = new LengthCounts();
  private final SelectionCounts counts = new SelectionCounts();

  private Selection(CorpusRules rules, Judged[] documents, Deduplication deduplication) {
    this.documents = documents;
    for (Judged document : documents) {
      lengths.add(document.judgement());
    }
    boolean steppedBack = lengths.steppedBack(rules);
    decisions = new Decision[documents.length];
    var heldOut = new HeldOutCounts(rules);
    try (Outcomes outcomes =
        deduplication.decide(place -> judgement(place).own(steppedBack).isEmpty())) {
      for (int i = 0; i < documents.length; i++) {
        Judgement judgement = documents[i].judgement();
        Optional<BrokenRule> own = judgement.own(steppedBack);
        decisions[i] =
            own.isPresent()
                ? new Decision.Dropped(own.get(), "")
                : Decision.of(outcomes.of(documents[i].place()));
        counts.add(judgement, decisions[i]);
        if (!(decisions[i] instanceof Decision.Dropped)) {
          heldOut.add(documents[i].id());
        }
      }
    }
    HeldOut sides = heldOut.heldOut();
    for (int i = 0; counts.kept() > 1 && i < documents.length; i++) {
      decisions[i] = decisions[i].among(sides, documents[i].id());
    }
  }

  /// Gathers judged documents, in any order, before they are decided. What they are compared by
  /// goes to disk.
  public static final class Gathering implements AutoCloseable {
    private final CorpusRules rules;
    private final Deduplication deduplication;
    private final List<Judged> documents = new ArrayList<>();

    /// @param folder to work in
    /// @param memoryBytes for comparing documents
    public Gathering(CorpusRules rules, Path folder, long memoryBytes) {
      this.rules = rules;
      this.deduplication = new Deduplication(rules.duplicates(), folder, memoryBytes);
    }

    /// Documents of an earlier corpus, which stay.
    ///
    /// @param signatures such a file ([SignatureFile])
    public void addEarlier(Path signatures) {
      SignatureFile.read(signatures, rules.duplicates(), deduplication::addEarlier);
    }

    public void add(Judged judged) {
      Judgement judgement = judged.judgement();
      judgement
          .traits()
          .ifPresent(traits -> deduplication.add(judged.place(), judged.id(), traits));
      documents.add(new Judged(judged.place(), judged.id(), judgement.withoutTraits()));
    }

    /// @throws IllegalArgumentException for two documents in one place
    public Selection decide() {
      Judged[] sorted = documents.toArray(Judged[]::new);
      Arrays.sort(sorted, Comparator.comparingLong(Judged::place));
      for (int i = 1; i < sorted.length; i++) {
        if (sorted[i].place() == sorted[i - 1].place()) {
          throw new IllegalArgumentException("two documents in place " + sorted[i].place());
        }
      }
      return new Selection(rules, sorted, deduplication);
    }

    @Override
    public void close() {
      deduplication.close();
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

  public Judgement judgement(long place) {
    return documents[index(place)].judgement();
  }

  public Decision decision(long place) {
    return decisions[index(place)];
  }

  private int index(long place) {
    int low = 0;
    int high = documents.length - 1;
    // Places are most often 0, 1, 2 …
    if (place >= 0 && place <= high && documents[(int) place].place() == place) {
      return (int) place;
    }
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compare(documents[middle].place(), place);
      if (order == 0) {
        return middle;
      }
      low = order < 0 ? middle + 1 : low;
      high = order > 0 ? middle - 1 : high;
    }
    throw new IllegalArgumentException("no document in place " + place);
  }

  /// All decisions, in order of places.
  public List<Decision> decisions() {
    return List.of(decisions);
  }
}
