package dev.imago.accounts;

/// The tokens of a request, as the engine counted them.
///
/// @param input the prompt's
/// @param cached those of them that were computed before
/// @param output the answer's
/// @param reasoning those of them that are thoughts
public record TokenUse(long input, long cached, long output, long reasoning) {
  public static final TokenUse NONE = new TokenUse(0, 0, 0, 0);

  TokenUse minus(TokenUse other) {
    return new TokenUse(
        input - other.input,
        cached - other.cached,
        output - other.output,
        reasoning - other.reasoning);
  }

  TokenUse plus(TokenUse other) {
    return new TokenUse(
        input + other.input,
        cached + other.cached,
        output + other.output,
        reasoning + other.reasoning);
  }
}
