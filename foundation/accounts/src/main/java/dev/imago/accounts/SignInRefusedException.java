package dev.imago.accounts;

import java.time.Duration;

/// A sign-in that fails. It does not say whether there is such a name.
public final class SignInRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Duration wait;

  SignInRefusedException(Duration wait) {
    super(
        wait.isZero()
            ? "name and password do not belong together"
            : "too many tries failed: the next one in %d s".formatted(wait.toSeconds() + 1),
        null,
        false,
        false);
    this.wait = wait;
  }

  /// How long to wait until the next try; zero where this one was looked at.
  public Duration waitingTime() {
    return wait;
  }
}
