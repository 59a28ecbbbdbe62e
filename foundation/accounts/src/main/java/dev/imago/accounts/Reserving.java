package dev.imago.accounts;

import dev.imago.state.State;
import dev.imago.state.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Keeps what a request may use at most, in all its limits or in none, in one transaction. A hard
/// limit's counter is raised only where there is room, under its row's lock: any number of threads
/// and processes together never pass it.
final class Reserving {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_KNOWN = 10_000;

  private static final String MAKE_COUNTER =
      "insert into accounts.counter (usage_limit, begins, used, reserved) values (?, ?, 0, 0) on"
          + " conflict do nothing";

  private static final String IF_THERE_IS_ROOM =
      "update accounts.counter set reserved = reserved + ? where usage_limit = ? and begins = ? and"
          + " used + reserved <= ?";

  /// By how many counters are asked after; there are seldom more.
  private static final List<String> COUNTS =
      IntStream.range(0, 9).mapToObj(Reserving::counts).toList();

  private final State state;
  private final String replica;

  /// Counters that are there, in this opening of the database: one that is opened anew may have
  /// lost what was not on disk.
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  private volatile long failures;

  Reserving(State state, String replica) {
    this.state = state;
    this.replica = replica;
  }

  /// What a request takes of one limit.
  record Part(UsageLimit limit, long begins, long ends, long amount) {
    /// What may have been used before, for this to fit.
    long room() {
      return limit.hard() ? limit.amount() - amount : Long.MAX_VALUE;
    }

    Hold.Share share() {
      return new Hold.Share(limit.id(), begins, limit.measure(), amount);
    }
  }

  /// @param parts in the order of their limits' ids
  /// @return where each limit stands now
  /// @throws LimitReachedException where one has no room
  List<Reservation.Room> reserve(Hold hold, List<Part> parts) {
    parts.forEach(this::makeCounter);
    String content = JSON.writeValueAsString(hold);
    return state.transaction(tx -> reserve(tx, hold, content, parts));
  }

  /// Gives back what is kept for a request.
  void release(Hold hold) {
    int _ =
        state.transaction(
            tx -> {
              if (tx.update("delete from accounts.hold where request = ?", hold.request()) == 0) {
                return 0; // given back already
              }
              var rows = new ArrayList<@Nullable Object[]>();
              for (Hold.Share share : hold.shares()) {
                rows.add(new Object[] {share.amount(), share.limit(), share.begins()});
              }
              return tx.updateAll(
                      "update accounts.counter set reserved = reserved - ? where usage_limit = ?"
                          + " and begins = ?",
                      rows)
                  .length;
            });
  }

  private void makeCounter(Part part) {
    String name = part.limit.id() + "@" + part.begins;
    long now = state.failures();
    if (now != failures) {
      known.clear();
      failures = now;
    }
    if (known.contains(name)) {
      return;
    }
    int _ = state.transaction(tx -> tx.update(MAKE_COUNTER, part.limit.id(), part.begins));
    if (known.size() >= MOST_KNOWN) {
      known.clear();
    }
    if (state.failures() == now) {
      known.add(name);
    }
  }

  private List<Reservation.Room> reserve(
      Transaction tx, Hold hold, String content, List<Part> parts) throws SQLException {
    var raises = new ArrayList<@Nullable Object[]>();
    for (Part part : parts) {
      raises.add(new Object[] {part.amount, part.limit.id(), part.begins, part.room()});
    }
    int[] taken = tx.updateAll(IF_THERE_IS_ROOM, raises);
    long[] counts = counts(tx, parts);
    var rooms = new ArrayList<Reservation.Room>();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      long left = part.limit.amount() - counts[i];
      if (taken[i] == 0) {
        // Thrown out of the transaction: nothing of it holds.
        throw new LimitReachedException(part.limit, part.amount, Math.max(0, left), part.ends);
      }
      rooms.add(new Reservation.Room(part.limit, left, part.ends));
    }
    tx.update(
        "insert into accounts.hold (request, replica, content) values (?, ?, ?)",
        hold.request(),
        replica,
        content);
    return rooms;
  }

  private static String counts(int counters) {
    return "select usage_limit, used + reserved as taken from accounts.counter where (usage_limit,"
        + " begins) in ("
        + String.join(", ", Collections.nCopies(counters, "(?, ?)"))
        + ")";
  }

  /// What is used and kept in each counter, in one question; H2 looks the pairs up in the index.
  private static long[] counts(Transaction tx, List<Part> parts) throws SQLException {
    var counts = new long[parts.size()];
    if (parts.isEmpty()) {
      return counts;
    }
    var values = new ArrayList<@Nullable Object>();
    for (Part part : parts) {
      values.add(part.limit.id());
      values.add(part.begins);
    }
    tx.each(
        parts.size() < COUNTS.size() ? COUNTS.get(parts.size()) : counts(parts.size()),
        row -> {
          String limit = row.text("usage_limit");
          for (int i = 0; i < counts.length; i++) {
            if (parts.get(i).limit.id().equals(limit)) { // which counts in one stretch at a time
              counts[i] = row.number("taken");
            }
          }
        },
        values.toArray());
    return counts;
  }
}
