package dev.imago.torch;

/// A process of the group cannot be reached any more, or never was.
public final class LostPeerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostPeerException(String message, Throwable cause) {
    super(message, cause);
  }

  /// @param thrown by the native library, whose messages have a stack of frames behind their line
  static LostPeerException of(String what, Throwable thrown) {
    String reason = String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    // «[/home/…/pair.cc:547] Connection closed by peer»: the place in the library says nothing.
    return new LostPeerException(what + " (" + reason.replaceFirst("^\\[\\S+] ", "") + ")", thrown);
  }
}
