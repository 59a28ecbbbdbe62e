package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.ImagoException;
import dev.imago.core.InService;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.serve.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Swaps what a server serves as soon as another model comes into service. Owns the models that it
/// opens.
final class ServiceWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Workspace workspace;
  private final Server server;
  private final int threads;
  private final Consumer<String> told;
  private final List<Serving> open = new ArrayList<>();
  private String reference;
  private Serving current;
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean closed;

  /// @param current what the server began with; its owner closes it where nothing replaced it
  /// @param reference of that
  /// @param told gets a line for each swap, and for what cannot be swapped
  ServiceWatch(
      Workspace workspace,
      Server server,
      Serving current,
      String reference,
      int threads,
      Consumer<String> told) {
    this.workspace = workspace;
    this.server = server;
    this.current = current;
    this.reference = reference;
    this.threads = threads;
    this.told = told;
    open.add(current);
  }

  /// Looks until it is closed.
  void start() {
    Thread.ofVirtual()
        .name("imago-service")
        .start(
            () -> {
              try {
                // Other processes write the file that says what is in service: it is looked at.
                while (!ended.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                  look();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /// Swaps, where another model is in service now.
  synchronized void look() {
    try {
      String now = InService.read(workspace).map(InService::model).orElse(reference);
      if (closed || now.equals(reference)) {
        return;
      }
      reference = now; // told once, whatever comes of it
      swap(workspace.find(now));
    } catch (ImagoException | IllegalArgumentException e) {
      told.accept("stays with the model that it has: " + e.getMessage());
    }
  }

  private void swap(Artifact artifact) {
    Serving next = Serving.open(artifact.folder(), threads);
    if (!(next instanceof Serving.Generating(var model, var _))
        || !(current instanceof Serving.Generating(var _, var draft))
        || draft.isPresent()) {
      next.close();
      told.accept(
          "%s is in service, and a server swaps models that write, without a draft: start it again"
              .formatted(artifact.ref().brief()));
      return;
    }
    Serving before = current;
    try {
      server.swap(model, artifact.ref().toString(), () -> letGo(before));
    } catch (RuntimeException e) {
      next.close();
      throw e;
    }
    open.add(next);
    current = next;
    told.accept("now serves " + Ref.parse(artifact.ref().toString()).brief());
  }

  private synchronized void letGo(Serving serving) {
    if (!closed && open.remove(serving)) {
      serving.close();
    }
  }

  /// Closes all models that are open; after the server.
  @Override
  public synchronized void close() {
    closed = true;
    ended.countDown();
    open.forEach(Serving::close);
    open.clear();
  }
}
