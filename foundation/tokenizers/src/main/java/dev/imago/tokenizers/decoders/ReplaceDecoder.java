package dev.imago.tokenizers.decoders;

import dev.imago.regex.OnigRegex;
import dev.imago.tokenizers.json.Part;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Replaces what matches in each token.
///
/// @param pattern a text or a regular expression, in Oniguruma's syntax
/// @param regex the expression, or null for a text
/// @param content what is put in, as it is
public record ReplaceDecoder(String pattern, @Nullable OnigRegex regex, String content)
    implements Decoder {
  @Override
  public Pipe open(Pipe next) {
    return regex == null && !pattern.isEmpty() ? openText(next) : openWhole(next);
  }

  private Pipe openText(Pipe next) {
    var finding =
        new Finding(
            pattern,
            new Finding.Found() {
              @Override
              public void between(String text) {
                next.text(text);
              }

              @Override
              public void word() {
                next.text(content);
              }
            });
    return new Pipe() {
      @Override
      public void text(String fragment) {
        finding.text(fragment);
      }

      @Override
      public void endToken() {
        finding.end();
        next.endToken();
      }

      @Override
      public void end() {
        next.end();
      }
    };
  }

  private Pipe openWhole(Pipe next) {
    return new WholeTokens(next) {
      @Override
      void token(String token) {
        pass(token.isEmpty() ? token : replaced(token));
      }
    };
  }

  private String replaced(String token) {
    if (regex == null) {
      return Cleanup.replace(token, "", content);
    }
    var out = new StringBuilder();
    int[] done = {0};
    regex.findAll(
        token,
        (from, to) -> {
          out.append(token, done[0], from).append(content);
          done[0] = to;
        });
    return out.append(token, done[0], token.length()).toString();
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "Replace");
    out.writeObjectPropertyStart("pattern");
    out.writeStringProperty(regex == null ? "String" : "Regex", pattern);
    out.writeEndObject();
    out.writeStringProperty("content", content);
    out.writeEndObject();
  }

  /// Replaces a text.
  public static ReplaceDecoder ofText(String pattern, String content) {
    return new ReplaceDecoder(pattern, null, content);
  }

  /// Replaces what a regular expression in Oniguruma's syntax matches.
  ///
  /// @throws IllegalArgumentException where it is not one
  public static ReplaceDecoder ofRegex(String pattern, String content) {
    return new ReplaceDecoder(pattern, OnigRegex.compile(pattern), content);
  }

  static ReplaceDecoder read(Part part) {
    Part pattern = part.part("pattern");
    String content = part.string("content");
    if (pattern.has("String")) {
      return ofText(pattern.string("String"), content);
    }
    String regex = pattern.string("Regex");
    try {
      return ofRegex(regex, content);
    } catch (IllegalArgumentException e) {
      throw pattern.complaint(pattern.path() + ".Regex: " + e.getMessage());
    }
  }
}
