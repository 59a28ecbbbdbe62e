package dev.imago.serve.models;

/// A conversation with parts that the model's chat template shows it not.
public final class UnsupportedConversationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /// @param field of the request that holds them
  UnsupportedConversationException(String field, String message) {
    super(message);
    this.field = field;
  }

  public String field() {
    return field;
  }
}
