package dev.imago.accounts;

import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Slows down who guesses: after some failures each further one doubles the wait, to a quarter of
/// an hour. It is counted for a name from an address, so that nobody far away locks a person out;
/// with more patience for an address alone (who tries many names), and for a name alone (who has
/// many addresses).
final class LoginThrottle {
  private static final long MOST_WAIT_SECONDS = 900;

  /// What is forgotten: failures that lie so far back.
  private static final Duration MEMORY = Duration.ofHours(24);

  private final State state;
  private final Clock clock;

  LoginThrottle(State state, Clock clock) {
    this.state = state;
    this.clock = clock;
  }

  /// The failures that each may have without a wait.
  private static Map<String, Integer> subjects(String name, String address) {
    return Map.of("both " + name + " " + address, 5, "address " + address, 20, "name " + name, 50);
  }

  /// How long a next try has to wait; zero for now.
  Duration wait(String name, String address) {
    long now = clock.millis();
    return state.transaction(
        tx -> {
          long longest = 0;
          for (Map.Entry<String, Integer> each : subjects(name, address).entrySet()) {
            long until =
                tx.first(
                        "select failures, last from accounts.login_failure where subject = ?",
                        row ->
                            row.number("last")
                                + 1000 * seconds(row.number("failures") - each.getValue()),
                        each.getKey())
                    .orElse(0L);
            longest = Math.max(longest, until - now);
          }
          // A clock that was set back keeps nobody out for longer than the longest wait.
          return Duration.ofMillis(Math.min(longest, 1000 * MOST_WAIT_SECONDS));
        });
  }

  private static long seconds(long beyond) {
    return beyond < 0 ? 0 : Math.min(MOST_WAIT_SECONDS, 1L << Math.min(beyond, 20));
  }

  /// Takes note of a failure.
  void failed(String name, String address) {
    long now = clock.millis();
    List<String> all = new ArrayList<>(subjects(name, address).keySet());
    all.sort(null); // in one order, so that none waits for another in a circle
    state.transaction(
        tx -> {
          tx.update("delete from accounts.login_failure where last < ?", now - MEMORY.toMillis());
          for (String subject : all) {
            count(tx, subject, now);
          }
          return 0;
        });
  }

  private static void count(Transaction tx, String subject, long now) throws SQLException {
    tx.update(
        "insert into accounts.login_failure (subject, failures, last) values (?, 0, ?) on conflict"
            + " do nothing",
        subject,
        now);
    tx.update(
        "update accounts.login_failure set failures = failures + 1, last = ? where subject = ?",
        now,
        subject);
  }

  /// Forgets the failures of a name from where it has now signed in.
  void succeeded(String name, String address) {
    state.transaction(
        tx ->
            tx.update(
                "delete from accounts.login_failure where subject in (?, ?)",
                "both " + name + " " + address,
                "name " + name));
  }
}
