package dev.imago.accounts;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// What is kept for a request while it is under way. It is settled exactly once, with what was used
/// in the end; what was kept beyond that is free again.
public final class Reservation {
  private final Hold hold;
  private final Ledger ledger;
  private final Reserving reserving;
  private final List<Room> rooms;
  private final AtomicBoolean settled = new AtomicBoolean();

  Reservation(Hold hold, Ledger ledger, Reserving reserving, List<Room> rooms) {
    this.reserving = reserving;
    this.hold = hold;
    this.ledger = ledger;
    this.rooms = List.copyOf(rooms);
  }

  /// Where a limit stands with this request counted.
  ///
  /// @param left what neither was used nor is kept; negative beyond a soft limit
  public record Room(UsageLimit limit, long left, long resetsMillis) {}

  /// Of each limit that counts this request.
  public List<Room> rooms() {
    return rooms;
  }

  /// The tightest limit of a measure by the minute: what clients are told in headers.
  public Optional<Room> byTheMinute(LimitMeasure measure) {
    return rooms.stream()
        .filter(r -> r.limit().measure() == measure && r.limit().period() == LimitPeriod.MINUTE)
        .min(java.util.Comparator.comparingLong(Room::left));
  }

  /// The soft limits that are passed.
  public List<UsageLimit> passed() {
    return rooms.stream().filter(r -> !r.limit().hard() && r.left() < 0).map(Room::limit).toList();
  }

  /// Writes down what was used; returns when that is on disk. Only the first call counts.
  ///
  /// @throws dev.imago.core.EnvironmentException where it cannot be written down: the end of the
  ///   answer must not be sent then
  public void settle(RequestOutcome outcome, TokenUse tokens) {
    if (settled.compareAndSet(false, true)) {
      ledger.settle(new Settlement(hold, outcome, tokens));
    }
  }

  /// Gives back all that is kept, and writes nothing down: the request is answered elsewhere, and
  /// is an entry there. Nothing after the first settling or releasing counts.
  public void release() {
    if (settled.compareAndSet(false, true)) {
      reserving.release(hold);
    }
  }
}
