package dev.imago.agreement;

import dev.imago.metrics.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Krippendorff's α_U of spans that raters cut out themselves. Krippendorff 1995, «On the
/// Reliability of Unitizing Continuous Data». The texts that all raters read are one continuum,
/// text after text; the gaps between spans count as sections, too.
///
/// L length of the continuum, m raters, c a type.
final class UnitizingAlpha {
  private record Section(long from, long length, boolean unit) {
    long to() {
      return from + length;
    }
  }

  private UnitizingAlpha() {}

  static Agreement of(SpanJudgements judgements) {
    int m = judgements.raters();
    List<SpanJudgements.Text> texts =
        judgements.texts().stream().filter(t -> t.byRater().size() == m).toList();
    if (m < 2 || texts.isEmpty()) {
      return new Agreement.Undefined("no text was read by all of %d raters".formatted(m));
    }
    long length = texts.stream().mapToLong(SpanJudgements.Text::length).sum();
    Set<String> types = new TreeSet<>();
    texts.forEach(
        t -> t.byRater().values().forEach(s -> s.forEach(span -> types.add(span.type()))));
    double observed = 0;
    double expected = 0;
    for (String type : types) {
      List<List<Section>> sections = new ArrayList<>(m);
      for (int rater = 0; rater < m; rater++) {
        List<Section> of = sections(texts, rater, type, length);
        if (of.isEmpty()) {
          return new Agreement.Undefined(
              "α_U is of spans apart, and rater %d has overlapping ones of the type «%s»"
                  .formatted(rater, type));
        }
        sections.add(of);
      }
      observed += observed(sections, length);
      expected += expected(sections, length);
    }
    return types.isEmpty()
        ? new Agreement.Undefined("nobody marked a span")
        : Agreement.ofDisagreement(observed, expected);
  }

  /// Units and gaps in order; none where two units overlap.
  private static List<Section> sections(
      List<SpanJudgements.Text> texts, int rater, String type, long length) {
    var sections = new ArrayList<Section>();
    long before = 0;
    long end = 0;
    for (SpanJudgements.Text text : texts) {
      List<Span> spans = new ArrayList<>(text.byRater().getOrDefault(rater, List.of()));
      spans.removeIf(span -> !span.type().equals(type));
      spans.sort(Comparator.comparingInt(Span::from));
      for (Span span : spans) {
        long from = before + span.from();
        if (from < end) {
          return List.of();
        }
        if (from > end) {
          sections.add(new Section(end, from - end, false));
        }
        sections.add(new Section(from, span.to() - span.from(), true));
        end = before + span.to();
      }
      before += text.length();
    }
    if (end < length) {
      sections.add(new Section(end, length - end, false));
    }
    return sections;
  }

  /// Σ δ² over all pairs of sections of different raters / (m (m − 1) L²).
  private static double observed(List<List<Section>> sections, long length) {
    int m = sections.size();
    double sum = 0;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < i; j++) {
        sum += 2 * apart(sections.get(i), sections.get(j));
      }
    }
    return sum / ((double) m * (m - 1) * length * length);
  }

  /// Both run through the continuum; only sections that meet are apart.
  private static double apart(List<Section> a, List<Section> b) {
    double sum = 0;
    int i = 0;
    int j = 0;
    while (i < a.size() && j < b.size()) {
      Section x = a.get(i);
      Section y = b.get(j);
      sum += squared(x, y);
      if (x.to() <= y.to()) {
        i++;
      }
      if (y.to() <= x.to()) {
        j++;
      }
    }
    return sum;
  }

  private static double squared(Section x, Section y) {
    if (x.unit && y.unit) {
      double begin = x.from - y.from;
      double end = x.to() - y.to();
      return begin * begin + end * end;
    }
    if (x.unit && !y.unit && y.from <= x.from && x.to() <= y.to()) {
      return (double) x.length * x.length;
    }
    if (y.unit && !x.unit && x.from <= y.from && y.to() <= x.to()) {
      return (double) y.length * y.length;
    }
    return 0;
  }

  private static double expected(List<List<Section>> sections, long length) {
    List<Section> units = sections.stream().flatMap(List::stream).filter(Section::unit).toList();
    long[] gaps =
        sections.stream()
            .flatMap(List::stream)
            .filter(s -> !s.unit)
            .mapToLong(Section::length)
            .sorted()
            .toArray();
    double[] longer = new double[gaps.length + 1]; // Σ of the lengths from one on
    for (int i = gaps.length - 1; i >= 0; i--) {
      longer[i] = longer[i + 1] + gaps[i];
    }
    double sum = 0;
    double pairs = 0;
    for (Section unit : units) {
      double l = unit.length;
      int first = Arrays.binarySearch(gaps, unit.length);
      first = first < 0 ? -first - 1 : first;
      while (first > 0 && gaps[first - 1] == unit.length) {
        first--;
      }
      double within = longer[first] - (gaps.length - first) * (l - 1);
      sum += (units.size() - 1) / 3.0 * (2 * l * l * l - 3 * l * l + l) + l * l * within;
      pairs += l * (l - 1);
    }
    double all = (double) sections.size() * length;
    return 2.0 / length * sum / (all * (all - 1) - pairs);
  }
}
