package dev.imago.collect;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The lines of one JSONL stream, each read by itself: a broken one spoils no other.
final class JsonLines {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What one line holds.
  ///
  /// @param source the line's own `source`, if it has one
  record Line(String text, @Nullable String source, Kind kind, Map<String, String> tags) {}

  private final InputStream in;
  private final int maxLineBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private long number;

  JsonLines(InputStream in, long maxLineBytes) {
    this.in = in;
    this.maxLineBytes = Math.toIntExact(maxLineBytes);
  }

  /// The number of the line last read, from 1.
  long number() {
    return number;
  }

  /// The next line without its end, or null at the end of the stream.
  ///
  /// @throws Refused for a line over the cap; the next call gives the line after it
  byte @Nullable [] next() throws IOException {
    byte[] line = new byte[256];
    long length = 0;
    boolean any = false;
    while (true) {
      if (position == limit) {
        limit = in.read(buffer);
        position = 0;
        if (limit <= 0) {
          limit = 0;
          if (!any) {
            return null;
          }
          break;
        }
      }
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      int part = end - position;
      if (length + part <= maxLineBytes) {
        if (length + part > line.length) {
          int grown = (int) Math.min(maxLineBytes, Math.max(length + part, 2L * line.length));
          line = Arrays.copyOf(line, grown);
        }
        System.arraycopy(buffer, position, line, (int) length, part);
      }
      length += part;
      position = end;
      if (end < limit) {
        position++;
        break;
      }
    }
    number++;
    if (length > maxLineBytes) {
      throw new Refused(
          Skip.LARGE, "%d bytes, more than maxDocumentBytes = %d".formatted(length, maxLineBytes));
    }
    return Arrays.copyOf(line, (int) length);
  }

  /// What a line says.
  ///
  /// @throws Refused when it is no object with a string `text`
  static Line parse(String json) throws Refused {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JacksonException e) {
      throw new Refused(Skip.LINE, e.getOriginalMessage());
    }
    if (!node.isObject() || !node.path("text").isString()) {
      throw new Refused(
          Skip.LINE, "a line is {\"text\":\"…\"}, with \"source\" and \"id\" at will");
    }
    String text = node.path("text").stringValue();
    if (unpaired(text) >= 0) {
      throw new Refused(Skip.LINE, "half a surrogate pair at character " + unpaired(text));
    }
    Kind kind =
        switch (string(node, "kind")) {
          case null -> Kind.PROSE;
          case "prose" -> Kind.PROSE;
          case "code" -> Kind.CODE;
          case String other ->
              throw new Refused(Skip.LINE, "kind is prose or code, not «" + other + "»");
        };
    var tags = new TreeMap<String, String>();
    String id = string(node, "id");
    if (id != null) {
      tags.put("id", id);
    }
    return new Line(text, string(node, "source"), kind, tags);
  }

  private static @Nullable String string(JsonNode node, String field) throws Refused {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull() || !value.isValueNode()) {
      return null;
    }
    String text = value.asString();
    if (unpaired(text) >= 0) {
      throw new Refused(Skip.LINE, "half a surrogate pair in " + field);
    }
    return text;
  }

  /// Where half a surrogate pair stands, which no UTF-8 can hold; −1 where none does.
  static int unpaired(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }
}
