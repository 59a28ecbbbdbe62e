package dev.imago.tasks.tagging;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.tasks.Given;
import dev.imago.tasks.LabelReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads a user's own tagged words: CoNLL's columns (a word a line, its tag in the last column, a
/// blank line after each sentence), or JSON rows with a list of words and one of tags.
///
/// Tags are BIO; those of BIOES and of IOB1 become it, and that is told.
public final class TagRows implements LabelReader<TaggedWords> {
  private static final Pattern TAG = Pattern.compile("O|[BIESMU]-\\S+");
  private static final List<String> WORD_FIELDS = List.of("words", "tokens", "sentence", "text");
  private static final List<String> TAG_FIELDS =
      List.of("tags", "ner_tags", "labels", "tag", "ner");

  private final Settings settings;
  private final Given<TaggedWords> given = new Given<>();
  private final Set<String> types = new TreeSet<>();
  private final List<String> words = new ArrayList<>();
  private final List<String> tags = new ArrayList<>();
  private long begunInside;
  private long otherScheme;

  public TagRows(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Set<String> columns() {
    return Set.of("text", "label");
  }

  @Override
  public Given<TaggedWords> given() {
    if (begunInside > 0) {
      given.note("%,d tags I-… begin a span and became B-…".formatted(begunInside));
      begunInside = 0;
    }
    if (otherScheme > 0) {
      given.note("%,d tags S-…, U-…, E-… and M-… became B-… and I-…".formatted(otherScheme));
      otherScheme = 0;
    }
    return given;
  }

  /// `O` first, then `B-` and `I-` of each type in alphabetical order.
  @Override
  public Tagging task() {
    var labels = new ArrayList<String>();
    labels.add(Span.OUTSIDE);
    for (String type : types) {
      labels.add("B-" + type);
      labels.add("I-" + type);
    }
    return new Tagging(labels);
  }

  @Override
  public void read(String file, Reader text, Rows.@Nullable Format format) throws IOException {
    Rows.Format known =
        format == Rows.Format.JSONL || format == Rows.Format.JSON ? format : Rows.Format.COLUMNS;
    try (Rows rows = Rows.of(text, known, Rows.ROW_CHARS)) {
      for (Rows.Item item = rows.next(); item != null; item = rows.next()) {
        row(file, item, known == Rows.Format.COLUMNS);
      }
    }
  }

  private void add(String word, String tag, String at) {
    if (!TAG.matcher(tag).matches()) {
      throw new InputException(
          "%s: tag = «%s» is none of the scheme BIO; a word is B-TYPE where a span begins, I-TYPE where it goes on, and O elsewhere"
              .formatted(at, brief(tag)));
    }
    if (!word.isEmpty()) { // some files have tagged nothing
      words.add(word);
      tags.add(tag);
    }
  }

  private void sentence(String file) {
    if (words.isEmpty()) {
      return;
    }
    given.take(new TaggedWords(file + "#" + given.row(), List.copyOf(words), bio(tags), file));
    words.clear();
    tags.clear();
  }

  /// The same spans in BIO.
  private List<String> bio(List<String> given) {
    var to = new ArrayList<String>();
    String open = "";
    boolean ended = true;
    for (String tag : given) {
      String type = Span.type(tag);
      if (type.isEmpty()) {
        to.add(Span.OUTSIDE);
        open = "";
        continue;
      }
      types.add(type);
      char at = tag.charAt(0);
      boolean begins = at == 'B' || at == 'S' || at == 'U';
      boolean inside = !begins && type.equals(open) && !ended;
      begunInside += !begins && !inside ? 1 : 0;
      otherScheme += at == 'B' || at == 'I' ? 0 : 1;
      to.add((inside ? "I-" : "B-") + type);
      open = type;
      ended = at == 'S' || at == 'U' || at == 'E';
    }
    return to;
  }

  /// @param byLine whether each word stands on a line of its own
  private void row(String file, Rows.Item item, boolean byLine) {
    String at = "%s, line %d".formatted(file, item.line());
    switch (item) {
      case Rows.Item.Broken broken -> {
        given.row();
        given.leaveOut("broken: " + broken.why(), at);
      }
      case Rows.Item.Row row -> {
        JsonNode some = field(row.value(), settings.field("text"), WORD_FIELDS);
        JsonNode told = field(row.value(), settings.field("label"), TAG_FIELDS);
        if (!some.isArray() || some.size() != told.size()) {
          given.row();
          given.leaveOut("no list of words with as many tags", at);
          return;
        }
        for (int i = 0; i < some.size(); i++) {
          String where = byLine ? "%s, line %d".formatted(file, item.line() + i) : at;
          add(some.get(i).asString("").strip(), name(told.get(i), where), where);
        }
        sentence(file);
      }
    }
  }

  private static JsonNode field(JsonNode row, String named, List<String> usual) {
    if (!named.isEmpty()) {
      return row.path(named);
    }
    return usual.stream()
        .map(row::path)
        .filter(JsonNode::isArray)
        .findFirst()
        .orElse(row.path(usual.getFirst()));
  }

  /// A tag's name; of a number, the line of the list of names.
  private String name(JsonNode tag, String at) {
    if (!tag.isIntegralNumber()) {
      return tag.asString("").strip();
    }
    int number = tag.asInt();
    if (number < 0 || number >= settings.names().size()) {
      throw new InputException(
          "%s: tag = %d is no line of annotate.labelNames, which has %d"
              .formatted(at, number, settings.names().size()));
    }
    return settings.names().get(number);
  }

  private static String brief(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
