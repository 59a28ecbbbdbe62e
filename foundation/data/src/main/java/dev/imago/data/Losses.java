package dev.imago.data;

import dev.imago.core.Counted;
import dev.imago.core.Reporter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// What a stage took in and did not pass on, by reason, so that nothing shrinks in silence.
///
/// More than a tenth of the documents or bytes lost is told in plain words, with the largest
/// reasons, an example of each and the setting that changes it. Not thread-safe.
public final class Losses implements Serializable {
  private static final long serialVersionUID = 1L;

  /// The share from which a loss is worth telling.
  public static final double TOLD = 0.1;

  /// How many reasons are told.
  private static final int REASONS = 3;

  private final LinkedHashMap<String, Reason> reasons = new LinkedHashMap<>();
  private long documents;
  private long bytes;

  /// @param example where the first one lost stands, and what it looks like
  /// @param mend the setting that changes it, such as `raise prepare.prose.maxWords`
  private record Reason(String name, String example, String mend, long documents, long bytes)
      implements Serializable {
    Reason and(long moreDocuments, long moreBytes) {
      return new Reason(name, example, mend, documents + moreDocuments, bytes + moreBytes);
    }
  }

  /// Counts what came in, lost or not.
  public void in(long documents, long bytes) {
    this.documents += documents;
    this.bytes += bytes;
  }

  /// Counts what came in and was lost; the first example of each reason is kept.
  ///
  /// @param reason in plain words, such as «fewer than 50 words»
  public void lost(String reason, long documents, long bytes, String example, String mend) {
    reasons.compute(
        reason,
        (name, known) ->
            known == null
                ? new Reason(name, example, mend, documents, bytes)
                : known.and(documents, bytes));
  }

  /// Adds what others counted of what came after.
  public void and(Losses later) {
    in(later.documents, later.bytes);
    later.reasons.forEach(
        (name, reason) -> lost(name, reason.documents, reason.bytes, reason.example, reason.mend));
  }

  /// The share lost, 0 … 1: of the documents or of the bytes, whichever is more.
  public double share() {
    long lostDocuments = reasons.values().stream().mapToLong(Reason::documents).sum();
    long lostBytes = reasons.values().stream().mapToLong(Reason::bytes).sum();
    return Math.max(share(lostDocuments, documents), share(lostBytes, bytes));
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /// Tells where more than [#TOLD] was lost; says nothing otherwise.
  ///
  /// @param what in plural, such as `documents`, `files`
  public void tell(String what, Reporter reporter) {
    if (share() > TOLD) {
      describe(what).forEach(reporter::note);
    }
  }

  /// One line for the whole and one for each of the largest reasons.
  public List<String> describe(String what) {
    long lostDocuments = reasons.values().stream().mapToLong(Reason::documents).sum();
    long lostBytes = reasons.values().stream().mapToLong(Reason::bytes).sum();
    var lines = new ArrayList<String>();
    lines.add(
        String.format(Locale.ROOT, "%,d of %s", lostDocuments, Counted.of(documents, what))
            + (bytes == 0
                ? ""
                : String.format(Locale.ROOT, " and %,d of %,d bytes", lostBytes, bytes))
            + " did not arrive:");
    // By what weighs most in either measure: one large file counts as much as many small ones.
    reasons.values().stream()
        .sorted(
            Comparator.comparingDouble(
                    (Reason r) ->
                        -Math.max(share(r.documents(), documents), share(r.bytes(), bytes)))
                .thenComparing(Reason::name))
        .limit(REASONS)
        .forEach(
            r ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "  %,d for «%s»%s, such as %s; %s",
                        r.documents(),
                        r.name(),
                        bytes == 0 ? "" : String.format(Locale.ROOT, " (%,d bytes)", r.bytes()),
                        r.example(),
                        r.mend())));
    if (reasons.size() > REASONS) {
      int more = reasons.size() - REASONS;
      lines.add("  and %s more".formatted(Counted.of(more, "reasons")));
    }
    return lines;
  }
}
