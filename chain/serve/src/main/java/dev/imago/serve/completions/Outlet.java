package dev.imago.serve.completions;

import dev.imago.http.Exchange;
import java.io.OutputStream;

/// Where an answer goes: to a client over HTTP, or to whoever has it made in the background.
public interface Outlet {
  /// Whose request it is: a key's name, or an address.
  String tenant();

  /// When it came, as [System#nanoTime] has it.
  long arrivedNanos();

  /// Sets a header of the answer.
  void header(String name, String value);

  /// Sends a whole answer.
  void send(String contentType, byte[] body);

  /// Begins an answer that is sent as it comes.
  OutputStream begin(String contentType);

  /// Tells how the answer is ended before its time; it may be asked for at any moment from now on.
  default void started(Runnable cancel) {}

  /// Whether nobody waits for the answer any more, as far as is known; asked now and then while it
  /// is made.
  default boolean isGone() {
    return false;
  }

  /// The client of an exchange.
  static Outlet of(Exchange exchange) {
    return new Outlet() {
      @Override
      public String tenant() {
        return exchange.caller().tenant();
      }

      @Override
      public long arrivedNanos() {
        return exchange.arrivedNanos();
      }

      @Override
      public void header(String name, String value) {
        exchange.header(name, value);
      }

      @Override
      public void send(String contentType, byte[] body) {
        exchange.send(contentType, body);
      }

      @Override
      public OutputStream begin(String contentType) {
        return exchange.begin(contentType);
      }

      @Override
      public boolean isGone() {
        return exchange.isClientGone();
      }
    };
  }
}
