package dev.imago.data;

import dev.imago.data.Rows.Item;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// One JSON value a line, each read by itself: a broken one spoils no other.
final class JsonLineRows extends Rows {
  private final LineSource lines;

  JsonLineRows(LineSource lines) {
    this.lines = lines;
  }

  @Override
  public @Nullable Item next() throws IOException {
    while (true) {
      String line = lines.next();
      if (line == null) {
        return null;
      } else if (lines.tooLong(line)) {
        return new Item.Broken(lines.number(), 1, JsonRows.large(line.length() - 1));
      } else if (!line.isBlank()) {
        try {
          return new Item.Row(lines.number(), JsonRows.named(JsonRows.EXACT.readTree(line)));
        } catch (JacksonException e) {
          return JsonRows.broken(lines.number() - 1, e);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
