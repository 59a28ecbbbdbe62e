package dev.imago.annotation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Spans as a file has them, on their way to code points: each is cut again, and compared with the
/// text that the file says it has.
final class SpanReading {
  /// @param surface what the file says the span reads; null where it does not
  record Raw(int from, int to, String label, @Nullable String surface) {}

  private final PositionUnit usual;
  private long recounted;

  SpanReading(PositionUnit usual) {
    this.usual = usual;
  }

  /// Spans that fit in another unit than the format's.
  long recounted() {
    return recounted;
  }

  /// @throws RowFault where a span is outside the text, or reads otherwise than the file says in
  ///   every unit
  List<MarkedSpan> spans(String text, List<Raw> raw) throws RowFault {
    if (raw.isEmpty()) {
      return List.of();
    }
    var positions = new Positions(text);
    for (PositionUnit unit : order()) {
      List<MarkedSpan> spans = in(unit, positions, raw);
      if (spans != null) {
        recounted += unit == usual ? 0 : raw.size();
        return spans;
      }
    }
    throw new RowFault(why(positions, raw));
  }

  private List<PositionUnit> order() {
    var order = new ArrayList<>(List.of(PositionUnit.values()));
    order.remove(usual);
    order.addFirst(usual);
    return order;
  }

  /// Null where one does not fit. Another unit than the usual one must be proved by every text.
  private @Nullable List<MarkedSpan> in(PositionUnit unit, Positions positions, List<Raw> raw) {
    var spans = new ArrayList<MarkedSpan>(raw.size());
    for (Raw span : raw) {
      int from = positions.codePoint(span.from, unit);
      int to = positions.codePoint(span.to, unit);
      if (from < 0 || to < 0 || from >= to || span.surface == null && unit != usual) {
        return null;
      }
      if (span.surface != null && !positions.cut(from, to).equals(span.surface)) {
        return null;
      }
      spans.add(new MarkedSpan(from, to, span.label));
    }
    return spans;
  }

  private String why(Positions positions, List<Raw> raw) {
    int length = positions.in(usual, positions.length());
    for (Raw span : raw) {
      int from = positions.codePoint(span.from, usual);
      int to = positions.codePoint(span.to, usual);
      if (from < 0 || to < 0 || from >= to) {
        return "the span %d … %d is not within a text of %d %s"
            .formatted(span.from, span.to, length, usual.label());
      }
      if (span.surface != null && !positions.cut(from, to).equals(span.surface)) {
        return "the span %d … %d reads «%s», and the file says «%s»: the text has changed"
            .formatted(span.from, span.to, brief(positions.cut(from, to)), brief(span.surface));
      }
    }
    return "the spans fit the text in no one unit";
  }

  static String brief(String text) {
    return text.length() <= 40 ? text : text.substring(0, text.offsetByCodePoints(0, 30)) + "…";
  }
}
