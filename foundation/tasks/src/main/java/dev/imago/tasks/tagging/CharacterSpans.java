package dev.imago.tasks.tagging;

import dev.imago.metrics.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Spans of a raw text by its characters, as annotation tools write them, on their way to words
/// with tags: `[start, end, type]`, or an object of these, in code points.
///
/// @param words of the text, as [Word] cuts it
/// @param tags BIO
/// @param widened spans that began or ended within a word, and have all of it now
/// @param dropped spans that overlap a longer one, or have no word
record CharacterSpans(List<Word> words, List<String> tags, int widened, int dropped) {
  private static final List<String> TYPES =
      List.of("label", "type", "entity_group", "entity", "tag");
  private static final List<String> STARTS = List.of("start", "start_offset", "begin");
  private static final List<String> ENDS = List.of("end", "end_offset");

  private record Marked(int from, int to, String type) {}

  /// @param spans a list of them
  /// @return null where one is none, or is outside of the text: [#fault] says which
  static @Nullable CharacterSpans of(String text, JsonNode spans) {
    if (!fault(text, spans).isEmpty()) {
      return null;
    }
    List<Marked> marked = new ArrayList<>();
    spans.forEach(
        node ->
            marked.add(
                new Marked(
                    text.offsetByCodePoints(0, number(node, 0, STARTS)),
                    text.offsetByCodePoints(0, number(node, 1, ENDS)),
                    type(node))));
    marked.sort(
        Comparator.comparingInt((Marked m) -> m.from() - m.to()).thenComparing(Marked::from));
    List<Word> words = Word.of(text);
    String[] tags = new String[words.size()];
    int widened = 0;
    int dropped = 0;
    for (Marked one : marked) {
      int first = -1;
      int last = -1;
      boolean free = true;
      for (int w = 0; w < tags.length; w++) {
        Word word = words.get(w);
        if (word.start() < one.to() && word.end() > one.from()) {
          first = first < 0 ? w : first;
          last = w;
          free &= tags[w] == null;
        }
      }
      if (first < 0 || !free) {
        dropped++;
        continue;
      }
      boolean whole = words.get(first).start() >= one.from() && words.get(last).end() <= one.to();
      widened += whole ? 0 : 1;
      for (int w = first; w <= last; w++) {
        tags[w] = (w == first ? "B-" : "I-") + one.type();
      }
    }
    var all = new ArrayList<String>();
    for (String tag : tags) {
      all.add(tag == null ? Span.OUTSIDE : tag);
    }
    return new CharacterSpans(words, all, widened, dropped);
  }

  /// What is wrong with the first span that is none; empty where all are some.
  static String fault(String text, JsonNode spans) {
    int length = text.codePointCount(0, text.length());
    for (JsonNode node : spans) {
      int start = number(node, 0, STARTS);
      int end = number(node, 1, ENDS);
      if (type(node).isEmpty() || start < 0 && end < 0) {
        return "a span that is no start, end and type";
      }
      if (start < 0 || end > length || start >= end) {
        return "a span outside of its text";
      }
    }
    return "";
  }

  private static int number(JsonNode node, int place, List<String> names) {
    if (node.isArray()) {
      return node.path(place).asInt(-1);
    }
    return names.stream()
        .map(node::path)
        .filter(JsonNode::isIntegralNumber)
        .findFirst()
        .map(JsonNode::asInt)
        .orElse(-1);
  }

  private static String type(JsonNode node) {
    String type =
        node.isArray()
            ? node.path(2).asString("")
            : TYPES.stream()
                .map(name -> node.path(name).asString(""))
                .filter(t -> !t.isBlank())
                .findFirst()
                .orElse("");
    return type.strip().replaceAll("\\s+", "_");
  }
}
