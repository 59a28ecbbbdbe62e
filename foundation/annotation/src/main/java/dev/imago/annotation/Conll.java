package dev.imago.annotation;

import dev.imago.metrics.Span;
import dev.imago.metrics.SpanScheme;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Words with their tags, one a line, a blank line after each text. Comments hold what columns
/// cannot: `# id = …`, `# by = …`, and `# text = …`, the text as JSON, in which words are found
/// again; without it the text is the words with blanks between.
final class Conll {
  /// A run of letters, digits and marks; of Chinese, Japanese and Thai each character; any other
  /// sign by itself.
  private static final Pattern WORD =
      Pattern.compile(
          "[\\p{L}\\p{M}\\p{N}_&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}]]+|(?!\\s)\\X");

  private Conll() {}

  /// The next text; null at the end.
  ///
  /// @param line is counted up
  static @Nullable AnnotatedItem next(BufferedReader in, long[] line) throws IOException, RowFault {
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    var words = new ArrayList<String>();
    var tags = new ArrayList<String>();
    String id = "";
    String by = "";
    String text = null;
    boolean any = false;
    String fault = null;
    for (String row; (row = in.readLine()) != null; ) {
      line[0]++;
      if (row.isBlank()) {
        if (any) {
          break;
        }
        continue;
      }
      any = true;
      if (row.startsWith("# id = ")) {
        id = row.substring(7);
      } else if (row.startsWith("# by = ")) {
        by = row.substring(7);
      } else if (row.startsWith("# text = ")) {
        text = text(row.substring(9));
        fault = text == null ? "the comment text holds no JSON text" : fault;
      } else if (!row.startsWith("# ") && !row.startsWith("-DOCSTART-")) {
        String[] cells = row.indexOf('\t') >= 0 ? row.split("\t") : row.strip().split("\\s+");
        if (cells.length < 2) {
          fault = "the word «%s» has no tag".formatted(SpanReading.brief(row));
        } else {
          words.add(cells[0]);
          tags.add(cells[cells.length - 1].strip());
        }
      }
    }
    if (!any) {
      return null;
    }
    if (fault != null) {
      throw new RowFault(fault);
    }
    String whole = text == null ? String.join(" ", words) : text;
    fields.put(AnnotatedItem.TEXT, whole);
    LabelAnswer answer = LabelAnswer.ofSpans(spans(whole, words, tags));
    return new AnnotatedItem(id, fields, List.of(AnnotatedItem.Given.by(by, answer)));
  }

  private static @Nullable String text(String json) {
    try {
      var node = JsonMapper.shared().readTree(json);
      return node.isString() ? node.stringValue() : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static List<MarkedSpan> spans(String text, List<String> words, List<String> tags)
      throws RowFault {
    var positions = new Positions(text);
    int[] from = new int[words.size()];
    int[] to = new int[words.size()];
    int at = 0;
    for (int i = 0; i < words.size(); i++) {
      int found = text.indexOf(words.get(i), at);
      if (found < 0) {
        throw new RowFault(
            "the word «%s» is not where the text says it is"
                .formatted(SpanReading.brief(words.get(i))));
      }
      at = found + words.get(i).length();
      from[i] = positions.codePoint(found, PositionUnit.UTF16);
      to[i] = positions.codePoint(at, PositionUnit.UTF16);
    }
    for (String tag : tags) {
      if (!tag.equals(Span.OUTSIDE) && !tag.matches("[BIES]-.+")) {
        throw new RowFault(
            "the tag «%s» is none of O, B-, I-, E- and S- with a label"
                .formatted(SpanReading.brief(tag)));
      }
    }
    List<MarkedSpan> spans = new ArrayList<>();
    for (Span span : SpanScheme.SEQEVAL.spans(tags)) {
      spans.add(new MarkedSpan(from[span.from()], to[span.to() - 1], span.type()));
    }
    return spans;
  }

  /// The lines of one answer.
  static String lines(
      AnnotatedItem item, AnnotatedItem.Given given, boolean bioes, LabelForm.Lost lost) {
    LabelAnswer answer = given.answer();
    String text = item.text();
    if (!answer.labels().isEmpty() || !answer.text().isEmpty()) {
      lost.one("labels and texts of whole items are left out: columns have spans alone");
    }
    if (!answer.relations().isEmpty()) {
      lost.one("relations are left out: columns have spans alone");
    }
    if (item.fields().size() > 1) {
      lost.one("fields beside the text are left out");
    }
    List<MarkedSpan> spans = apart(answer.spans(), lost);
    var positions = new Positions(text);
    for (MarkedSpan span : spans) {
      String surface = positions.cut(span.from(), span.to());
      if (!surface.strip().equals(surface)) {
        lost.one("blanks at the ends of spans are left out: columns have words");
      }
    }
    var cuts = new TreeSet<Integer>();
    for (MarkedSpan span : spans) {
      cuts.add(positions.in(PositionUnit.UTF16, span.from()));
      cuts.add(positions.in(PositionUnit.UTF16, span.to()));
    }
    var lines = new StringBuilder();
    if (!item.id().isEmpty()) {
      lines.append("# id = ").append(item.id().replaceAll("\\s", " ")).append('\n');
    }
    if (!given.by().isEmpty()) {
      lines.append("# by = ").append(given.by().replaceAll("\\s", " ")).append('\n');
    }
    lines.append("# text = ").append(JsonMapper.shared().writeValueAsString(text)).append('\n');
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      int from = words.start();
      while (from < words.end()) {
        Integer cut = cuts.higher(from);
        int to = cut == null ? words.end() : Math.min(cut, words.end());
        lines.append(text, from, to).append('\t');
        lines.append(tag(positions, spans, text, from, to, bioes)).append('\n');
        from = to;
      }
    }
    return lines.append('\n').toString();
  }

  private static String tag(
      Positions positions, List<MarkedSpan> spans, String text, int from, int to, boolean bioes) {
    for (MarkedSpan span : spans) {
      int begin = positions.in(PositionUnit.UTF16, span.from());
      int end = positions.in(PositionUnit.UTF16, span.to());
      if (from >= begin && to <= end) {
        boolean first = text.substring(begin, from).isBlank();
        boolean last = text.substring(to, end).isBlank();
        String prefix = bioes && first && last ? "S-" : first ? "B-" : bioes && last ? "E-" : "I-";
        return prefix + span.label();
      }
    }
    return Span.OUTSIDE;
  }

  /// Those that columns can hold: apart from each other, without blanks at their ends. Of spans
  /// that overlap the longest stays.
  private static List<MarkedSpan> apart(List<MarkedSpan> spans, LabelForm.Lost lost) {
    List<MarkedSpan> kept = new ArrayList<>();
    List<MarkedSpan> longest = new ArrayList<>(spans);
    longest.sort(Comparator.comparingInt((MarkedSpan s) -> s.from() - s.to()));
    for (MarkedSpan span : longest) {
      if (kept.stream().anyMatch(k -> span.from() < k.to() && k.from() < span.to())) {
        lost.one("spans within or across a longer one are left out: columns have one tag a word");
      } else {
        kept.add(span);
      }
    }
    kept.sort(Comparator.comparingInt(MarkedSpan::from));
    return kept;
  }
}
