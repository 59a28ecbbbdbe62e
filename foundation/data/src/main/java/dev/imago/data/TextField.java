package dev.imago.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which field of a row is its text.
///
/// By name first, in the order of [#NAMES], then the one with the longest text over some rows. A
/// list of strings is a text of lines; a list of objects, the texts of these, each a paragraph.
public final class TextField {
  /// The names that people give to a text, the commonest first.
  public static final List<String> NAMES =
      List.of(
          "text",
          "content",
          "body",
          "document",
          "paragraphs",
          "para",
          "paragraph",
          "article",
          "raw_content",
          "markdown",
          "passage",
          "context",
          "story",
          "poem",
          "lyrics",
          "review",
          "comment",
          "tweet",
          "abstract",
          "summary",
          "sentence",
          "sentences",
          "lines",
          "quote",
          "description",
          "desc",
          "message",
          "utterance",
          "post",
          "headline",
          "正文",
          "内容",
          "文本",
          "全文",
          "文章",
          "评论",
          "句子",
          "段落",
          "诗句");

  private TextField() {}

  /// Whether a field's name says that it is the text.
  static boolean isName(String name) {
    return NAMES.contains(name.toLowerCase(Locale.ROOT));
  }

  /// The field whose name says that it is the text, and that holds some; null where none does.
  public static @Nullable String find(ObjectNode row) {
    String found = null;
    int rank = NAMES.size();
    for (Map.Entry<String, JsonNode> field : row.properties()) {
      int at = NAMES.indexOf(field.getKey().toLowerCase(Locale.ROOT));
      if (at >= 0 && at < rank && text(field.getValue()) != null) {
        rank = at;
        found = field.getKey();
      }
    }
    return found;
  }

  /// The field that is the text in most of some rows: by name, else the longest text.
  ///
  /// @return null where no field holds text
  public static @Nullable String choose(List<ObjectNode> rows) {
    Map<String, Long> named =
        rows.stream()
            .flatMap(row -> java.util.stream.Stream.ofNullable(find(row)))
            .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    String best =
        named.entrySet().stream()
            .max(
                Map.Entry.<String, Long>comparingByValue()
                    .thenComparing(e -> -NAMES.indexOf(e.getKey().toLowerCase(Locale.ROOT))))
            .map(Map.Entry::getKey)
            .orElse(null);
    if (best != null && 2 * named.getOrDefault(best, 0L) >= rows.size()) {
      return best;
    }
    Set<String> fields =
        rows.stream()
            .flatMap(row -> row.propertyNames().stream())
            .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
    long most = 0;
    for (String field : fields) {
      long chars = 0;
      for (ObjectNode row : rows) {
        String text = text(row.path(field));
        chars += text == null || isCode(text) ? 0 : text.length();
      }
      if (chars > most) {
        most = chars;
        best = field;
      }
    }
    return best;
  }

  /// Whether a value is an address, a number, a time or a name for machines rather than text.
  private static boolean isCode(String text) {
    String plain = text.strip();
    return plain.matches("[a-z]+://\\S+")
        || plain.matches("[\\p{Digit}:.,TZ+/ -]+")
        || (plain.length() > 8 && plain.matches("[A-Za-z0-9_:./+=-]*[0-9][A-Za-z0-9_:./+=-]*"));
  }

  /// The text that a value holds; null where it holds none.
  public static @Nullable String text(JsonNode value) {
    if (value.isString()) {
      String text = value.stringValue();
      return text.isBlank() ? null : text;
    }
    if (value instanceof ObjectNode object) {
      String field = find(object);
      return field == null ? null : text(object.path(field));
    }
    if (!value.isArray()) {
      return null;
    }
    var parts = new ArrayList<String>();
    boolean lines = true;
    for (JsonNode each : value) {
      String part = each.isString() ? each.stringValue() : text(each);
      if (part != null) {
        parts.add(part);
      }
      lines &= each.isString();
    }
    String all = String.join(lines ? "\n" : "\n\n", parts);
    return all.isBlank() ? null : all;
  }
}
