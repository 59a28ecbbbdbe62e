package dev.imago.constraints;

/// A constraint that cannot be enforced: broken, not supported, or beyond a budget. The message
/// names the place and what would mend it.
public final class ConstraintException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public ConstraintException(String message) {
    super(message);
  }
}
