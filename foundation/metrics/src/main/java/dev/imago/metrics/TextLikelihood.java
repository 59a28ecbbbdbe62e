package dev.imago.metrics;

import java.nio.charset.StandardCharsets;

/// How unlikely a model finds a text, by what the text is counted in. By words and by bytes, models
/// of different tokenizers compare; by tokens they do not.
///
/// @param nats Σ −ln p over the text
/// @param tokens of the model's tokenizer
/// @param words of [#words]
/// @param bytes of UTF-8
public record TextLikelihood(double nats, long tokens, long words, long bytes) {
  /// Of two texts together.
  public TextLikelihood plus(TextLikelihood other) {
    return new TextLikelihood(
        nats + other.nats, tokens + other.tokens, words + other.words, bytes + other.bytes);
  }

  public double byToken() {
    return Math.exp(nats / tokens);
  }

  /// lm-evaluation-harness's `word_perplexity`.
  public double byWord() {
    return Math.exp(nats / words);
  }

  /// lm-evaluation-harness's `byte_perplexity`.
  public double byByte() {
    return Math.exp(nats / bytes);
  }

  /// lm-evaluation-harness's `bits_per_byte`.
  public double bitsPerByte() {
    return nats / bytes / Math.log(2);
  }

  /// The words of a text as lm-evaluation-harness counts them: one more than it has runs of white
  /// space, at its ends too.
  public static long words(String text) {
    long runs = 0;
    boolean before = false;
    for (int i = 0; i < text.length(); i++) {
      boolean white = WhiteSpace.is(text.charAt(i));
      runs += white && !before ? 1 : 0;
      before = white;
    }
    return runs + 1;
  }

  /// The bytes of a text in UTF-8.
  public static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
