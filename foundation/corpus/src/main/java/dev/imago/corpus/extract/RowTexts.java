package dev.imago.corpus.extract;

import dev.imago.data.Rows;
import dev.imago.data.Rows.Item;
import dev.imago.data.TextField;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes documents of rows: finds the field that is the text, once a file, and hands on that field
/// of each.
final class RowTexts {
  /// The text is told from this many rows.
  private static final int LOOK_ROWS = 200;

  /// A file of one object that only describes itself is settings, unless that is long.
  private static final Set<String> DESCRIPTIONS =
      Set.of("description", "desc", "message", "comment", "summary");

  private static final int LEAST_DESCRIPTION_CHARS = 100;
  private static final int BRIEF_CHARS = 160;

  private final ExtractionSettings settings;
  private final ExtractionListener listener;
  private final Pieces pieces;

  RowTexts(ExtractionSettings settings, ExtractionListener listener, Pieces pieces) {
    this.settings = settings;
    this.listener = listener;
    this.pieces = pieces;
  }

  /// @param left how many bytes of the file are still to be read
  /// @throws Refused where no field of the first rows is a text
  void read(Rows rows, String place, LongSupplier left) throws IOException, InterruptedException {
    Deque<Item> first = new ArrayDeque<>();
    var sample = new ArrayList<ObjectNode>();
    boolean plain = false;
    while (first.size() < LOOK_ROWS) {
      Item item = rows.next();
      if (item == null) {
        break;
      }
      first.add(item);
      if (item instanceof Item.Row(long line, JsonNode value)) {
        if (value instanceof ObjectNode object) {
          sample.add(object);
        }
        plain |= value.isString();
      }
    }
    boolean labelled = settings.textField().isEmpty() && isLabelled(sample, place);
    String field =
        labelled || sample.isEmpty()
            ? ""
            : field(sample, first.size() == 1 && !rows.isByLine(), plain, place);
    long number = 0;
    for (Item item = next(rows, first); item != null; item = next(rows, first)) {
      number++;
      String id = rows.isByLine() ? place + ":" + item.line() : place + "#" + number;
      try {
        switch (item) {
          case Item.Broken(long line, long column, String why) -> {
            if (!rows.isByLine()) {
              listener.skip(
                  Skip.ROW,
                  null,
                  "%s, line %,d, column %,d".formatted(place, line, column),
                  why + "; what follows is not read",
                  left.getAsLong());
            } else {
              throw new Refused(Skip.ROW, "column %,d: %s".formatted(column, why));
            }
          }
          case Item.Row(long line, JsonNode value) ->
              row(rows.isByLine() ? 0 : line, value, text(value, field, labelled), id);
        }
      } catch (Refused e) {
        listener.skipRow(
            e.why(), "%s, line %,d".formatted(place, item.line()), String.valueOf(e.getMessage()));
      }
    }
    listener.rows(number);
  }

  private static @Nullable Item next(Rows rows, Deque<Item> first) throws IOException {
    return first.isEmpty() ? rows.next() : first.poll();
  }

  /// Whether most rows have labels, which is told.
  private boolean isLabelled(List<ObjectNode> sample, String place) {
    List<String> fields =
        sample.stream().flatMap(row -> Stream.ofNullable(LabelledText.fields(row))).toList();
    if (fields.isEmpty() || 2 * fields.size() < sample.size()) {
      return false;
    }
    listener.tell(
        place,
        "has labels (%s), read as texts of what is asked and answered; --labels FILE tunes on them"
            .formatted(fields.getFirst()));
    return true;
  }

  private static String text(JsonNode value, String field, boolean labelled) throws Refused {
    JsonNode held = value instanceof ObjectNode && !labelled ? at(value, field) : value;
    String text =
        labelled && value instanceof ObjectNode row ? LabelledText.text(row) : TextField.text(held);
    if (text == null) {
      boolean blank = held.isString() || held.isArray() && held.isEmpty() || held.isNull();
      throw blank
          ? new Refused(Skip.EMPTY, "nothing but space")
          : new Refused(Skip.NO_TEXT, field.isEmpty() ? "no text" : "no text in «" + field + "»");
    }
    return text;
  }

  /// @param line where it begins, if its id does not say; else 0
  private void row(long line, JsonNode value, String text, String id)
      throws Refused, InterruptedException {
    checked(text, "the text");
    var tags = new TreeMap<String, String>();
    String own = scalar(value, "id");
    if (own != null) {
      tags.put("id", own);
    }
    if (line > 0) {
      tags.put("line", String.valueOf(line));
    }
    String source = scalar(value, "source");
    if ("code".equals(scalar(value, "kind"))) {
      pieces.give(text, FileKind.CODE, id, source == null ? id : source, tags);
    } else {
      pieces.cut(text, id, source == null ? id : source, tags);
    }
  }

  /// The field that is the text, told where it is not called that.
  private String field(List<ObjectNode> sample, boolean alone, boolean plain, String place)
      throws Refused {
    String named = settings.textField();
    if (!named.isEmpty()) {
      if (sample.stream().noneMatch(row -> TextField.text(at(row, named)) != null)) {
        throw new Refused(
            Skip.NO_TEXT, "no text in «%s»; there are %s".formatted(named, fields(sample)));
      }
      return named;
    }
    String found = alone ? TextField.find(sample.getFirst()) : TextField.choose(sample);
    if (found != null && alone && DESCRIPTIONS.contains(found.toLowerCase(Locale.ROOT))) {
      String text = TextField.text(sample.getFirst().path(found));
      found = text == null || text.length() < LEAST_DESCRIPTION_CHARS ? null : found;
    }
    if (found == null && !plain) {
      throw new Refused(Skip.NO_TEXT, "no field is a text; there are " + fields(sample));
    }
    if (found == null) {
      return "";
    }
    if (!found.equals("text")) {
      listener.tell(
          place, "has its text in «%s»; collect.textField names another".formatted(found));
    }
    return found;
  }

  private static String fields(List<ObjectNode> sample) {
    var names = new LinkedHashSet<String>();
    sample.forEach(row -> names.addAll(row.propertyNames()));
    return names.isEmpty() ? "none" : brief(String.join(", ", names));
  }

  private static String brief(String text) {
    return text.length() <= BRIEF_CHARS ? text : text.substring(0, BRIEF_CHARS) + "…";
  }

  /// A field, or one within a field: `data.text`.
  private static JsonNode at(JsonNode row, String field) {
    JsonNode direct = row.path(field);
    int dot = field.indexOf('.');
    return direct.isMissingNode() && dot > 0
        ? at(row.path(field.substring(0, dot)), field.substring(dot + 1))
        : direct;
  }

  private static @Nullable String scalar(JsonNode row, String field) throws Refused {
    JsonNode value = row.path(field);
    if (value.isMissingNode() || value.isNull() || !value.isValueNode()) {
      return null;
    }
    return checked(value.asString(), field);
  }

  /// JSON can write half a surrogate pair, which no UTF-8 can hold.
  private static String checked(String text, String what) throws Refused {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw new Refused(
              Skip.ROW, "half a surrogate pair in %s, at character %,d".formatted(what, i));
        }
        i++;
      }
    }
    return text;
  }
}
