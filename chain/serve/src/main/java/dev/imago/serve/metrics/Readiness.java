package dev.imago.serve.metrics;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Whether requests should be sent here: once the model has made something, and until the server is
/// about to stop. Where nobody has asked it for anything yet, whoever wants to know has it make one
/// token.
public final class Readiness {
  private static final System.Logger LOG = System.getLogger("dev.imago.serve");

  /// Shorter than what probes wait for; what is begun goes on.
  private static final Duration PATIENCE = Duration.ofMillis(700);

  private final Runnable trial;
  private volatile boolean made;
  private volatile boolean stopping;
  private @Nullable CompletableFuture<Void> running;

  /// What is told.
  public enum State {
    STARTING,
    READY,
    STOPPING
  }

  /// @param trial has the model make one token, or judge one text; throws where it cannot
  public Readiness(Runnable trial) {
    this.trial = trial;
  }

  /// Something was made.
  public void made() {
    made = true;
  }

  /// The server is about to stop.
  public void stop() {
    stopping = true;
  }

  /// Whether it is ready; waits a moment for a token that is being made to find out.
  State state() throws InterruptedException {
    if (!made && !stopping) {
      try {
        begun().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.log(System.Logger.Level.DEBUG, "not ready", e);
      }
    }
    return stopping ? State.STOPPING : made ? State.READY : State.STARTING;
  }

  private synchronized CompletableFuture<Void> begun() {
    CompletableFuture<Void> now = running;
    if (now == null || now.isDone()) {
      var next = new CompletableFuture<Void>();
      running = next;
      now = next;
      Thread.ofVirtual().name("imago-ready").start(() -> tryIt(next));
    }
    return now;
  }

  private void tryIt(CompletableFuture<Void> told) {
    try {
      trial.run();
      made();
      told.complete(null);
    } catch (RuntimeException | Error e) { // an error, too: the next who looks tries again
      LOG.log(System.Logger.Level.WARNING, "the model made no token: " + e);
      told.completeExceptionally(e);
    }
  }
}
