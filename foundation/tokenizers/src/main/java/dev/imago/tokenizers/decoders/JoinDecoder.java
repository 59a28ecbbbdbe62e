package dev.imago.tokenizers.decoders;

import tools.jackson.core.JsonGenerator;

/// Tokens with a blank between them: what happens where a file has no decoder.
record JoinDecoder() implements Decoder {
  @Override
  public Pipe open(Pipe next) {
    return new Pipe() {
      private boolean isFirst = true;
      private boolean isInside;

      @Override
      public void text(String fragment) {
        if (!isInside && !isFirst) {
          next.text(" ");
        }
        isInside = true;
        next.text(fragment);
      }

      @Override
      public void endToken() {
        text("");
        isInside = false;
        isFirst = false;
        next.endToken();
      }

      @Override
      public void end() {
        next.end();
      }
    };
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeNull();
  }
}
