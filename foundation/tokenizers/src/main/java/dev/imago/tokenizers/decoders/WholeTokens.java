package dev.imago.tokenizers.decoders;

/// A pipe of a decoder that must see all of a token before any of it is certain.
abstract class WholeTokens implements Decoder.Pipe {
  private final StringBuilder held = new StringBuilder();
  private String only = "";
  final Decoder.Pipe next;

  WholeTokens(Decoder.Pipe next) {
    this.next = next;
  }

  /// Takes a token.
  abstract void token(String token);

  @Override
  public final void text(String fragment) {
    // Nearly always a token is one fragment: then nothing is copied.
    if (only.isEmpty() && held.isEmpty()) {
      only = fragment;
      return;
    }
    held.append(only).append(fragment);
    only = "";
  }

  @Override
  public final void endToken() {
    String token = held.isEmpty() ? only : held.toString();
    held.setLength(0);
    only = "";
    token(token);
  }

  @Override
  public void end() {
    next.end();
  }

  /// Passes a token on.
  final void pass(String token) {
    next.text(token);
    next.endToken();
  }
}
