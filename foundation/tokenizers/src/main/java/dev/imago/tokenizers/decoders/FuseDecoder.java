package dev.imago.tokenizers.decoders;

import tools.jackson.core.JsonGenerator;

/// Makes one token of all.
public record FuseDecoder() implements Decoder {
  @Override
  public Pipe open(Pipe next) {
    return new Pipe() {
      @Override
      public void text(String fragment) {
        next.text(fragment);
      }

      @Override
      public void endToken() {}

      @Override
      public void end() {
        // Of no token at all, too.
        next.endToken();
        next.end();
      }
    };
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Fuse");
    out.writeEndObject();
  }
}
