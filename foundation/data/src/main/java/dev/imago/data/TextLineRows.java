package dev.imago.data;

import dev.imago.data.Rows.Item;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.StringNode;

/// A text a line.
final class TextLineRows extends Rows {
  private final LineSource lines;

  TextLineRows(LineSource lines) {
    this.lines = lines;
  }

  @Override
  public @Nullable Item next() throws IOException {
    while (true) {
      String line = lines.next();
      if (line == null) {
        return null;
      } else if (lines.tooLong(line)) {
        return new Item.Broken(lines.number(), 1, JsonRows.large(line.length() - 1L));
      } else if (!line.isBlank()) {
        return new Item.Row(lines.number(), StringNode.valueOf(line.strip()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
