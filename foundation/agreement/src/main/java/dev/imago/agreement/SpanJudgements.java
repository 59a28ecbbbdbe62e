package dev.imago.agreement;

import dev.imago.metrics.Bootstrap;
import dev.imago.metrics.Interval;
import dev.imago.metrics.Span;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who marked which spans in which text.
///
/// @param raters how many there are, from 0
public record SpanJudgements(int raters, List<Text> texts) {
  /// @param length in the unit of the spans: words or characters
  /// @param byRater the spans of each rater who saw the text; who marked none has an empty list
  public record Text(int length, Map<Integer, List<Span>> byRater) {
    public Text {
      byRater = Map.copyOf(byRater);
      byRater.values().stream()
          .flatMap(List::stream)
          .filter(span -> span.from() < 0 || span.to() > length || span.from() >= span.to())
          .findFirst()
          .ifPresent(
              span -> {
                throw new IllegalArgumentException(
                    "a span %d … %d is not within a text of %d"
                        .formatted(span.from(), span.to(), length));
              });
    }
  }

  public SpanJudgements {
    texts = List.copyOf(texts);
  }

  /// The texts that a draw names.
  public SpanJudgements drawn(int[] drawn) {
    return new SpanJudgements(raters, Arrays.stream(drawn).mapToObj(texts::get).toList());
  }

  /// F1 of the spans of pairs of raters, one taken as the other's truth: type and both ends must be
  /// the same. Symmetric; over all pairs and texts together.
  public Agreement f1() {
    long both = 0;
    long told = 0;
    int pairs = 0;
    for (Text text : texts) {
      for (int a = 0; a < raters; a++) {
        for (int b = 0; b < a; b++) {
          if (text.byRater.containsKey(a) && text.byRater.containsKey(b)) {
            Set<Span> mine = new HashSet<>(text.byRater.get(a));
            Set<Span> yours = new HashSet<>(text.byRater.get(b));
            told += mine.size() + yours.size();
            both += mine.stream().filter(yours::contains).count();
            pairs++;
          }
        }
      }
    }
    if (pairs == 0) {
      return new Agreement.Undefined("no text was read by two");
    }
    if (told == 0) {
      return new Agreement.Undefined("nobody marked a span");
    }
    double f1 = 2.0 * both / told;
    return new Agreement.Value(f1, f1, 0);
  }

  /// Krippendorff's α_U, of unitizing. See [UnitizingAlpha].
  public Agreement alpha() {
    return UnitizingAlpha.of(this);
  }

  /// A measure with the interval that draws of texts give.
  ///
  /// @param measure such as `SpanJudgements::f1`
  public Interval interval(
      java.util.function.Function<SpanJudgements, Agreement> measure, Bootstrap bootstrap) {
    double value = measure.apply(this).orNaN();
    return Double.isNaN(value)
        ? new Interval(value, value, value)
        : bootstrap.interval(texts.size(), units -> measure.apply(drawn(units)).orNaN());
  }
}
