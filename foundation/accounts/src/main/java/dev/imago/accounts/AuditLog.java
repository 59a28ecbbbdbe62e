package dev.imago.accounts;

import dev.imago.core.Hashing;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What was changed, by whom: records that each carry the hash of the one before, so that none can
/// be changed, left out or put in later without all that follow it.
public final class AuditLog {
  private static final String FIRST = "0".repeat(64);

  private static final int MOST_NAME = 200;
  private static final int MOST_DETAIL = 4_000;

  private final State state;
  private final Clock clock;

  AuditLog(State state, Clock clock) {
    this.state = state;
    this.clock = clock;
  }

  /// One change.
  ///
  /// @param number 1 for the first, without gaps
  /// @param at milliseconds since 1970
  /// @param actor who did it
  /// @param action such as `key.revoke`
  /// @param subject what it was done to
  /// @param detail no secret and no text of a request
  public record Change(
      long number,
      long at,
      String actor,
      String action,
      String subject,
      String detail,
      String previous,
      String hash) {
    /// Lengths before texts: no two changes have one form.
    String expectedHash() {
      var form = new StringBuilder(previous).append(number).append(' ').append(at);
      for (String part : List.of(actor, action, subject, detail)) {
        form.append(' ').append(part.length()).append(':').append(part);
      }
      return Hashing.of(form.toString());
    }
  }

  /// Appends a change in the transaction that makes it.
  void append(Transaction tx, String actor, String action, String subject, String detail)
      throws SQLException {
    // The row's lock keeps two writers from one number.
    long number = Versions.next(tx, "audit");
    String previous =
        number == 1
            ? FIRST
            : tx.first(
                    "select hash from accounts.audit where number = ?",
                    row -> row.text("hash"),
                    number - 1)
                .orElse(FIRST);
    var change =
        new Change(
            number,
            clock.millis(),
            brief(actor, MOST_NAME),
            action,
            brief(subject, MOST_NAME),
            brief(detail, MOST_DETAIL),
            previous,
            "");
    tx.update(
        "insert into accounts.audit (number, at, actor, action, subject, detail, previous, hash)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?)",
        number,
        change.at(),
        change.actor(),
        action,
        change.subject(),
        change.detail(),
        previous,
        change.expectedHash());
  }

  /// As much as a record holds: the routes and models of a key may be longer, and what a form
  /// names.
  private static String brief(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
    return text.substring(0, end) + "…";
  }

  /// Takes a note of something that changes no account, such as a verdict on a text.
  public void note(String actor, String action, String subject, String detail) {
    state.durably(
        tx -> {
          append(tx, actor, action, subject, detail);
          return 0;
        });
  }

  /// Changes, the newest first.
  public List<Change> newest(int most) {
    return state.transaction(
        tx ->
            tx.list(
                "select * from accounts.audit order by number desc limit ?",
                AuditLog::change,
                most));
  }

  private static Change change(dev.imago.state.SqlRow row) throws SQLException {
    return new Change(
        row.number("number"),
        row.number("at"),
        row.text("actor"),
        row.text("action"),
        row.text("subject"),
        row.text("detail"),
        row.text("previous"),
        row.text("hash"));
  }

  /// What was found.
  ///
  /// @param changes how many there are
  /// @param head the hash of the last: who keeps it elsewhere sees when the end was cut
  /// @param defect what is wrong with the first that is; empty where all is well
  public record Verdict(long changes, String head, Optional<String> defect) {}

  /// Whether the whole log is as it was written.
  public Verdict verify() {
    return state.transaction(
        tx -> {
          var last = new String[] {FIRST};
          var count = new long[1];
          var defects = new ArrayList<String>();
          tx.each(
              "select * from accounts.audit order by number",
              row -> {
                Change change = change(row);
                count[0]++;
                if (!defects.isEmpty()) {
                  return;
                }
                if (change.number() != count[0]) {
                  defects.add("record %d is missing".formatted(count[0]));
                } else if (!change.previous().equals(last[0])) {
                  defects.add(
                      "record %d does not follow from the one before".formatted(change.number()));
                } else if (!change.hash().equals(change.expectedHash())) {
                  defects.add("record %d was changed".formatted(change.number()));
                }
                last[0] = change.hash();
              });
          long given = Versions.read(tx, "audit");
          if (defects.isEmpty() && given != count[0]) {
            defects.add("%d records were written, and %d are there".formatted(given, count[0]));
          }
          return new Verdict(count[0], last[0], defects.stream().findFirst());
        });
  }
}
