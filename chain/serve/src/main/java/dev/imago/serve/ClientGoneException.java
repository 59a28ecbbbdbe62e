package dev.imago.serve;

import java.io.IOException;

/// The client closed its connection before its answer was complete: no error of anyone's.
final class ClientGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClientGoneException(IOException cause) {
    super("the client has gone: " + cause, cause);
  }
}
