package dev.imago.corpus;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How much of a set of documents is kept, and what dropped the rest. Counts of parts add up.
public final class SelectionCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private long documents;
  private long kept;
  private long bytes;
  private long keptBytes;
  private final TreeMap<String, Worst> dropped = new TreeMap<>();

  /// What a rule dropped.
  ///
  /// @param least the least that it measured in them
  public record Worst(String rule, long documents, double least, double most)
      implements Serializable {
    private Worst and(Worst other) {
      return new Worst(
          rule,
          documents + other.documents,
          Math.min(least, other.least),
          Math.max(most, other.most));
    }
  }

  public void add(Judgement judgement, Decision decision) {
    documents++;
    bytes += judgement.bytes();
    if (decision instanceof Decision.Dropped(BrokenRule(String rule, double measured), _)) {
      dropped.merge(rule, new Worst(rule, 1, measured, measured), Worst::and);
    } else {
      kept++;
      keptBytes += judgement.bytes();
    }
  }

  /// Adds what was counted of other documents.
  public SelectionCounts and(SelectionCounts others) {
    documents += others.documents;
    kept += others.kept;
    bytes += others.bytes;
    keptBytes += others.keptBytes;
    others.dropped.forEach((rule, worst) -> dropped.merge(rule, worst, Worst::and));
    return this;
  }

  public long documents() {
    return documents;
  }

  public long kept() {
    return kept;
  }

  /// The share of the bytes that is kept.
  public double keptBytes() {
    return bytes == 0 ? 0 : (double) keptBytes / bytes;
  }

  /// The rule that dropped most; none where no document was dropped.
  public Optional<Worst> worst() {
    return dropped.entrySet().stream()
        .max(
            Comparator.comparingLong((Map.Entry<String, Worst> e) -> e.getValue().documents())
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getValue);
  }
}
