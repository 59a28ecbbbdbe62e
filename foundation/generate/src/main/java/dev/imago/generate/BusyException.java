package dev.imago.generate;

/// The engine's queue is full: try again later.
public final class BusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BusyException(int waiting, int most) {
    super("%d requests wait already, of at most %d; try again later".formatted(waiting, most));
  }
}
