package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Makes blanks of the sign that stands for them; in the first token it is left out, where it was
/// put in.
///
/// @param replacement the sign, `▁`
/// @param prependScheme where it was put in: `always`, `first` or `never`
/// @param split nothing here: it is the pre-tokenizer's
public record MetaspaceDecoder(int replacement, String prependScheme, boolean split)
    implements Decoder {
  private static final List<String> SCHEMES = List.of("always", "first", "never");

  public MetaspaceDecoder {
    if (!SCHEMES.contains(prependScheme)) {
      throw new IllegalArgumentException(
          "prependScheme = «%s» is none of %s".formatted(prependScheme, SCHEMES));
    }
  }

  @Override
  public Pipe open(Pipe next) {
    String sign = Character.toString(replacement);
    boolean wasPutIn = !prependScheme.equals("never");
    return new Pipe() {
      private boolean isFirst = true;

      @Override
      public void text(String fragment) {
        next.text(fragment.replace(sign, isFirst && wasPutIn ? "" : " "));
      }

      @Override
      public void endToken() {
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
    out.writeStartObject();
    out.writeStringProperty("type", "Metaspace");
    out.writeStringProperty("replacement", Character.toString(replacement));
    out.writeStringProperty("prepend_scheme", prependScheme);
    out.writeBooleanProperty("split", split);
    out.writeEndObject();
  }

  /// Reads one; older files say `add_prefix_space` in the place of `prepend_scheme`.
  static MetaspaceDecoder read(Part part) {
    String legacy = part.bool("add_prefix_space", true) ? "always" : "never";
    String scheme = part.word("prepend_scheme", SCHEMES, legacy);
    if (legacy.equals("never") && !scheme.equals("never")) {
      throw part.complaint(
          part.path() + " has add_prefix_space false and prepend_scheme " + scheme);
    }
    return new MetaspaceDecoder(
        part.character("replacement", '▁'), scheme, part.bool("split", true));
  }
}
