package dev.imago.accounts;

import dev.imago.core.EnvironmentException;
import dev.imago.state.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes down what requests used: one entry each, exactly once, on disk before [#settle] returns.
///
/// Two threads work for all, each on whatever has come together. One books, in a transaction. Where
/// a transaction is not on disk when it returns (H2), the other writes the same to a file of lines
/// meanwhile, with one fsync: a tenth of what it takes to bring the database to disk, which is done
/// once for thousands of entries. Two files are in use by turns, so that one can be emptied, when
/// the database has its lines on disk, while the other goes on.
///
/// Where the database is out of reach, the file is all there is, and is booked once it is back:
/// [Booking] makes twice as good as once.
final class Ledger implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.accounts");
  private static final int MOST_AT_ONCE = 256;
  private static final int BEAT_MILLIS = 250;

  /// Of a file, before the other has its turn: a few thousand entries.
  private static final long MOST_BYTES = 1 << 21;

  private final State state;
  private final Consumer<List<Settlement>> booked;
  private final boolean fileAlways;
  private final LinkedBlockingQueue<Step> toBook = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<Step> toWrite = new LinkedBlockingQueue<>();
  private final Thread booker;
  private final Thread writer;

  /// What is appended to; the writer's.
  private volatile LedgerFile current;

  /// The writer's, while `full` is null.
  private LedgerFile spare;

  /// What is to be emptied; given by the writer, taken back when it is empty.
  private volatile @Nullable LedgerFile full;

  /// Whether the file could not be written at last; the writer's.
  private boolean failing;

  /// Whether the database did not take what came last.
  private volatile boolean away;

  /// Brings the database to disk, to empty a file; the booker's.
  private @Nullable Thread emptier;

  /// What goes through a queue.
  private sealed interface Step {}

  private static final class Waiting implements Step {
    private final Settlement settlement;
    private final CompletableFuture<Boolean> booked = new CompletableFuture<>();
    private final CompletableFuture<Boolean> written = new CompletableFuture<>();

    /// Where its line is; the first of writing and of failing to book that sees the other tells the
    /// file.
    private volatile @Nullable LedgerFile file;

    private volatile boolean failed;

    /// Of the database, before this was booked.
    private final long failures;

    Waiting(Settlement settlement, long failures) {
      this.settlement = settlement;
      this.failures = failures;
    }
  }

  /// All that a file holds has been through the queue before this.
  private record Turn(LedgerFile file) implements Step {}

  private record End() implements Step {}

  /// @param folder for its files
  /// @param booked told of what has been booked, in a thread of the ledger
  Ledger(State state, Path folder, Consumer<List<Settlement>> booked) {
    this.state = state;
    this.booked = booked;
    this.fileAlways = !state.syncsAtCommit();
    this.current = LedgerFile.open(folder);
    this.spare = LedgerFile.open(folder);
    this.booker = Thread.ofPlatform().daemon().name("imago-ledger").start(this::book);
    this.writer = Thread.ofPlatform().daemon().name("imago-ledger-file").start(this::write);
  }

  /// Books what servers that have ended left in their files.
  ///
  /// @param booked told of it
  static void takeUp(State state, Path folder, Consumer<List<Settlement>> booked) {
    List<LedgerFile> left = LedgerFile.left(folder);
    try {
      for (LedgerFile file : left) {
        booked.accept(book(state, file));
      }
    } finally {
      left.forEach(LedgerFile::close);
    }
  }

  /// Returns when a settlement is on disk.
  ///
  /// @throws EnvironmentException where neither the database nor the file takes it
  void settle(Settlement settlement) {
    var waiting = new Waiting(settlement, state.failures());
    // First what books: so nothing is in a file that has not been asked to be booked before.
    toBook.add(waiting);
    if (fileAlways) {
      toWrite.add(waiting);
    }
    if (fileAlways) {
      var _ = waiting.written.join(); // mostly later: whoever waits is woken once
    }
    boolean isBooked = waiting.booked.join();
    if (!fileAlways) {
      if (isBooked) {
        return;
      }
      toWrite.add(waiting);
    }
    if (waiting.written.join()) {
      return;
    }
    if (isBooked) {
      state.sync();
      if (state.failures() == waiting.failures) {
        return; // else it may have been opened anew, without what it had in memory
      }
    }
    throw new EnvironmentException(
        "what this request used could not be written down: the database and the disk are out of"
            + " reach or full");
  }

  /// Whether settlements are in a file only.
  boolean lost() {
    LedgerFile emptied = full;
    return away || current.isDoubtful() || emptied != null && emptied.isDoubtful();
  }

  private void write() {
    var batch = new ArrayList<Waiting>();
    for (boolean going = true; going; ) {
      Step step = next(toWrite);
      boolean idle = step == null;
      while (step != null) {
        switch (step) {
          case Waiting waiting -> batch.add(waiting);
          case End _ -> going = false;
          case Turn _ -> throw new IllegalStateException("a turn is the booker's");
        }
        step = batch.size() < MOST_AT_ONCE ? toWrite.poll() : null;
      }
      if (!batch.isEmpty()) {
        write(batch);
        batch.clear();
      }
      if (full == null && isDue(idle)) {
        LedgerFile file = current;
        current = spare;
        spare = file;
        full = file;
        toBook.add(new Turn(file));
      }
    }
  }

  /// Whether the other file's turn has come.
  private boolean isDue(boolean idle) {
    long bytes = current.bytes();
    return bytes >= MOST_BYTES || bytes > 0 && (idle || current.isDoubtful());
  }

  private void write(List<Waiting> batch) {
    LedgerFile file = current;
    boolean well = true;
    try {
      file.append(
          batch.stream().map(each -> each.settlement).toList(),
          batch.stream().mapToLong(each -> each.failures).min().orElseThrow());
    } catch (RuntimeException e) {
      well = false;
      if (!failing) { // told once, however many requests meet it
        LOG.log(
            System.Logger.Level.ERROR,
            "the ledger's file cannot be written; answers end only where the database is on disk: "
                + e.getMessage());
      }
    }
    failing = !well;
    for (Waiting each : batch) {
      if (well) {
        each.file = file;
        if (each.failed) {
          file.doubt();
        }
      }
      each.written.complete(well);
    }
  }

  private void book() {
    var batch = new ArrayList<Waiting>();
    LedgerFile turned = null;
    long tried = System.nanoTime();
    for (boolean going = true; going; ) {
      Step step = next(toBook);
      while (step != null) {
        switch (step) {
          case Waiting waiting -> batch.add(waiting);
          case Turn turn -> turned = turn.file;
          case End _ -> going = false;
        }
        step = batch.size() < MOST_AT_ONCE ? toBook.poll() : null;
      }
      if (!batch.isEmpty()) {
        book(batch);
        batch.clear();
      }
      boolean again = System.nanoTime() - tried >= TimeUnit.MILLISECONDS.toNanos(BEAT_MILLIS);
      // Asked first: what empties a file tells that it is empty before it ends.
      boolean emptying = isEmptying();
      if (turned != full) {
        turned = null; // it is empty, and may be written to again
      }
      if (turned != null && !emptying && (again || !turned.isDoubtful())) {
        tried = System.nanoTime();
        empty(turned);
      } else if (away && again) {
        tried = System.nanoTime();
        away = !isBack();
      }
    }
  }

  private void book(List<Waiting> batch) {
    List<Settlement> settlements = batch.stream().map(each -> each.settlement).toList();
    if (!away) {
      try {
        book(state, settlements);
        booked.accept(settlements);
        batch.forEach(each -> each.booked.complete(true));
        return;
      } catch (RuntimeException e) {
        away = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "the ledger goes to its file until the database is back: " + e.getMessage());
      }
    }
    for (Waiting each : batch) {
      each.failed = true;
      LedgerFile file = each.file;
      if (file != null) {
        file.doubt();
      }
      each.booked.complete(false);
    }
  }

  private static void book(State state, List<Settlement> settlements) {
    int _ =
        state.transaction(
            tx -> {
              Booking.book(tx, settlements);
              return 0;
            });
  }

  /// Books what a file has, and empties it when that is on disk.
  ///
  /// @return what it had
  private static List<Settlement> book(State state, LedgerFile file) {
    List<Settlement> lines = file.read();
    for (int i = 0; i < lines.size(); i += MOST_AT_ONCE) {
      book(state, lines.subList(i, Math.min(lines.size(), i + MOST_AT_ONCE)));
    }
    state.sync();
    file.clear();
    LOG.log(
        System.Logger.Level.INFO,
        "the ledger has caught up with {0} entries from its file",
        lines.size());
    return lines;
  }

  /// Empties a file when its lines are on disk in the database; it stays as it is where that cannot
  /// be yet.
  private void empty(LedgerFile file) {
    if (file.isDoubtful()) {
      try {
        List<Settlement> lines = book(state, file);
        away = false;
        full = null;
        booked.accept(lines); // limits that were passed meanwhile are told, each once
      } catch (RuntimeException e) {
        away = true;
        LOG.log(System.Logger.Level.DEBUG, "the database is not back", e);
      }
      return;
    }
    emptier = Thread.ofPlatform().daemon().name("imago-ledger-sync").start(() -> sync(file));
  }

  private boolean isEmptying() {
    return emptier != null && emptier.isAlive();
  }

  private void sync(LedgerFile file) {
    try {
      state.sync();
      if (state.failures() != file.failures()) {
        file.doubt(); // it may have been opened anew, without what it had in memory
        return;
      }
      file.clear();
      full = null;
    } catch (RuntimeException e) {
      file.doubt(); // what the database had in memory may be gone
      away = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "the ledger stays in its file until the database is back: " + e.getMessage());
    }
  }

  private boolean isBack() {
    try {
      return state.transaction(tx -> tx.number("select 1")) == 1;
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "the database is not back", e);
      return false;
    }
  }

  /// The next step; null where none comes for a while.
  private static @Nullable Step next(LinkedBlockingQueue<Step> queue) {
    try {
      return queue.poll(BEAT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return null; // only its end ends it
    }
  }

  @Override
  public void close() {
    toWrite.add(new End());
    ended(writer);
    toBook.add(new End());
    ended(booker);
    if (emptier != null) {
      ended(emptier);
    }
    for (LedgerFile file : List.of(current, spare)) {
      try (file) {
        if (file.isDoubtful()) {
          var _ = book(state, file);
        } else if (!file.isEmpty()) {
          state.sync();
          if (state.failures() == file.failures()) {
            file.clear();
          } else {
            var _ = book(state, file);
          }
        }
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the ledger's file is booked at the next start: " + e.getMessage());
      }
    }
  }

  private static void ended(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
