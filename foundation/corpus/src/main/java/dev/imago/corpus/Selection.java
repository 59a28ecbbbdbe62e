package dev.imago.corpus;

import dev.imago.duplicates.Deduplication;
import dev.imago.duplicates.Outcome;
import dev.imago.duplicates.Outcomes;
import dev.imago.duplicates.SignatureFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What becomes of each document of a set, once all are judged by themselves: dropped by a rule of
/// its own or as a duplicate, or kept on one side. A pure function of the set, in whatever order it
/// comes. Holds about 200 bytes a document, and no text: what documents are compared by lies on
/// disk ([Deduplication]).
public final class Selection {
  private final CorpusRules rules;
  private final Judged[] documents;
  private final Decision[] decisions;
  private final boolean steppedBack;

  /// The rule that dropped most documents.
  ///
  /// @param least the least that it measured in them
  public record Worst(String rule, long documents, double least, double most) {}

  private Selection(CorpusRules rules, Judged[] documents, Deduplication deduplication) {
    this.rules = rules;
    this.documents = documents;
    steppedBack = stepsBack();
    var own = new ArrayList<Optional<BrokenRule>>(documents.length);
    for (Judged document : documents) {
      Judgement judgement = document.judgement();
      own.add(judgement.broken().or(() -> steppedBack ? Optional.empty() : judgement.length()));
    }
    decisions = new Decision[documents.length];
    try (Outcomes outcomes = deduplication.decide(place -> own.get(index(place)).isEmpty())) {
      var stay = new ArrayList<String>();
      for (int i = 0; i < documents.length; i++) {
        Optional<BrokenRule> broken = own.get(i);
        decisions[i] =
            broken.isPresent()
                ? new Decision.Dropped(broken.get(), "")
                : decision(outcomes.of(documents[i].place()));
        if (!(decisions[i] instanceof Decision.Dropped)) {
          stay.add(documents[i].id());
        }
      }
      HeldOut heldOut = HeldOut.of(rules, stay);
      for (int i = 0; stay.size() > 1 && i < documents.length; i++) {
        if (decisions[i] instanceof Decision.Cut(long group)) {
          decisions[i] = new Decision.Kept(heldOut.side(documents[i].id()), group);
        }
      }
    }
  }

  /// A document that stays, as if it were the only one.
  private static Decision decision(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Repeats repeats -> new Decision.Dropped(rule(repeats), repeats.of());
      case Outcome.Stands(long group) -> new Decision.Cut(group);
      case Outcome.Alone() -> new Decision.Cut(1);
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

  /// Whether the rule of length would drop so many that it is the corpus that is short.
  private boolean stepsBack() {
    long prose = 0;
    for (Judged document : documents) {
      Judgement judgement = document.judgement();
      prose += judgement.form().isPresent() && judgement.broken().isEmpty() ? 1 : 0;
    }
    return rules.prose().usualLength() && shortOrLong() > rules.forms().stepBack() * prose;
  }

  /// Whether the rule of length dropped nothing because it would have dropped too much.
  public boolean steppedBack() {
    return steppedBack;
  }

  /// How many documents the rule of length would have dropped.
  public long shortOrLong() {
    return Arrays.stream(documents).filter(d -> d.judgement().length().isPresent()).count();
  }

  public int size() {
    return documents.length;
  }

  public int kept() {
    return (int) Arrays.stream(decisions).filter(d -> !(d instanceof Decision.Dropped)).count();
  }

  /// The share of the bytes that is kept.
  public double keptBytes() {
    long kept = 0;
    long all = 0;
    for (int i = 0; i < documents.length; i++) {
      long bytes = documents[i].judgement().bytes();
      all += bytes;
      kept += decisions[i] instanceof Decision.Dropped ? 0 : bytes;
    }
    return all == 0 ? 0 : (double) kept / all;
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

  /// The rule that dropped most; none where no document was dropped.
  public Optional<Worst> worst() {
    var dropped = new HashMap<String, DoubleSummaryStatistics>();
    for (Decision decision : decisions) {
      if (decision instanceof Decision.Dropped(BrokenRule rule, _)) {
        dropped
            .computeIfAbsent(rule.rule(), name -> new DoubleSummaryStatistics())
            .accept(rule.measured());
      }
    }
    return dropped.entrySet().stream()
        .max(
            Comparator.comparingLong(
                    (Map.Entry<String, DoubleSummaryStatistics> e) -> e.getValue().getCount())
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(
            e ->
                new Worst(
                    e.getKey(),
                    e.getValue().getCount(),
                    e.getValue().getMin(),
                    e.getValue().getMax()));
  }

  /// All decisions, in order of places.
  public List<Decision> decisions() {
    return List.of(decisions);
  }
}
