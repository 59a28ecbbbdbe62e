package dev.imago.tokenizers;

import dev.imago.tokenizers.bytelevel.IntList;
import dev.imago.tokenizers.decoders.Decoder;
import java.util.Arrays;

/// Text from ids as they come, never half a character: what is not certain yet waits. All the
/// pieces end to end are what [Tokenizer#decode(int[], boolean)] gives. Not thread-safe.
public final class TextStream {
  private final Tokenizer tokenizer;
  private final Decoder decoder;
  private final boolean skipSpecial;
  private final StringBuilder certain = new StringBuilder();

  /// The ids of this text so far: what [#cut] decodes anew.
  private IntList ids = new IntList();

  /// How many characters of this text were given.
  private int given;

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
    ids.add(id);
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
    String rest = taken();
    begin();
    return rest;
  }

  /// Ends a text that was cut off, as [#finish] does, yet before a character of which only the
  /// first bytes have come. A new text may begin.
  public String cut() {
    int[] all = ids.toArray();
    int open = openBytes(all);
    if (open == 0) {
      return finish();
    }
    int whole = all.length;
    while (whole > 0 && shown(all[whole - 1]).length <= open) {
      open -= shown(all[--whole]).length;
    }
    String text = tokenizer.decode(Arrays.copyOf(all, whole), skipSpecial);
    int end = text.length();
    // A token that ends one character and begins the next.
    while (open > 0 && end > given && text.charAt(end - 1) == '\ufffd') {
      end--;
    }
    String rest = text.substring(Math.min(given, end), end);
    begin();
    return rest;
  }

  /// How many bytes at the end begin a character and do not end it: 0 … 3.
  private int openBytes(int[] all) {
    for (int i = all.length - 1, back = 0; i >= 0 && back < 3; i--) {
      byte[] bytes = shown(all[i]);
      for (int b = bytes.length - 1; b >= 0 && back < 3; b--) {
        back++;
        if ((bytes[b] & 0xc0) != 0x80) {
          int lead = bytes[b] & 0xff;
          int length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
          return length > back ? back : 0;
        }
      }
    }
    return 0;
  }

  private byte[] shown(int id) {
    return skipSpecial && tokenizer.special(id) ? new byte[0] : tokenizer.bytes(id);
  }

  private void begin() {
    pipe = open();
    certain.setLength(0);
    ids = new IntList();
    given = 0;
  }

  private String taken() {
    if (certain.isEmpty()) {
      return "";
    }
    String text = certain.toString();
    certain.setLength(0);
    given += text.length();
    return text;
  }
}
