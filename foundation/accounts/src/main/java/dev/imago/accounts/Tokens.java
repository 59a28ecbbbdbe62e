package dev.imago.accounts;

/// The tokens of a request, as the engine counted them.
///
/// @param input the prompt's
/// @param cached those of them that were computed before
/// @param output the answer's
/// @param reasoning those of them that are thoughts
public record Tokens(long input, long cached, long output, long reasoning) {
  public static final Tokens NONE = new Tokens(0, 0, 0, 0);

  Tokens plus(Tokens other) {
    return new Tokens(
        input + other.input,
        cached + other.cached,
        output + other.output,
        reasoning + other.reasoning);
  }
}
