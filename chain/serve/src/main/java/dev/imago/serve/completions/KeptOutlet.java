package dev.imago.serve.completions;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.json.JsonMapper;

/// Keeps an answer that no client waits for.
public final class KeptOutlet implements Outlet {
  private static final Runnable NOTHING = () -> {};

  private final String tenant;
  private final long arrivedNanos = System.nanoTime();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final AtomicReference<Runnable> cancel = new AtomicReference<>(NOTHING);
  private volatile boolean cancelled;

  /// @param tenant whose request it is
  public KeptOutlet(String tenant) {
    this.tenant = tenant;
  }

  @Override
  public String tenant() {
    return tenant;
  }

  @Override
  public long arrivedNanos() {
    return arrivedNanos;
  }

  @Override
  public void header(String name, String value) {}

  @Override
  public void send(String contentType, byte[] bytes) {
    body.writeBytes(bytes);
  }

  @Override
  public OutputStream begin(String contentType) {
    return body;
  }

  @Override
  public void started(Runnable ending) {
    cancel.set(ending);
    if (cancelled) {
      ending.run();
    }
  }

  /// Ends the answer, now or as soon as it has begun.
  public void cancel() {
    cancelled = true;
    cancel.get().run();
  }

  public boolean cancelled() {
    return cancelled;
  }

  /// Sends a whole answer of JSON.
  public void json(Object json) {
    send("application/json", JsonMapper.shared().writeValueAsBytes(json));
  }

  /// The whole answer, once it is there; what was sent as signs of life before it are blanks.
  public byte[] body() {
    return body.toByteArray();
  }
}
