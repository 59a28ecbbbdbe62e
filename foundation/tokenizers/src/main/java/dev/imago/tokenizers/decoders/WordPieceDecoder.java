package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import tools.jackson.core.JsonGenerator;

/// Sets a blank before each token that does not go on with a word.
///
/// @param prefix what a token that goes on with a word starts with, such as `##`
/// @param cleanup whether blanks before marks are taken out
public record WordPieceDecoder(String prefix, boolean cleanup) implements Decoder {
  @Override
  public Pipe open(Pipe next) {
    return new WholeTokens(next) {
      private boolean isFirst = true;

      @Override
      void token(String token) {
        String text =
            isFirst
                ? token
                : token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
        isFirst = false;
        pass(cleanup ? Cleanup.of(text) : text);
      }
    };
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "WordPiece");
    out.writeStringProperty("prefix", prefix);
    out.writeBooleanProperty("cleanup", cleanup);
    out.writeEndObject();
  }

  static WordPieceDecoder read(Part part) {
    return new WordPieceDecoder(part.string("prefix", "##"), part.bool("cleanup", true));
  }
}
