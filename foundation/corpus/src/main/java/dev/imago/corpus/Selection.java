package dev.imago.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What becomes of each document of a set, once all are judged by themselves: dropped by a rule of
/// its own or as a duplicate, or kept on one side. A pure function of the set, in whatever order it
/// comes. Holds about 700 bytes a document, most of it its signature, and no text.
public final class Selection {
  private final CorpusRules rules;
  private final Judged[] documents;
  private final Decision[] decisions;
  private final boolean steppedBack;

  /// The rule that dropped most documents.
  ///
  /// @param least the least that it measured in them
  public record Worst(String rule, long documents, double least, double most) {}

  private Selection(CorpusRules rules, Judged[] documents) {
    this.rules = rules;
    this.documents = documents;
    steppedBack = stepsBack();
    var own = new ArrayList<Optional<BrokenRule>>(documents.length);
    var stay = new ArrayList<Judged>();
    for (Judged document : documents) {
      Judgement judgement = document.judgement();
      Optional<BrokenRule> broken =
          judgement.broken().or(() -> steppedBack ? Optional.empty() : judgement.length());
      own.add(broken);
      if (broken.isEmpty()) {
        stay.add(document);
      }
    }
    Map<Long, Duplicates.Repeated> repeated = Duplicates.of(rules, stay);
    stay.removeIf(document -> repeated.containsKey(document.place()));
    HeldOut heldOut = HeldOut.of(rules, stay.stream().map(Judged::id).toList());
    decisions = new Decision[documents.length];
    for (int i = 0; i < documents.length; i++) {
      Duplicates.Repeated repeats = repeated.get(documents[i].place());
      Optional<BrokenRule> broken = own.get(i);
      if (broken.isPresent()) {
        decisions[i] = new Decision.Dropped(broken.get(), "");
      } else if (repeats != null) {
        decisions[i] = new Decision.Dropped(repeats.rule(), repeats.of().id());
      } else {
        decisions[i] =
            stay.size() == 1
                ? new Decision.Cut()
                : new Decision.Kept(heldOut.side(documents[i].id()));
      }
    }
  }

  /// @throws IllegalArgumentException for two documents in one place
  public static Selection of(CorpusRules rules, Collection<Judged> judged) {
    Judged[] documents = judged.toArray(Judged[]::new);
    Arrays.sort(documents, Comparator.comparingLong(Judged::place));
    for (int i = 1; i < documents.length; i++) {
      if (documents[i].place() == documents[i - 1].place()) {
        throw new IllegalArgumentException("two documents in place " + documents[i].place());
      }
    }
    return new Selection(rules, documents);
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
