package dev.imago.tokenizers.decoders;

import dev.imago.tokenizers.json.Part;
import tools.jackson.core.JsonGenerator;

/// Takes a character off the ends of each token.
///
/// @param start how many at most at the start
/// @param stop how many at most at the end
public record StripDecoder(int content, int start, int stop) implements Decoder {
  public StripDecoder {
    if (start < 0 || stop < 0) {
      throw new IllegalArgumentException(
          "start = %d, stop = %d: neither may be negative; 0 takes nothing off"
              .formatted(start, stop));
    }
  }

  @Override
  public Pipe open(Pipe next) {
    String sign = Character.toString(content);
    return new Pipe() {
      /// How many were taken off the start; `start` too when no more may be.
      private int taken;

      /// How many at the end may have to go, none of them passed on.
      private int waiting;

      @Override
      public void text(String fragment) {
        int from = 0;
        while (taken < start && from < fragment.length()) {
          if (fragment.startsWith(sign, from)) {
            from += sign.length();
            taken++;
          } else {
            taken = start;
          }
        }
        if (from == fragment.length()) {
          return;
        }
        int to = fragment.length();
        int atEnd = 0;
        while (atEnd < stop
            && to - from >= sign.length()
            && fragment.startsWith(sign, to - sign.length())) {
          to -= sign.length();
          atEnd++;
        }
        // All of it may have to go: of those that wait, the first are certain when they are too
        // many.
        int certain = to > from ? waiting : Math.max(0, waiting + atEnd - stop);
        if (certain > 0) {
          next.text(sign.repeat(certain));
        }
        waiting = waiting - certain + atEnd;
        if (to > from) {
          next.text(fragment.substring(from, to));
        }
      }

      @Override
      public void endToken() {
        taken = 0;
        waiting = 0;
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
    out.writeStringProperty("type", "Strip");
    out.writeStringProperty("content", Character.toString(content));
    out.writeNumberProperty("start", start);
    out.writeNumberProperty("stop", stop);
    out.writeEndObject();
  }

  static StripDecoder read(Part part) {
    if (!part.has("content")) {
      throw part.wrong("content", part.node().path("content"), "one character");
    }
    return new StripDecoder(
        part.character("content", ' '),
        part.whole("start", 0, Integer.MAX_VALUE),
        part.whole("stop", 0, Integer.MAX_VALUE));
  }
}
