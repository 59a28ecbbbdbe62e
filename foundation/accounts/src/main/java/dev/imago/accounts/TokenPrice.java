package dev.imago.accounts;

import dev.imago.core.ConfigException;

/// What a million tokens of a model cost, in millionths of a currency's unit.
///
/// @param currency three letters
/// @param cached of a prompt's tokens that were computed before
/// @param reasoning of an answer's tokens that are thoughts
public record TokenPrice(String currency, long input, long cached, long output, long reasoning) {
  static final long MILLION = 1_000_000;

  /// 4,000 a million tokens: the cost of 2³¹ tokens is a whole number of 64 bits still.
  private static final long MOST = 4_000 * Money.UNIT;

  public TokenPrice {
    check("input", input);
    check("cached", cached);
    check("output", output);
    check("reasoning", reasoning);
  }

  private static void check(String name, long price) {
    if (price < 0 || price > MOST) {
      throw new ConfigException(
          "%s = %s is outside 0 … %s for a million tokens"
              .formatted(name, Money.text(price), Money.text(MOST)));
    }
  }

  static TokenPrice free(String currency) {
    return new TokenPrice(currency, 0, 0, 0, 0);
  }

  /// What a use costs, rounded up to a millionth once.
  long of(TokenUse used) {
    long sum = Math.multiplyExact(used.input() - used.cached(), input);
    sum = Math.addExact(sum, Math.multiplyExact(used.cached(), cached));
    sum = Math.addExact(sum, Math.multiplyExact(used.output() - used.reasoning(), output));
    sum = Math.addExact(sum, Math.multiplyExact(used.reasoning(), reasoning));
    return Math.ceilDiv(sum, MILLION);
  }

  /// What a request costs at most.
  long most(long prompt, long answer) {
    long sum = Math.multiplyExact(prompt, Math.max(input, cached));
    sum = Math.addExact(sum, Math.multiplyExact(answer, Math.max(output, reasoning)));
    return Math.ceilDiv(sum, MILLION);
  }
}
