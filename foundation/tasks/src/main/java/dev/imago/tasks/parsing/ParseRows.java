package dev.imago.tasks.parsing;

import dev.imago.data.Rows;
import dev.imago.tasks.Given;
import dev.imago.tasks.LabelReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own dependency trees: CoNLL-U, or JSON rows with lists of words, of their heads
/// (from 1; 0 of the root) and of their relations. A sentence whose heads are no tree is left out,
/// and told.
public final class ParseRows implements LabelReader<ParsedWords> {
  private static final List<String> WORD_FIELDS = List.of("words", "tokens", "form");
  private static final List<String> HEAD_FIELDS = List.of("heads", "head");
  private static final List<String> RELATION_FIELDS = List.of("relations", "deprel", "deprels");
  private static final List<String> TAG_FIELDS = List.of("upos", "tags", "pos_tags", "pos");

  private final Settings settings;
  private final Given<ParsedWords> given = new Given<>();
  private final Set<String> relations = new TreeSet<>();
  private long roots;

  public ParseRows(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Set<String> columns() {
    return Set.of("text", "label", "head");
  }

  @Override
  public Given<ParsedWords> given() {
    if (roots > 0) {
      given.note(
          "%,d sentences have several roots; trees with one are told of them".formatted(roots));
      roots = 0;
    }
    return given;
  }

  /// The relations in alphabetical order.
  @Override
  public Parsing task() {
    return new Parsing(List.copyOf(relations));
  }

  @Override
  public void read(String file, Reader text, Rows.@Nullable Format format) throws IOException {
    Rows.Format known =
        format == Rows.Format.JSONL || format == Rows.Format.JSON ? format : Rows.Format.COLUMNS;
    try (Rows rows = Rows.of(text, known, Rows.ROW_CHARS)) {
      for (Rows.Item item = rows.next(); item != null; item = rows.next()) {
        String at = "%s, line %d".formatted(file, item.line());
        switch (item) {
          case Rows.Item.Broken broken -> {
            given.row(file);
            given.leaveOut("broken: " + broken.why(), at);
          }
          case Rows.Item.Row row -> row(file, row.value(), at);
        }
      }
    }
  }

  private void row(String file, JsonNode row, String at) {
    long number = given.row(file);
    List<String> words = texts(row, "text", WORD_FIELDS);
    List<String> told = texts(row, "label", RELATION_FIELDS);
    List<String> numbers = texts(row, "head", HEAD_FIELDS);
    List<String> tags = texts(row, "", TAG_FIELDS);
    if (words.isEmpty() || told.size() != words.size() || numbers.size() != words.size()) {
      given.leaveOut("no list of words with as many heads and relations", at);
      return;
    }
    if (!numbers.stream().allMatch(n -> n.matches("\\d{1,6}"))) {
      given.leaveOut("a head that is no number", at);
      return;
    }
    List<Integer> heads = numbers.stream().map(Integer::valueOf).toList();
    String fault = ParsedWords.fault(heads);
    if (!fault.isEmpty()) {
      given.leaveOut("heads that are no tree", at + ": " + fault);
      return;
    }
    roots += heads.stream().filter(h -> h == 0).count() > 1 ? 1 : 0;
    relations.addAll(told);
    boolean tagged =
        tags.size() == words.size() && tags.stream().noneMatch(t -> t.isEmpty() || t.equals("_"));
    given.take(
        new ParsedWords(file + "#" + number, words, tagged ? tags : List.of(), heads, told, file));
  }

  private List<String> texts(JsonNode row, String column, List<String> usual) {
    String named = column.isEmpty() ? "" : settings.field(column);
    JsonNode list =
        named.isEmpty()
            ? usual.stream().map(row::path).filter(JsonNode::isArray).findFirst().orElse(row)
            : row.path(named);
    var texts = new ArrayList<String>();
    if (list.isArray()) {
      list.forEach(one -> texts.add(one.asString("").strip()));
    }
    return texts;
  }
}
