package dev.imago.tokenizers;

import java.util.OptionalInt;
import java.util.function.Function;

/// The tokens that a post-processor puts before and after a text, at most one each.
///
/// @param before the id of the one that begins a text
/// @param after the id of the one that ends it
record SurroundingTokens(OptionalInt before, OptionalInt after) {
  /// @param cannot makes the complaint about more than one
  static SurroundingTokens of(
      Tokenizer tokenizer, Function<String, IllegalArgumentException> cannot) {
    EncodeOptions unlimited = EncodeOptions.DEFAULT.withLimits(false);
    Encoding empty = tokenizer.encoding("", unlimited);
    Encoding some = tokenizer.encoding("a", unlimited);
    int before = 0;
    while (before < some.size() && some.special(before)) {
      before++;
    }
    int after = empty.size() - before;
    if (before > 1 || after > 1) {
      throw cannot.apply(
          "%d tokens before a text and %d after it, where it has one each"
              .formatted(before, after));
    }
    return new SurroundingTokens(
        before == 1 ? OptionalInt.of(some.id(0)) : OptionalInt.empty(),
        after == 1 ? OptionalInt.of(some.id(some.size() - 1)) : OptionalInt.empty());
  }
}
