package dev.imago.serve.models;

import dev.imago.core.ConfigException;
import dev.imago.http.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The models of a server that sleep, and the memory that those who are awake share: who has not
/// been asked for a while sleeps, and so does who was asked least recently where another must wake.
/// What a model has begun it ends first. Who wants to wake wakes in the order in which it was
/// wanted.
///
/// Thread-safe.
public final class SleepingModels implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");

  private final long mostBytes;
  private final long afterNanos;
  private final LongSupplier nanoTime;

  /// Guards all below.
  private final Object turn = new Object();

  private final List<SleepingModel> models = new ArrayList<>();

  /// Those that are wanted awake and sleep; the first is woken next.
  private final Deque<SleepingModel> queue = new ArrayDeque<>();

  private boolean closed;

  /// @param mostBytes that all who are awake may come to take together; [Long#MAX_VALUE] for no
  ///   bound
  /// @param after how long nobody has asked a model it sleeps; nothing for never
  /// @param nanoTime the clock
  public SleepingModels(long mostBytes, @Nullable Duration after, LongSupplier nanoTime) {
    this.mostBytes = mostBytes;
    this.afterNanos = after == null ? Long.MAX_VALUE : after.toNanos();
    this.nanoTime = nanoTime;
  }

  /// Puts models to sleep when it is time, until it is closed.
  public void start() {
    synchronized (turn) {
      if (!models.isEmpty()) {
        Thread.ofVirtual().name("imago-sleep").start(this::look);
      }
    }
  }

  private void look() {
    synchronized (turn) {
      while (!closed) {
        long nanos = restAll();
        try {
          turn.wait(nanos == Long.MAX_VALUE ? 0 : Math.ceilDiv(nanos, 1_000_000L));
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  /// Puts to sleep whom nobody has asked for a while.
  public void rest() {
    var _ = restAll();
  }

  /// @return after how many nanoseconds the next may sleep, where nothing happens before;
  ///   [Long#MAX_VALUE] where none may
  private long restAll() {
    synchronized (turn) {
      long now = nanoTime.getAsLong();
      long next = Long.MAX_VALUE;
      for (SleepingModel model : models) {
        if (model.state == SleepingModel.State.TIRED && queue.isEmpty()) {
          model.state = SleepingModel.State.AWAKE; // who wanted its room has gone
        }
        if (model.state != SleepingModel.State.AWAKE || model.keptNanos == Long.MAX_VALUE) {
          continue;
        }
        long left = model.keptNanos - (now - model.usedNanos);
        if (!idle(model)) {
          await(model);
        } else if (left <= 0) {
          sleep(model);
        } else {
          next = Math.min(next, left);
        }
      }
      return next;
    }
  }

  /// Has everybody look again when a model has ended what it began.
  private void await(SleepingModel model) {
    if (model.awaited || model.held > 0) { // who holds it tells it, too
      return;
    }
    model.awaited = true;
    var _ =
        model
            .words()
            .idle()
            .thenRunAsync(
                () -> {
                  synchronized (turn) {
                    model.awaited = false;
                    model.usedNanos = nanoTime.getAsLong();
                    turn.notifyAll();
                  }
                },
                Thread::startVirtualThread);
  }

  /// See [Backend#stayAwake].
  void stayAwake(SleepingModel model, OptionalLong nanos) {
    synchronized (turn) {
      model.keptNanos = nanos.orElse(afterNanos);
      turn.notifyAll();
    }
  }

  /// Takes in a model, and opens it for its facts; it may be put to sleep for the next.
  ///
  /// @throws ConfigException for one that never fits, with both numbers
  /// @throws IOException where its files are missing or broken
  public SleepingModel add(String name, SleepingModel.Opening opening) throws IOException {
    SleepingModel.Awake awake = opening.open();
    synchronized (turn) {
      var model = new SleepingModel(this, opening, awake, nanoTime.getAsLong(), afterNanos);
      if (awake.bytes() > mostBytes) {
        close(awake);
        throw new ConfigException(
            "%s takes %,d bytes of weights, keys and values, and all models that are awake may take %,d; give more with --model-memory, or less with --kv-memory"
                .formatted(name, awake.bytes(), mostBytes));
      }
      while (takenBytes() + awake.bytes() > mostBytes) {
        sleep(victims().getFirst());
      }
      models.add(model);
      return model;
    }
  }

  /// Has an awake model do something that does not take long, such as to begin an answer; wakes it
  /// where it sleeps, and waits meanwhile.
  <T> T ask(SleepingModel model, Function<Backend, T> work) {
    synchronized (turn) {
      model.wanted++;
    }
    try {
      while (!hold(model)) {
        wake(model);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a model was waking");
    } finally {
      synchronized (turn) {
        model.wanted--;
        if (model.wanted == 0) {
          queue.remove(model); // nobody waits for it any more
        }
        turn.notifyAll();
      }
    }
    try {
      return work.apply(model.words());
    } finally {
      synchronized (turn) {
        model.held--;
        model.usedNanos = nanoTime.getAsLong();
        turn.notifyAll();
      }
    }
  }

  /// Waits until a model is awake, and holds it so; false where the caller is to wake it.
  private boolean hold(SleepingModel model) throws InterruptedException {
    synchronized (turn) {
      while (true) {
        if (closed) {
          throw ApiException.of(
              503, "stopping", "the server is stopping; try again when it is back");
        }
        if (model.state == SleepingModel.State.TIRED && queue.isEmpty()) {
          model.state = SleepingModel.State.AWAKE; // who wanted its room has gone
        }
        if (model.state == SleepingModel.State.AWAKE) {
          model.held++;
          return true;
        }
        if (model.state == SleepingModel.State.ASLEEP) {
          if (!queue.contains(model)) {
            queue.add(model);
          }
          if (queue.peek() == model && findRoom(model)) {
            queue.remove();
            model.state = SleepingModel.State.WAKING;
            turn.notifyAll(); // another is the first now
            return false;
          }
        }
        turn.wait();
      }
    }
  }

  /// Opens a model that is held to be waking, while others go on.
  private void wake(SleepingModel model) {
    SleepingModel.Awake awake;
    try {
      awake = model.opening.open();
    } catch (IOException | RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "a model does not wake", e);
      synchronized (turn) {
        model.state = SleepingModel.State.ASLEEP;
        turn.notifyAll();
      }
      if (e instanceof Error fatal) {
        throw fatal;
      }
      throw ApiException.of(
          503, "model_asleep", "the model sleeps and does not wake: the server's log says why");
    }
    synchronized (turn) {
      model.woken(awake);
      model.usedNanos = nanoTime.getAsLong();
      model.state = SleepingModel.State.AWAKE;
      if (closed) {
        sleep(model);
      }
      turn.notifyAll();
    }
  }

  /// Makes who was asked least recently tired until there is room, and puts to sleep who is tired
  /// and has ended what it began.
  private boolean findRoom(SleepingModel model) {
    while (takenBytes() + model.bytes > mostBytes) {
      long leaving = 0;
      for (SleepingModel other : models) {
        if (other.state == SleepingModel.State.TIRED) {
          if (idle(other)) {
            sleep(other);
          } else {
            await(other);
            leaving += other.bytes;
          }
        }
      }
      if (takenBytes() + model.bytes <= mostBytes) {
        return true;
      }
      if (takenBytes() - leaving + model.bytes <= mostBytes) {
        return false; // enough of them are tired
      }
      List<SleepingModel> victims = victims();
      if (victims.isEmpty()) {
        return false; // the others are waking, for who wanted them before
      }
      victims.getFirst().state = SleepingModel.State.TIRED;
    }
    return true;
  }

  /// Who may be put to sleep: those who do nothing first, and among them who was asked least
  /// recently.
  private List<SleepingModel> victims() {
    return models.stream()
        .filter(m -> m.state == SleepingModel.State.AWAKE)
        .sorted(
            Comparator.<SleepingModel>comparingInt(m -> idle(m) ? 0 : 1)
                .thenComparingLong(m -> m.usedNanos))
        .toList();
  }

  /// What those take that are not asleep.
  private long takenBytes() {
    return models.stream()
        .filter(m -> m.state != SleepingModel.State.ASLEEP)
        .mapToLong(m -> m.bytes)
        .sum();
  }

  /// Whether nothing is under way that it has begun.
  private static boolean idle(SleepingModel model) {
    Backend backend = model.words();
    return model.held == 0 && backend.running() + backend.waiting() == 0;
  }

  private void sleep(SleepingModel model) {
    model.state = SleepingModel.State.ASLEEP;
    close(model.awake());
    turn.notifyAll();
  }

  private static void close(SleepingModel.Awake awake) {
    for (AutoCloseable each : awake.closed()) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.log(System.Logger.Level.WARNING, "not closed well", e);
      }
    }
  }

  int wanted(SleepingModel model) {
    synchronized (turn) {
      return model.state == SleepingModel.State.AWAKE ? 0 : model.wanted;
    }
  }

  boolean sleeps(SleepingModel model) {
    synchronized (turn) {
      return model.state == SleepingModel.State.ASLEEP || model.state == SleepingModel.State.WAKING;
    }
  }

  /// Closes all, and wakes none any more.
  @Override
  public void close() {
    synchronized (turn) {
      closed = true;
      for (SleepingModel model : models) {
        if (model.state == SleepingModel.State.AWAKE || model.state == SleepingModel.State.TIRED) {
          sleep(model);
        }
      }
      turn.notifyAll();
    }
  }
}
