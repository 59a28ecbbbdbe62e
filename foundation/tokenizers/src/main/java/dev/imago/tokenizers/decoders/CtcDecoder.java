package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Takes out repetitions and padding, as Connectionist Temporal Classification gives them (Graves
/// et al. 2006).
///
/// @param wordDelimiterToken what stands for a blank
/// @param cleanup whether it becomes one, and blanks before marks are taken out
public record CtcDecoder(String padToken, String wordDelimiterToken, boolean cleanup)
    implements Decoder {
  @Override
  public Pipe open(Pipe next) {
    return new WholeTokens(next) {
      private @Nullable String last;

      @Override
      void token(String token) {
        if (token.equals(last)) {
          return;
        }
        last = token;
        String text = padToken.isEmpty() ? token : token.replace(padToken, "");
        if (cleanup) {
          text = Cleanup.replace(Cleanup.of(text), wordDelimiterToken, " ");
        }
        if (!text.isEmpty()) {
          pass(text);
        }
      }
    };
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "CTC");
    out.writeStringProperty("pad_token", padToken);
    out.writeStringProperty("word_delimiter_token", wordDelimiterToken);
    out.writeBooleanProperty("cleanup", cleanup);
    out.writeEndObject();
  }

  static CtcDecoder read(Part part) {
    return new CtcDecoder(
        part.string("pad_token", "<pad>"),
        part.string("word_delimiter_token", "|"),
        part.bool("cleanup", true));
  }
}
