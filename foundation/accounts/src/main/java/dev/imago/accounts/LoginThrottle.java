package dev.imago.accounts;

import dev.imago.state.SqlRow;
import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Slows down who guesses: after some failures each further one doubles the wait, to a quarter of
/// an hour. It is counted for a name from an address, so that nobody far away locks a person out;
/// with more patience for an address alone (who tries many names), and for a name alone (who has
/// many addresses). Each quarter of an hour without a failure takes one back: people who share an
/// address, and err now and then, are not kept waiting for each other.
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

  /// What failures are counted for.
  ///
  /// @param free so many may be had without a wait
  private record Subject(String key, int free) {}

  /// In the order in which their rows are locked. The address comes first: while it has to wait, no
  /// row is made of the names that it tries.
  private static List<Subject> subjects(String name, String address) {
    String place = place(address);
    return List.of(
        new Subject("address " + place, 20),
        new Subject("both " + name + " " + place, 5),
        new Subject("name " + name, 50));
  }

  /// The network that an address stands for: of IPv6 the first half, since whoever has one address
  /// has all of the other (RFC 6177). Some proxies tell a port, which is another each time.
  static String place(String address) {
    String bare =
        address.replaceFirst("^\\[(.*)](:\\d+)?$", "$1").replaceFirst("^([\\d.]+):\\d+$", "$1");
    try {
      if (InetAddress.ofLiteral(bare) instanceof Inet6Address six) {
        return HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), 8)) + "/64";
      }
    } catch (IllegalArgumentException _) {
      // Not in digits: told by a proxy, which may give each client a name of its own.
    }
    return bare;
  }

  /// What is known of a subject.
  private record Failures(long count, long last) {
    static Failures of(SqlRow row) throws SQLException {
      return new Failures(row.number("failures"), row.number("last"));
    }

    Failures at(long now) {
      long back = Math.max(0, now - last) / (1000 * MOST_WAIT_SECONDS);
      return new Failures(Math.max(0, count - back), last);
    }
  }

  /// Has a try begin, and counts it as a failure until [#succeeded] says that it was none: of many
  /// that come at once no more begin than one after the other.
  ///
  /// @return how long it has to wait, and then it is not counted; zero for now
  Duration begin(String name, String address) {
    long now = clock.millis();
    List<Subject> subjects = subjects(name, address);
    return state.transaction(
        tx -> {
          var failures = new ArrayList<Failures>();
          for (Subject each : subjects) {
            Failures known = locked(tx, each, now);
            long wait = known.last + 1000 * seconds(known.count - each.free) - now;
            if (wait > 0) {
              // A clock that was set back keeps nobody out for longer than the longest wait.
              return Duration.ofMillis(Math.min(wait, 1000 * MOST_WAIT_SECONDS));
            }
            failures.add(known);
          }
          for (int i = 0; i < subjects.size(); i++) {
            tx.update(
                "update accounts.login_failure set failures = ?, last = ? where subject = ?",
                failures.get(i).count + 1,
                now,
                subjects.get(i).key);
          }
          tx.update("delete from accounts.login_failure where last < ?", now - MEMORY.toMillis());
          return Duration.ZERO;
        });
  }

  /// Locks a subject's row until the transaction ends. It is made first where there is none: of two
  /// that look at once both would find nothing.
  private static Failures locked(Transaction tx, Subject subject, long now) throws SQLException {
    tx.update(
        "insert into accounts.login_failure (subject, failures, last) values (?, 0, ?) on conflict"
            + " do nothing",
        subject.key,
        now);
    return tx.first(
            "select failures, last from accounts.login_failure where subject = ? for update",
            Failures::of,
            subject.key)
        .orElse(new Failures(0, 0))
        .at(now);
  }

  private static long seconds(long beyond) {
    return beyond < 0 ? 0 : Math.min(MOST_WAIT_SECONDS, 1L << Math.min(beyond, 20));
  }

  /// Forgets the failures of a name from where it has now signed in; of that address this one.
  void succeeded(String name, String address) {
    List<Subject> subjects = subjects(name, address);
    var _ =
        state.transaction(
            tx -> {
              tx.update(
                  "update accounts.login_failure set failures = failures - 1 where subject = ? and"
                      + " failures > 0",
                  subjects.getFirst().key);
              for (Subject each : subjects.subList(1, subjects.size())) {
                tx.update("delete from accounts.login_failure where subject = ?", each.key);
              }
              return 0;
            });
  }
}
