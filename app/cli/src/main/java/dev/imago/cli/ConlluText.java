package dev.imago.cli;

import dev.imago.tasks.parsing.Parsing.Dependency;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A told tree in CoNLL-U: ten columns a word, between tabs, and a blank line behind the sentence.
/// What the row that was read has of lemmas, parts of speech and features stands in its columns.
final class ConlluText {
  /// What a file's name ends with.
  static final String ENDING = ".conllu";

  private static final String NOTHING = "_";

  private ConlluText() {}

  /// @param row that was read
  /// @param tree of its words
  static String of(JsonNode row, String text, List<Dependency> tree) {
    var lines = new StringBuilder();
    lines.append("# text = ").append(text.replaceAll("\\s+", " ").strip()).append('\n');
    for (int i = 0; i < tree.size(); i++) {
      Dependency one = tree.get(i);
      boolean joined = i + 1 < tree.size() && tree.get(i + 1).word().start() == one.word().end();
      lines
          .append(
              String.join(
                  "\t",
                  String.valueOf(i + 1),
                  one.word().text(),
                  cell(row, "lemma", i),
                  cell(row, "upos", i),
                  cell(row, "xpos", i),
                  cell(row, "feats", i),
                  String.valueOf(one.head()),
                  one.relation(),
                  NOTHING,
                  joined ? "SpaceAfter=No" : NOTHING))
          .append('\n');
    }
    return lines.toString();
  }

  private static String cell(JsonNode row, String column, int word) {
    String cell = row.path(column).path(word).asString("");
    return cell.isBlank() ? NOTHING : cell;
  }
}
