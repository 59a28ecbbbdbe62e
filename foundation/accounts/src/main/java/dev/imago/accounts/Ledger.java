package dev.imago.accounts;

import dev.imago.core.EnvironmentException;
import dev.imago.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Writes down what requests used: one entry each, exactly once, on disk before [#settle] returns.
/// One thread writes for all: what has come together is one transaction and one fsync.
///
/// Where the database is out of reach, settlements go to a file of this process, and into the
/// ledger once it is back: [Booking] makes twice as good as once.
final class Ledger implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.accounts");
  private static final int MOST_AT_ONCE = 256;

  private final State state;
  private final SpillFile spill;
  private final Consumer<List<Settlement>> booked;
  private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final Thread writer;
  private volatile boolean lost;
  private volatile boolean closing;

  private record Waiting(Settlement settlement, CompletableFuture<Void> done) {}

  /// @param booked told of what has been booked, in the writer's thread
  Ledger(State state, SpillFile spill, Consumer<List<Settlement>> booked) {
    this.state = state;
    this.spill = spill;
    this.booked = booked;
    this.lost = !spill.isEmpty();
    this.writer = Thread.ofPlatform().daemon().name("imago-ledger").start(this::write);
  }

  /// Returns when a settlement is on disk.
  ///
  /// @throws EnvironmentException where neither the database nor the file takes it
  void settle(Settlement settlement) {
    var waiting = new Waiting(settlement, new CompletableFuture<>());
    queue.add(waiting);
    try {
      waiting.done.join();
    } catch (CompletionException e) {
      throw new EnvironmentException(
          "what this request used could not be written down: the database and the disk are out of"
              + " reach or full",
          e);
    }
  }

  /// Whether settlements are in the file only.
  boolean lost() {
    return lost;
  }

  private void write() {
    var batch = new ArrayList<Waiting>();
    while (!closing || !queue.isEmpty()) {
      try {
        Waiting first = queue.poll(250, TimeUnit.MILLISECONDS);
        if (lost) {
          catchUp();
        }
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, MOST_AT_ONCE - 1);
          take(List.copyOf(batch));
          batch.clear();
        }
      } catch (InterruptedException _) {
        // Only closing ends it.
      }
    }
  }

  private void take(List<Waiting> batch) {
    List<Settlement> settlements = batch.stream().map(Waiting::settlement).toList();
    try {
      if (!lost) {
        try {
          book(settlements);
        } catch (RuntimeException e) {
          lost = true;
          LOG.log(
              System.Logger.Level.WARNING,
              "the ledger goes to its file until the database is back: " + e.getMessage());
        }
      }
      if (lost) {
        spill.append(settlements);
      }
      batch.forEach(each -> each.done.complete(null));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the ledger cannot be written", e);
      batch.forEach(each -> each.done.completeExceptionally(e));
    }
  }

  private void book(List<Settlement> settlements) {
    state.durably(
        tx -> {
          Booking.book(tx, settlements);
          return 0;
        });
    booked.accept(settlements);
  }

  /// Brings what the file holds into the ledger; leaves it there where that cannot be yet.
  private void catchUp() {
    try {
      List<Settlement> waiting = spill.read();
      for (int i = 0; i < waiting.size(); i += MOST_AT_ONCE) {
        book(waiting.subList(i, Math.min(waiting.size(), i + MOST_AT_ONCE)));
      }
      spill.clear();
      lost = false;
      if (!waiting.isEmpty()) {
        LOG.log(
            System.Logger.Level.INFO,
            "the ledger has caught up with {0} entries from its file",
            waiting.size());
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "the database is not back", e);
    }
  }

  @Override
  public void close() {
    closing = true;
    writer.interrupt();
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    spill.close();
  }
}
