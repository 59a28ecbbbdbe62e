package dev.imago.data;

import dev.imago.data.Rows.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The sentences of a file of columns, as CoNLL's tasks have them: a word a line, its tag in the
/// last column, a blank line after each sentence. Columns are between tabs, else between blanks.
///
/// A row has `words`, `tags` and the words' `text`; of more than two columns each is there as
/// `column1`, `column2` … too. Lines of CoNLL-U's ten columns are known by their numbers: their
/// words are the second, the tags the universal parts of speech, and `lemma`, `upos`, `xpos`,
/// `feats`, `head` and `deprel` are there; words that are written together (`3-4`) and empty ones
/// (`8.1`) are passed over. Marks of documents (`-DOCSTART-`) and comments are passed over.
final class ColumnRows extends Rows {
  /// No sentence has more; a file without blank lines has.
  private static final int MOST_WORDS = 5_000;

  /// CoNLL-U's columns.
  private static final int UNIVERSAL = 10;

  static final Pattern TAG = Pattern.compile("O|[BIESMU]-\\S+");

  private final LineSource lines;

  ColumnRows(LineSource lines) {
    this.lines = lines;
  }

  @Override
  public @Nullable Item next() throws IOException {
    var all = new ArrayList<List<String>>();
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
      } else if (all.size() == MOST_WORDS) {
        broken =
            new Item.Broken(
                lines.number(), 1, "a sentence of more than 5,000 words: no blank line ends it");
      } else if (!cells.getFirst().isEmpty()) { // some files have tagged nothing
        all.add(cells);
      }
    }
    if (broken != null) {
      return broken;
    }
    boolean universal = !all.isEmpty() && all.stream().allMatch(ColumnRows::isUniversal);
    if (universal) {
      all.removeIf(cells -> !cells.getFirst().matches("\\d+"));
    }
    if (all.isEmpty()) {
      return line == null ? null : next();
    }
    return new Item.Row(from, universal ? universal(all) : row(all));
  }

  private static boolean isUniversal(List<String> cells) {
    return cells.size() == UNIVERSAL && cells.getFirst().matches("\\d+([-.]\\d+)?");
  }

  private static ObjectNode row(List<List<String>> all) {
    ObjectNode row = row(all, 0, cells -> cells.getLast());
    int columns = all.stream().mapToInt(List::size).min().orElse(0);
    boolean even = all.stream().allMatch(cells -> cells.size() == columns);
    for (int c = 0; c < columns && columns > 2 && even; c++) {
      put(row, "column" + (c + 1), all, c);
    }
    return row;
  }

  private static ObjectNode universal(List<List<String>> all) {
    ObjectNode row = row(all, 1, cells -> cells.get(3));
    put(row, "lemma", all, 2);
    put(row, "upos", all, 3);
    put(row, "xpos", all, 4);
    put(row, "feats", all, 5);
    put(row, "head", all, 6);
    put(row, "deprel", all, 7);
    return row;
  }

  private static ObjectNode row(
      List<List<String>> all, int word, Function<List<String>, String> tag) {
    ObjectNode row = JsonMapper.shared().createObjectNode();
    List<String> words = all.stream().map(cells -> cells.get(word)).toList();
    row.put("text", Sentence.text(words));
    words.forEach(row.putArray("words")::add);
    all.stream().map(tag).forEach(row.putArray("tags")::add);
    return row;
  }

  private static void put(ObjectNode row, String name, List<List<String>> all, int column) {
    var to = row.putArray(name);
    all.forEach(cells -> to.add(cells.get(column)));
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
