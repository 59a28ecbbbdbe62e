package dev.imago.masking;

import java.util.List;

/// A text holds what must not pass. The message names the kind, never the value.
public final class BlockedTextException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final PersonalKind kind;

  BlockedTextException(PersonalKind kind) {
    super("the text holds %s, which may not pass; take it out".formatted(kind.described()));
    this.kind = kind;
  }

  public List<PersonalKind> kinds() {
    return List.of(kind);
  }
}
