package dev.imago.data;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The lines of a text, with a look at its beginning before any is taken.
final class LineSource {
  /// How far the look goes: a line of JSONL is rarely longer.
  private static final int LOOK_CHARS = 1 << 20;

  private final Reader in;
  private final int maxChars;
  private char[] buffer = new char[1 << 13];
  private int position;
  private int limit;
  private boolean end;
  private long number;

  LineSource(Reader in, int maxChars) {
    this.in = in;
    this.maxChars = maxChars;
  }

  /// The number of the line last read, from 1.
  long number() {
    return number;
  }

  /// The next line without its end, or null at the end. A line over the cap comes cut to the cap
  /// and one character, which is how to know it; the rest of it is passed over.
  @Nullable String next() throws IOException {
    var line = new StringBuilder();
    boolean any = false;
    while (true) {
      if (position == limit && !fill()) {
        if (!any) {
          return null;
        }
        break;
      }
      any = true;
      int stop = position;
      while (stop < limit && buffer[stop] != '\n') {
        stop++;
      }
      int room = maxChars + 1 - line.length();
      line.append(buffer, position, Math.min(room, stop - position));
      position = stop;
      if (stop < limit) {
        position++;
        break;
      }
    }
    number++;
    int length = line.length();
    if (length > 0 && length <= maxChars && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return line.toString();
  }

  boolean tooLong(String line) {
    return line.length() > maxChars;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = 0;
    int read = end ? -1 : in.read(buffer, 0, buffer.length);
    end = read < 0;
    limit = Math.max(0, read);
    return !end;
  }

  /// Reads on without taking, until `chars` are there or the text ends.
  private void look(int chars) throws IOException {
    while (!end && limit - position < chars) {
      if (limit == buffer.length) {
        char[] grown = new char[2 * buffer.length];
        System.arraycopy(buffer, position, grown, 0, limit - position);
        limit -= position;
        position = 0;
        buffer = grown;
      }
      int read = in.read(buffer, limit, buffer.length - limit);
      end = read < 0;
      limit += Math.max(0, read);
    }
  }

  /// Whether the text is one object a line: the first line is a whole one, and another follows.
  boolean startsLines() throws IOException {
    int from = firstInk();
    int stop = lineEnd(from);
    return from < limit
        && buffer[from] == '{'
        && hasInk(stop)
        && isJson(new String(buffer, from, stop - from));
  }

  /// Whether the text is JSON over several lines: the first is an opening bracket, or an array's
  /// beginning that is no whole value.
  boolean startsWhole() throws IOException {
    int from = firstInk();
    int stop = lineEnd(from);
    if (from == limit) {
      return false;
    }
    String line = new String(buffer, from, stop - from).strip();
    return line.equals("{") || (line.startsWith("[") && (!isJson(line) || !hasInk(stop)));
  }

  private int firstInk() throws IOException {
    look(1 << 12);
    int from = position;
    while (from < limit && Character.isWhitespace(buffer[from])) {
      from++;
    }
    return from;
  }

  /// The end of the line; looks further only where the first look ends within it. Both may move the
  /// buffer, so `from` must be at the same distance from the position afterwards.
  private int lineEnd(int from) throws IOException {
    int stop = from;
    while (stop < limit && buffer[stop] != '\n') {
      stop++;
    }
    // Position is 0 until the first line is taken, so that looking on moves nothing.
    if (stop == limit && !end) {
      look(LOOK_CHARS);
      while (stop < limit && buffer[stop] != '\n') {
        stop++;
      }
    }
    return stop;
  }

  private boolean hasInk(int from) throws IOException {
    for (int wanted = from + (1 << 12); ; wanted *= 2) {
      look(wanted);
      for (int i = from; i < limit; i++) {
        if (!Character.isWhitespace(buffer[i])) {
          return true;
        }
      }
      if (end || wanted > LOOK_CHARS) {
        return false;
      }
    }
  }

  private static boolean isJson(String text) {
    try {
      JsonMapper.shared().readTree(text);
      return true;
    } catch (JacksonException e) {
      return false;
    }
  }

  /// What has not been taken yet, as characters; no lines are left afterwards.
  Reader rest() {
    return new Reader() {
      @Override
      public int read(char[] to, int offset, int length) throws IOException {
        if (position == limit) {
          return end ? -1 : in.read(to, offset, length);
        }
        int n = Math.min(length, limit - position);
        System.arraycopy(buffer, position, to, offset, n);
        position += n;
        return n;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  void close() throws IOException {
    in.close();
  }
}
