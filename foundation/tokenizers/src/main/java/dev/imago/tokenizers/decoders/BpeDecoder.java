package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import tools.jackson.core.JsonGenerator;

/// Makes a blank of the sign that ends a word, and nothing of it in the last token: what stands at
/// or after one is certain when another token begins.
///
/// @param suffix the sign, such as `</w>`
public record BpeDecoder(String suffix) implements Decoder {
  @Override
  public Pipe open(Pipe next) {
    return suffix.isEmpty() ? openBetweenAll(next) : new Pieces(next, suffix);
  }

  private static final class Pieces implements Pipe, Finding.Found {
    private final Pipe next;
    private final String suffix;
    private final Finding finding;

    /// The current or last token from its first suffix on.
    private final StringBuilder held = new StringBuilder();

    private boolean isOver;

    Pieces(Pipe next, String suffix) {
      this.next = next;
      this.suffix = suffix;
      finding = new Finding(suffix, this);
    }

    @Override
    public void text(String fragment) {
      settle(" ");
      finding.text(fragment);
    }

    @Override
    public void between(String text) {
      if (held.isEmpty()) {
        next.text(text);
      } else {
        held.append(text);
      }
    }

    @Override
    public void word() {
      held.append(suffix);
    }

    @Override
    public void endToken() {
      settle(" ");
      finding.end();
      isOver = true;
      if (held.isEmpty()) {
        settle(" ");
      }
    }

    private void settle(String blank) {
      if (isOver) {
        if (!held.isEmpty()) {
          next.text(held.toString().replace(suffix, blank));
        }
        next.endToken();
        held.setLength(0);
        isOver = false;
      }
    }

    @Override
    public void end() {
      settle("");
      next.end();
    }
  }

  /// An empty sign is between any two characters.
  private static Pipe openBetweenAll(Pipe next) {
    return new WholeTokens(next) {
      private String last = "";
      private boolean isFirst = true;

      @Override
      void token(String token) {
        if (!isFirst) {
          pass(Cleanup.replace(last, "", " "));
        }
        last = token;
        isFirst = false;
      }

      @Override
      public void end() {
        if (!isFirst) {
          pass(last);
        }
        super.end();
      }
    };
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "BPEDecoder");
    out.writeStringProperty("suffix", suffix);
    out.writeEndObject();
  }

  static BpeDecoder read(Part part) {
    return new BpeDecoder(part.string("suffix", "</w>"));
  }
}
