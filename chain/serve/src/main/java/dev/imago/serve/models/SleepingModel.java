package dev.imago.serve.models;

import dev.imago.generate.EnergyTally;
import dev.imago.generate.Request;
import dev.imago.http.ApiException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A model that sleeps when nobody asks it, its weights and its keys and values let go, and wakes
/// when somebody does. What it knows without computing, such as its tokenizer, stays.
///
/// How it is, is guarded by [SleepingModels], whose it is.
public final class SleepingModel extends DelegatedBackend {
  /// Opens it, again and again.
  @FunctionalInterface
  public interface Opening {
    /// @throws IOException where its files are missing or broken
    Awake open() throws IOException;
  }

  /// It while it is awake.
  ///
  /// @param closed when it goes to sleep, in this order
  /// @param bytes that it may come to take: weights, keys and values
  public record Awake(Backend backend, List<AutoCloseable> closed, long bytes) {
    public Awake {
      closed = List.copyOf(closed);
    }
  }

  /// How it is.
  enum State {
    ASLEEP,
    WAKING,
    AWAKE,
    /// It ends what it has begun, begins nothing, and sleeps then.
    TIRED
  }

  private final SleepingModels all;
  final Opening opening;
  State state = State.AWAKE;
  long bytes;
  long usedNanos;

  /// How long after [#usedNanos] it sleeps; [Long#MAX_VALUE] for never.
  long keptNanos;

  /// Whether the end of what it has begun will be told.
  boolean awaited;

  /// Requests that wait for it to wake, and those that are handing something to it.
  int wanted;

  int held;

  /// Itself while it is awake, and while it sleeps, what it was last.
  private volatile Awake awake;

  private volatile @Nullable EnergyTally energy;

  /// Its adapters, opened since it woke.
  private final Map<Path, Backend> adapted = new HashMap<>();

  SleepingModel(SleepingModels all, Opening opening, Awake awake, long nanos, long keptNanos) {
    this.all = all;
    this.opening = opening;
    this.awake = awake;
    this.bytes = awake.bytes;
    this.usedNanos = nanos;
    this.keptNanos = keptNanos;
  }

  Awake awake() {
    return awake;
  }

  @Override
  public void share(EnergyTally shares) {
    energy = shares;
    awake.backend.share(shares);
  }

  void woken(Awake now) {
    EnergyTally shares = energy;
    if (shares != null) {
      now.backend.share(shares);
    }
    awake = now;
    bytes = now.bytes;
    synchronized (adapted) {
      adapted.clear(); // of the model before
    }
  }

  @Override
  Backend words() {
    return awake.backend;
  }

  @Override
  public AnswerWriter generate(Request request) {
    return all.ask(this, backend -> backend.generate(request));
  }

  /// Of those that compute, and while it sleeps none.
  @Override
  public int running() {
    return awake.backend.running();
  }

  @Override
  public int waiting() {
    return awake.backend.waiting() + all.wanted(this);
  }

  @Override
  public boolean sleeps() {
    return all.sleeps(this);
  }

  @Override
  public boolean maySleep() {
    return true;
  }

  @Override
  public void stayAwake(OptionalLong nanos) {
    all.stayAwake(this, nanos);
  }

  @Override
  public void wake() {
    all.ask(this, _ -> true);
  }

  /// Wakes it where it sleeps: an adapter is of open weights.
  @Override
  public Backend adapted(Path folder) throws IOException {
    forget(folder); // the files may be others than when it was opened last
    try {
      return all.ask(this, _ -> new Adapted(folder, opened(folder)));
    } catch (Unread e) {
      throw e.cause;
    }
  }

  private void forget(Path folder) {
    synchronized (adapted) {
      adapted.remove(folder);
    }
  }

  /// One of it with an adapter, opened anew when it has slept.
  private Backend opened(Path folder) {
    synchronized (adapted) {
      Backend known = adapted.get(folder);
      if (known == null) {
        try {
          known = awake.backend.adapted(folder);
        } catch (IOException e) {
          throw new Unread(e);
        }
        adapted.put(folder, known);
      }
      return known;
    }
  }

  /// An adapter's file that cannot be read, on its way out.
  private static final class Unread extends RuntimeException {
    private static final long serialVersionUID = 1;

    final IOException cause;

    Unread(IOException cause) {
      super(cause.getMessage(), cause);
      this.cause = cause;
    }
  }

  /// It with an adapter.
  private final class Adapted extends DelegatedBackend {
    private final Path folder;
    private volatile Backend words;

    Adapted(Path folder, Backend words) {
      this.folder = folder;
      this.words = words;
    }

    @Override
    Backend words() {
      return words;
    }

    @Override
    public AnswerWriter generate(Request request) {
      return all.ask(
          SleepingModel.this,
          _ -> {
            Backend now = reopened();
            words = now;
            return now.generate(request);
          });
    }

    private Backend reopened() {
      try {
        return opened(folder);
      } catch (Unread | IllegalArgumentException e) {
        throw ApiException.of(
            503,
            "model_asleep",
            "the model woke, and its adapter is not what it was: " + e.getMessage());
      }
    }

    @Override
    public int running() {
      return SleepingModel.this.running();
    }

    @Override
    public int waiting() {
      return SleepingModel.this.waiting();
    }

    @Override
    public boolean sleeps() {
      return SleepingModel.this.sleeps();
    }

    @Override
    public boolean maySleep() {
      return true;
    }

    @Override
    public void stayAwake(OptionalLong nanos) {
      SleepingModel.this.stayAwake(nanos);
    }

    @Override
    public void wake() {
      SleepingModel.this.wake();
    }

    @Override
    public void close() {
      forget(folder);
    }
  }

  /// Its owner closes all of them.
  @Override
  public void close() {}
}
