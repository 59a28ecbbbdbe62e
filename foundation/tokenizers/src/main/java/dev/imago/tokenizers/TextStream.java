package dev.imago.tokenizers;

import dev.imago.tokenizers.decoders.Decoder;

/// Text from ids as they come, never half a character: what is not certain yet waits. All the
/// pieces end to end are what [Tokenizer#decode(int[], boolean)] gives. Not thread-safe.
public final class TextStream {
  private final Tokenizer tokenizer;
  private final Decoder decoder;
  private final boolean skipSpecial;
  private final StringBuilder certain = new StringBuilder();
  private Decoder.Pipe pipe;

  TextStream(Tokenizer tokenizer, Decoder decoder, boolean skipSpecial) {
    this.tokenizer = tokenizer;
    this.decoder = decoder;
    this.skipSpecial = skipSpecial;
    this.pipe = open();
  }

  private Decoder.Pipe open() {
    StringBuilder text = certain;
    return decoder.open(
        new Decoder.Pipe() {
          @Override
          public void text(String fragment) {
            text.append(fragment);
          }

          @Override
          public void endToken() {}

          @Override
          public void end() {}
        });
  }

  /// Takes one id; gives the characters that it makes certain, often none.
  public String add(int id) {
    feed(id);
    return taken();
  }

  void feed(int id) {
    String token = tokenizer.spelling(id);
    if (token == null || skipSpecial && tokenizer.special(id)) {
      return;
    }
    pipe.text(token);
    pipe.endToken();
  }

  /// Ends the text: what was still uncertain. A new text may begin.
  public String finish() {
    pipe.end();
    pipe = open();
    return taken();
  }

  private String taken() {
    if (certain.isEmpty()) {
      return "";
    }
    String text = certain.toString();
    certain.setLength(0);
    return text;
  }
}
