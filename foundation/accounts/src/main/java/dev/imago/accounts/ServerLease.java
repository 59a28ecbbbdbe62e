package dev.imago.accounts;

import dev.imago.state.State;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/// This process among those that share a state. It renews a lease while it lives; what a process
/// whose lease has run out kept for its requests is given back, and its requests stand in the
/// ledger as lost.
final class ServerLease {
  static final long LEASE_MILLIS = 15_000;

  private final State state;
  private final Clock clock;
  private final String id;
  private final Consumer<List<Settlement>> booked;
  private long renewed = Long.MIN_VALUE;

  /// @param booked told of what has been booked as lost
  ServerLease(State state, Clock clock, String id, Consumer<List<Settlement>> booked) {
    this.booked = booked;
    this.state = state;
    this.clock = clock;
    this.id = id;
  }

  String id() {
    return id;
  }

  /// Renews the lease when a third of it is over, and then looks for the dead.
  void tick() {
    long now = clock.millis();
    if (renewed != Long.MIN_VALUE && Math.abs(now - renewed) < LEASE_MILLIS / 3) {
      return;
    }
    state.transaction(
        tx -> {
          tx.update(
              "insert into accounts.replica (id, lease) values (?, ?) on conflict do nothing",
              id,
              now + LEASE_MILLIS);
          return tx.update(
              "update accounts.replica set lease = ? where id = ?", now + LEASE_MILLIS, id);
        });
    renewed = now;
    List<String> dead =
        state.transaction(
            tx ->
                tx.list(
                    "select id from accounts.replica where lease < ?", row -> row.text("id"), now));
    dead.forEach(this::bury);
  }

  private void bury(String dead) {
    List<Settlement> buried =
        state.durably(
            tx -> {
              List<Settlement> lost =
                  tx.list(
                      "select content from accounts.hold where replica = ? order by request",
                      row ->
                          new Settlement(
                              JsonMapper.shared().readValue(row.text("content"), Hold.class),
                              RequestOutcome.LOST,
                              TokenUse.NONE),
                      dead);
              Booking.book(tx, lost);
              tx.update("delete from accounts.replica where id = ?", dead);
              return lost;
            });
    booked.accept(buried);
  }

  /// Ends the lease, where nothing is under way any more.
  void leave() {
    state.transaction(
        tx -> {
          long left = tx.number("select count(*) from accounts.hold where replica = ?", id);
          return left > 0 ? 0 : tx.update("delete from accounts.replica where id = ?", id);
        });
  }
}
