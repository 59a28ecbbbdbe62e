package dev.imago.accounts;

import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Makes the sums of reports and invoices equal to the entries that they are sums of, where they
/// are not: a server of an earlier version that ran beside this one keeps fewer sums than there
/// are. Servers may go on meanwhile.
public final class SumsMending {
  private final State state;
  private final AuditLog audit;

  SumsMending(State state, AuditLog audit) {
    this.state = state;
    this.audit = audit;
  }

  /// What was mended of an organisation's sums of one kind.
  ///
  /// @param sums which: `quarters`, `days` or `totals`
  /// @param rows how many of them
  /// @param requests that they had too few of; negative for too many, as are the next
  /// @param tokens of prompts and answers
  /// @param cost in millionths
  public record Mended(
      String organisation, String sums, long rows, long requests, long tokens, long cost) {
    private Mended plus(Mended other) {
      return new Mended(
          organisation,
          sums,
          rows + other.rows,
          requests + other.requests,
          tokens + other.tokens,
          cost + other.cost);
    }

    public String costText() {
      return Money.text(cost);
    }
  }

  /// Mends what lies in a span, and the rest of its first and last day by UTC. The audit log tells
  /// of it.
  ///
  /// @param span of one organisation, or of all
  /// @return what was mended; empty where all was well
  public List<Mended> mend(String actor, UsageReports.Span span) {
    List<String> organisations =
        span.organisation().isEmpty()
            ? state.transaction(
                tx ->
                    tx.list(
                        "select name from accounts.organisation order by name",
                        row -> row.text("name")))
            : List.of(span.organisation());
    long first = UsageSums.DAYS.floor(span.begins());
    long end = UsageSums.DAYS.ceil(span.ends());
    var mended = new ArrayList<Mended>();
    for (String organisation : organisations) {
      for (UsageSums sums : UsageSums.values()) {
        var all = new Mended(organisation, sums.name().toLowerCase(Locale.ROOT), 0, 0, 0, 0);
        // By days: a month of a busy organisation is many rows.
        for (long day = first; day < end; day = UsageSums.DAYS.ceil(day + 1)) {
          long from = day;
          Mended of = all;
          all =
              all.plus(
                  state.transaction(
                      tx -> mend(tx, actor, sums, of, from, UsageSums.DAYS.ceil(from + 1))));
        }
        if (all.rows > 0) {
          mended.add(all);
        }
      }
    }
    state.sync();
    return mended;
  }

  private Mended mend(
      Transaction tx, String actor, UsageSums sums, Mended of, long from, long until)
      throws SQLException {
    Versions.hold(tx, "sums"); // two that mend at once would mend twice
    long[] by = sums.mend(tx, of.organisation, from, until);
    var mended = new Mended(of.organisation, of.sums, by[0], by[1], by[2] + by[4], by[6]);
    if (by[0] > 0) {
      audit.append(
          tx,
          actor,
          "usage.mend",
          of.organisation,
          "%s from %s: %d rows, %+d requests, %+d tokens, cost %s"
              .formatted(
                  of.sums,
                  Instant.ofEpochMilli(from),
                  by[0],
                  mended.requests,
                  mended.tokens,
                  mended.costText()));
    }
    return mended;
  }
}
