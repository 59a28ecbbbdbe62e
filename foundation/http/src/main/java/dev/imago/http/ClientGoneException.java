package dev.imago.http;

import java.io.IOException;

/// The client closed its connection before its answer was complete: no error of anyone's.
public final class ClientGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientGoneException(IOException cause) {
    super("the client has gone: " + cause, cause);
  }
}
