package dev.imago.cli;

import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.TextField;
import dev.imago.tasks.classification.TextPairs;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The texts of rows, one at a time, with the rows that they are of. What has no text is told with
/// its line, and passed over.
final class TextRows {
  /// Rows from which the field is told, which are held at a time.
  private static final int LOOKED_AT = 200;

  /// Where a conversation stands.
  private static final String TURNS = "messages";

  /// A text and its row.
  ///
  /// @param line where the row begins, from 1
  /// @param row its fields; of a file of lines the text alone
  /// @param pair the second of two texts; empty where there is one
  record Text(long line, ObjectNode row, String text, String pair) {}

  private final String name;
  private final Rows rows;
  private final Consumer<String> told;
  private final Deque<Rows.Item> first = new ArrayDeque<>();
  private final String field;
  private final String pairField;
  private long passedOver;
  private long broken;
  private String firstBroken = "";

  /// @param name of the file, for messages
  /// @param field of the text; empty to find it
  /// @param pairField of the second of two texts; empty to find it: `text_pair` or what goes with
  ///   the text's, such as `sentence2`
  /// @param told each row that is passed over
  TextRows(
      String name,
      Rows rows,
      Optional<String> field,
      Optional<String> pairField,
      Consumer<String> told)
      throws IOException {
    this.name = name;
    this.rows = rows;
    this.told = told;
    var objects = new ArrayList<ObjectNode>();
    while (first.size() < LOOKED_AT) {
      Rows.Item item = rows.next();
      if (item == null) {
        break;
      }
      first.add(item);
      if (item instanceof Rows.Item.Row row && row.value() instanceof ObjectNode object) {
        objects.add(object);
      }
    }
    var there = new LinkedHashSet<String>();
    objects.forEach(row -> there.addAll(row.propertyNames()));
    Optional<List<String>> two = TextPairs.among(there, field);
    this.pairField =
        pairField
            .map(f -> known("--pair-field", f, there))
            .orElse(two.map(List::getLast).orElse(""));
    this.field = field(objects, there, field.or(() -> two.map(List::getFirst)));
  }

  private String known(String option, String given, Set<String> there) {
    if (there.isEmpty()) {
      throw new InputException(
          "%s has no row with fields, and %s %s is one; give rows as JSONL, CSV or TSV"
              .formatted(name, option, given));
    }
    if (!there.contains(given)) {
      throw new InputException(
          "%s %s is no field of %s; there are %s"
              .formatted(option, given, name, String.join(", ", there)));
    }
    return given;
  }

  private String field(List<ObjectNode> objects, Set<String> there, Optional<String> given) {
    if (given.isPresent()) {
      return known("--text-field", given.get(), there);
    }
    if (!objects.isEmpty() && objects.stream().allMatch(row -> row.path(TURNS).isArray())) {
      return TURNS;
    }
    // The second text is not the first one, be that empty.
    String found =
        TextField.choose(
            objects.stream()
                .map(row -> row.has(pairField) ? row.deepCopy().without(pairField) : row)
                .toList());
    if (found == null && !objects.isEmpty()) {
      throw new InputException(
          "%s: none of the fields %s holds text; name it with --text-field"
              .formatted(name, String.join(", ", there)));
    }
    return found == null ? "text" : found;
  }

  /// The next text; null at the end.
  @Nullable Text next() throws IOException {
    while (true) {
      Rows.Item item = first.isEmpty() ? rows.next() : first.poll();
      switch (item) {
        case null -> {
          return null;
        }
        case Rows.Item.Broken(long line, long _, String why) -> {
          firstBroken = broken == 0 ? "line %d: %s".formatted(line, why) : firstBroken;
          broken++;
          passOver(line, "broken: " + why);
        }
        case Rows.Item.Row(long line, JsonNode value) -> {
          boolean whole = value.isString();
          String text = TextField.text(whole ? value : value.path(field));
          String pair = whole ? null : TextField.text(value.path(pairField));
          if (text != null && (whole || value.isObject())) {
            return new Text(line, row(value, whole), text, pair == null ? "" : pair);
          }
          passOver(line, whole || value.isObject() ? "no text in " + field : "no object of fields");
        }
      }
    }
  }

  private static ObjectNode row(JsonNode value, boolean whole) {
    if (whole) {
      ObjectNode row = JsonMapper.shared().createObjectNode();
      row.set("text", value);
      return row;
    }
    return (ObjectNode) value;
  }

  /// Tells of a row that is not predicted.
  void passOver(long line, String why) {
    passedOver++;
    told.accept("%s, line %d: %s; passed over".formatted(name, line, why));
  }

  /// How many rows were.
  long passedOver() {
    return passedOver;
  }

  /// Ends the work where no row was of use.
  void requireSome(long written) {
    if (written > 0 || passedOver == 0) {
      return;
    }
    String all = Counted.of(passedOver, "rows");
    throw new InputException(
        broken == passedOver
            ? "%s: none of %s is a whole one, the first being %s; give rows as JSONL, CSV or TSV, or plain lines in a file called .txt"
                .formatted(name, all, firstBroken)
            : "%s: none of %s has a text that can be read; --text-field names the field that is the text"
                .formatted(name, all));
  }
}
