package dev.imago.data;

import dev.imago.data.Rows.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The sentences of a file of columns, as CoNLL's tasks have them: a word a line, its tag in the
/// last column, a blank line after each sentence. Columns are between tabs, else between blanks.
///
/// A row has `words`, `tags` and the words' `text`. Marks of documents (`-DOCSTART-`) and comments
/// are passed over.
final class ColumnRows extends Rows {
  /// No sentence has more; a file without blank lines has.
  private static final int MOST_WORDS = 5_000;

  static final Pattern TAG = Pattern.compile("O|[BIESMU]-\\S+");

  private final LineSource lines;

  ColumnRows(LineSource lines) {
    this.lines = lines;
  }

  @Override
  public @Nullable Item next() throws IOException {
    var words = new ArrayList<String>();
    var tags = new ArrayList<String>();
    Item.Broken broken = null;
    long from = 0;
    String line;
    while ((line = lines.next()) != null && (!line.isBlank() || from == 0)) {
      List<String> cells = line.isBlank() ? List.of() : cells(line);
      if (cells.isEmpty() || isAside(line, cells)) {
        continue;
      }
      from = from == 0 ? lines.number() : from;
      if (broken != null) {
        continue;
      }
      if (cells.size() < 2) {
        broken = new Item.Broken(lines.number(), 1, "a word without a tag");
      } else if (words.size() == MOST_WORDS) {
        broken =
            new Item.Broken(
                lines.number(), 1, "a sentence of more than 5,000 words: no blank line ends it");
      } else if (!cells.getFirst().isEmpty()) { // some files have tagged nothing
        words.add(cells.getFirst());
        tags.add(cells.getLast());
      }
    }
    if (broken != null) {
      return broken;
    }
    if (words.isEmpty()) {
      return line == null ? null : next();
    }
    ObjectNode row = JsonMapper.shared().createObjectNode();
    row.put("text", Sentence.text(words));
    words.forEach(row.putArray("words")::add);
    tags.forEach(row.putArray("tags")::add);
    return new Item.Row(from, row);
  }

  static List<String> cells(String line) {
    String[] cells = line.indexOf('\t') >= 0 ? line.split("\t") : line.strip().split("\\s+");
    return java.util.Arrays.stream(cells).map(String::strip).toList();
  }

  private static boolean isAside(String line, List<String> cells) {
    return cells.getFirst().equals("-DOCSTART-")
        || (line.startsWith("#") && (cells.size() < 2 || !TAG.matcher(cells.getLast()).matches()));
  }

  @Override
  public boolean isByLine() {
    return false;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
