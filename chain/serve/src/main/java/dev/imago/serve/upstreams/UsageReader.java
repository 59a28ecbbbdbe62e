package dev.imago.serve.upstreams;

import dev.imago.accounts.TokenUse;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Passes another server's answer on, and notes how many tokens it says that it used. Of a stream
/// whose client did not ask for that, the event that tells it is kept back.
final class UsageReader extends FilterOutputStream {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// A longer line, or whole answer, is passed on unread.
  private static final int MOST = 8 << 20;

  private static final String DATA = "data:";

  private final boolean stream;
  private final boolean hidden;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private TokenUse told = TokenUse.NONE;
  private boolean unread;
  private boolean blankToo;

  /// @param stream whether it is one of events
  /// @param hidden whether the client did not ask for what the last event tells
  UsageReader(OutputStream out, boolean stream, boolean hidden) {
    super(out);
    this.stream = stream;
    this.hidden = hidden;
  }

  /// What the other server told; nothing where it told nothing.
  TokenUse told() {
    if (!stream && !unread) {
      note(held.toString(StandardCharsets.UTF_8));
    }
    return told;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (!stream) {
      out.write(from, offset, length);
      hold(from, offset, length);
      return;
    }
    int begin = offset;
    for (int i = offset; i < offset + length; i++) {
      if (from[i] == '\n') {
        line(from, begin, i + 1 - begin);
        begin = i + 1;
      }
    }
    part(from, begin, offset + length - begin);
  }

  private boolean hold(byte[] from, int offset, int length) {
    if (!unread && held.size() + length <= MOST) {
      held.write(from, offset, length);
      return true;
    }
    unread = true;
    return false;
  }

  /// A line without its end yet.
  private void part(byte[] from, int offset, int length) throws IOException {
    if (!hold(from, offset, length)) {
      held.writeTo(out);
      held.reset();
      out.write(from, offset, length);
    }
  }

  private void line(byte[] from, int offset, int length) throws IOException {
    part(from, offset, length);
    String line = held.toString(StandardCharsets.UTF_8).strip();
    boolean blank = line.isEmpty() && !unread;
    boolean kept = blank ? blankToo : note(line.startsWith(DATA) ? line.substring(5) : "");
    if (!kept) {
      held.writeTo(out);
    }
    blankToo = kept && !blank;
    held.reset();
    unread = false;
  }

  /// A last line without its end goes as it is.
  @Override
  public void close() throws IOException {
    try {
      if (stream) {
        held.writeTo(out);
        held.reset();
      }
    } finally {
      super.close();
    }
  }

  /// @return whether this is an event that the client did not ask for
  private boolean note(String json) {
    if (!json.contains("\"usage\"")) {
      return false;
    }
    try {
      JsonNode event = JSON.readTree(json);
      JsonNode usage = event.path("usage");
      if (!usage.isObject()) {
        return false;
      }
      long input = tokens(usage, "prompt_tokens", Integer.MAX_VALUE);
      long output = tokens(usage, "completion_tokens", Integer.MAX_VALUE);
      told =
          new TokenUse(
              input,
              tokens(usage.path("prompt_tokens_details"), "cached_tokens", input),
              output,
              tokens(usage.path("completion_tokens_details"), "reasoning_tokens", output));
      return hidden && event.path("choices").isArray() && event.path("choices").isEmpty();
    } catch (JacksonException _) {
      return false; // passed on as it is
    }
  }

  /// What others tell is held within what can be.
  private static long tokens(JsonNode of, String name, long most) {
    return Math.clamp(of.path(name).asLong(0), 0, most);
  }
}
