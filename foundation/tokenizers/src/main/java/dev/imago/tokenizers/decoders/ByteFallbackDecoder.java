package dev.imago.tokenizers.decoders;

import tools.jackson.core.JsonGenerator;

/// Tokens of one byte, such as `<0xE4>`, back to text. A run of them that is UTF-8 becomes one
/// token; of one that is not, each becomes U+FFFD, so nothing of a run is certain before it ends or
/// breaks.
public record ByteFallbackDecoder() implements Decoder {
  /// The UTF-16 units of a token of one byte.
  private static final int LENGTH = 6;

  private static final String WRONG = "\ufffd";

  @Override
  public Pipe open(Pipe next) {
    return new Pipe() {
      /// What the current token has so far, where it may still be one of a byte.
      private final StringBuilder held = new StringBuilder();

      private boolean isPlain;
      private final Utf8Reader utf8 = new Utf8Reader();
      private final StringBuilder run = new StringBuilder();

      /// How many bytes of the run nothing was passed on for.
      private int waiting;

      @Override
      public void text(String fragment) {
        if (isPlain) {
          next.text(fragment);
          return;
        }
        held.append(fragment);
        if (held.length() > LENGTH) {
          endRun();
          isPlain = true;
          next.text(held.toString());
          held.setLength(0);
        }
      }

      @Override
      public void endToken() {
        int b = isPlain ? -1 : byteOf(held);
        if (b >= 0) {
          add(b);
        } else {
          endRun();
          if (!held.isEmpty()) {
            next.text(held.toString());
          }
          next.endToken();
        }
        held.setLength(0);
        isPlain = false;
      }

      private void add(int b) {
        utf8.add(b, run);
        waiting++;
        if (utf8.isBroken()) {
          giveUp();
        }
      }

      private void giveUp() {
        for (; waiting > 0; waiting--) {
          next.text(WRONG);
          next.endToken();
        }
        run.setLength(0);
      }

      private void endRun() {
        if (utf8.isOpen()) {
          giveUp();
        } else if (waiting > 0) {
          next.text(run.toString());
          next.endToken();
        }
        waiting = 0;
        run.setLength(0);
        utf8.reset();
      }

      @Override
      public void end() {
        endRun();
        next.end();
      }
    };
  }

  /// The byte, or −1. A sign is a digit to Rust, so `<0x+1>` is a byte there, and here.
  private static int byteOf(CharSequence token) {
    if (token.length() != LENGTH
        || token.charAt(0) != '<'
        || token.charAt(1) != '0'
        || token.charAt(2) != 'x'
        || token.charAt(5) != '>') {
      return -1;
    }
    int high = token.charAt(3) == '+' ? 0 : hex(token.charAt(3));
    int low = hex(token.charAt(4));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "ByteFallback");
    out.writeEndObject();
  }
}
