package dev.imago.tasks.tagging;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.metrics.Span;
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

/// Reads a user's own tagged words: CoNLL's columns (a word a line, its tag in the last column, a
/// blank line after each sentence), CoNLL-U, JSON rows with a list of words and one of tags, or
/// JSON rows of a text with spans of its characters.
///
/// Tags of any scheme ([TagScheme]) become BIO, and that is told; where no tag is of one, as of
/// parts of speech, they are classes of words.
public final class TagRows implements LabelReader<TaggedWords> {
  private static final List<String> WORD_FIELDS = List.of("words", "tokens", "sentence", "text");
  private static final List<String> TAG_FIELDS =
      List.of("tags", "ner_tags", "labels", "tag", "ner", "upos", "pos_tags", "pos");
  private static final List<String> SPAN_FIELDS = List.of("entities", "spans", "labels", "label");

  private final Settings settings;
  private final Given<TaggedWords> given = new Given<>();
  private final List<Read> read = new ArrayList<>();
  private final Set<String> types = new TreeSet<>();
  private boolean plain;
  private long widened;
  private long dropped;

  /// A sentence as it was read.
  ///
  /// @param line of its first word
  /// @param byLine whether each word stands on a line of its own
  private record Read(
      String file, long line, boolean byLine, List<String> words, List<String> tags) {
    String at(int word) {
      return "%s, line %d".formatted(file, byLine ? line + word : line);
    }
  }

  public TagRows(Settings settings) {
    this.settings = settings;
  }

  @Override
  public Set<String> columns() {
    return Set.of("text", "label");
  }

  /// What was read since it was asked before, in one scheme.
  @Override
  public Given<TaggedWords> given() {
    if (!read.isEmpty()) {
      boolean spans =
          read.stream().flatMap(r -> r.tags().stream()).anyMatch(t -> isTag(t) && !t.equals("O"));
      boolean outside = read.stream().flatMap(r -> r.tags().stream()).anyMatch("O"::equals);
      plain = !spans && !outside;
      if (plain) {
        read.forEach(r -> types.addAll(r.tags()));
        read.forEach(r -> take(r, r.tags()));
      } else {
        bio();
      }
      read.clear();
    }
    if (widened > 0) {
      given.note("%,d spans begin or end within a word, and have all of it".formatted(widened));
      widened = 0;
    }
    if (dropped > 0) {
      given.note(
          "left out: %,d spans that overlap a longer one, or have no word".formatted(dropped));
      dropped = 0;
    }
    return given;
  }

  private void take(Read one, List<String> tags) {
    given.take(
        new TaggedWords(one.file() + "#" + given.row(one.file()), one.words(), tags, one.file()));
  }

  /// `O` first, then `B-` and `I-` of each type in alphabetical order; else the tags themselves.
  @Override
  public Tagging task() {
    given();
    if (plain) {
      return new Tagging(List.copyOf(types));
    }
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
        String at = "%s, line %d".formatted(file, item.line());
        switch (item) {
          case Rows.Item.Broken broken -> {
            given.row(file);
            given.leaveOut("broken: " + broken.why(), at);
          }
          case Rows.Item.Row row ->
              row(file, row.value(), item.line(), known == Rows.Format.COLUMNS, at);
        }
      }
    }
  }

  private void row(String file, JsonNode row, long line, boolean byLine, String at) {
    JsonNode spans = field(row, settings.field("label"), SPAN_FIELDS);
    JsonNode text = row.path(settings.field("text").isEmpty() ? "text" : settings.field("text"));
    boolean list = field(row, settings.field("text"), WORD_FIELDS).isArray();
    if (!byLine && !list && text.isString() && spans.isArray()) {
      spans(file, text.stringValue(), spans, line, at);
      return;
    }
    JsonNode some = field(row, settings.field("text"), WORD_FIELDS);
    JsonNode told = field(row, settings.field("label"), TAG_FIELDS);
    if (!some.isArray() || some.size() != told.size()) {
      given.row(file);
      given.leaveOut("no list of words with as many tags", at);
      return;
    }
    var words = new ArrayList<String>();
    var tags = new ArrayList<String>();
    for (int i = 0; i < some.size(); i++) {
      String where = byLine ? "%s, line %d".formatted(file, line + i) : at;
      String word = some.get(i).asString("").strip();
      if (!word.isEmpty()) { // some files have tagged nothing
        words.add(word);
        tags.add(prefixed(name(told.get(i), where)));
      }
    }
    if (!words.isEmpty()) {
      read.add(new Read(file, line, byLine, List.copyOf(words), List.copyOf(tags)));
    }
  }

  private void spans(String file, String text, JsonNode spans, long line, String at) {
    CharacterSpans found = CharacterSpans.of(text, spans);
    if (found == null || found.words().isEmpty()) {
      given.row(file);
      given.leaveOut(found == null ? CharacterSpans.fault(text, spans) : "no word", at);
      return;
    }
    widened += found.widened();
    dropped += found.dropped();
    List<String> words = found.words().stream().map(Word::text).toList();
    read.add(new Read(file, line, false, words, found.tags()));
  }

  private static boolean isTag(String tag) {
    return TagScheme.TAG.matcher(tag).matches();
  }

  /// A tag whose letter stands behind its type (`NP-B`) as the others have it.
  private static String prefixed(String tag) {
    return !isTag(tag) && tag.matches("\\S+-[BIESMUL]")
        ? tag.charAt(tag.length() - 1) + "-" + tag.substring(0, tag.length() - 2)
        : tag;
  }

  /// The same spans in BIO, as conlleval reads what breaks its scheme.
  private void bio() {
    for (Read one : read) {
      for (int i = 0; i < one.tags().size(); i++) {
        if (!isTag(one.tags().get(i))) {
          throw new InputException(
              "%s: tag = «%s» is none of a scheme such as BIO; a word is B-TYPE where a span begins, I-TYPE where it goes on, and O elsewhere"
                  .formatted(one.at(i), brief(one.tags().get(i))));
        }
      }
    }
    TagScheme scheme = TagScheme.of(read.stream().map(Read::tags).toList());
    long broken = 0;
    String first = "";
    for (Read one : read) {
      var to = new ArrayList<String>();
      String open = "";
      boolean ended = true;
      for (int i = 0; i < one.tags().size(); i++) {
        String tag = one.tags().get(i);
        String type = Span.type(tag);
        char letter = tag.charAt(0);
        boolean begins = letter == 'B' || letter == 'S' || letter == 'U';
        boolean goesOn = !type.isEmpty() && type.equals(open) && !ended;
        boolean left = !open.isEmpty() && !ended && scheme.closes();
        if (scheme.breaks(letter, goesOn, left)) {
          first = broken++ == 0 ? "%s, %s".formatted(one.at(i), brief(tag)) : first;
        }
        if (type.isEmpty()) {
          to.add(Span.OUTSIDE);
        } else {
          types.add(type);
          to.add((!begins && goesOn ? "I-" : "B-") + type);
        }
        open = type;
        ended = letter == 'S' || letter == 'U' || letter == 'E' || letter == 'L';
      }
      take(one, to);
    }
    if (scheme != TagScheme.IOB2 && !types.isEmpty()) {
      given.note("tags are in the scheme %s and became IOB2 (BIO)".formatted(scheme));
    }
    if (broken > 0) {
      given.note(
          "%,d tags break the scheme %s (first: %s), and are read as conlleval reads them: what goes on with no span begins one"
              .formatted(broken, scheme, first));
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
