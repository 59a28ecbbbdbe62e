package dev.imago.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a client sends, read before it is asked for where somebody wants to know whether the client
/// is still there.
///
/// While a request is answered nobody reads from its connection, so that a client that hangs up is
/// seen where something is written to it alone, and only the second time. A client that ends what
/// it sends is taken for one that has gone, as nginx and Go's server take it; what it sends instead
/// is kept for who reads next.
final class ReadAhead implements Supplier<byte @Nullable []> {
  private final DataReader from;

  /// Under way or come; of the connection's thread, but for who asks beside it.
  private volatile @Nullable CompletableFuture<byte @Nullable []> ahead;

  ReadAhead(DataReader from) {
    this.from = from;
  }

  /// The next bytes; null at their end.
  @Override
  public byte @Nullable [] get() {
    CompletableFuture<byte @Nullable []> begun = ahead;
    if (begun == null) {
      return read();
    }
    ahead = null;
    try {
      return begun.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CloseConnectionException("the server has stopped", e);
    } catch (ExecutionException e) {
      if (isTimeOut(e)) {
        return read(); // it waited for its answer: its time to say something begins now
      }
      throw e.getCause() instanceof RuntimeException failed ? failed : new IllegalStateException(e);
    }
  }

  private byte @Nullable [] read() {
    try {
      from.ensureAvailable();
    } catch (DataReader.InsufficientDataAvailableException _) {
      return null;
    }
    return from.readBytes(from.available());
  }

  /// Whether the client has gone. The first question begins to look; to be asked by the thread that
  /// answers its request, which has read all of that.
  boolean isGone() {
    CompletableFuture<byte @Nullable []> begun = ahead;
    if (begun == null) {
      var next = new CompletableFuture<byte @Nullable []>();
      Thread.ofVirtual().name("imago-read-ahead").start(() -> read(next));
      ahead = next;
      return false;
    }
    if (!begun.isDone()) {
      return false;
    }
    try {
      return begun.join() == null;
    } catch (CompletionException e) {
      if (!isTimeOut(e)) {
        return true;
      }
      ahead = null; // it has said nothing for long, as is right while it waits
      return false;
    }
  }

  private void read(CompletableFuture<byte @Nullable []> next) {
    try {
      next.complete(read());
    } catch (RuntimeException e) {
      next.completeExceptionally(e);
    }
  }

  private static boolean isTimeOut(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        return true;
      }
    }
    return false;
  }
}
