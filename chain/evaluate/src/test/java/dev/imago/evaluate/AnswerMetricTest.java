package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Example;
import dev.imago.tasks.answering.Answering;
import dev.imago.tasks.rewriting.Rewriting;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerMetricTest {
  private static final List<Example> ENGLISH =
      List.of(
          new Example("a", "eins", "one two three four five", "s"),
          new Example("b", "zwei", "six seven eight nine ten", "s"));
  private static final List<Example> CHINESE =
      List.of(new Example("a", "one", "一二三四五六", "s"), new Example("b", "two", "七八九十百千", "s"));

  private static List<String> keys(List<AnswerMetric> metrics) {
    return metrics.stream().map(AnswerMetric::key).toList();
  }

  @Test
  void eachTaskIsMeasuredAsItsFieldDoes() {
    assertEquals(List.of("rouge-l", "chrf"), keys(AnswerMetric.of(new Answering(), ENGLISH)));
    assertEquals(List.of("bleu", "chrf"), keys(AnswerMetric.of(Rewriting.translation(), ENGLISH)));
    assertEquals(
        List.of("rouge-1", "rouge-2", "rouge-l"),
        keys(AnswerMetric.of(Rewriting.summary(), ENGLISH)));
  }

  @Test
  void chineseTranslationsAreMeasuredByCharacters() {
    AnswerMetric english = AnswerMetric.of(Rewriting.translation(), ENGLISH).getFirst();
    AnswerMetric chinese = AnswerMetric.of(Rewriting.translation(), CHINESE).getFirst();
    assertTrue(english.signature().orElseThrow().contains("tok:13a"));
    assertTrue(chinese.signature().orElseThrow().contains("tok:zh"));
    var texts = List.of("一二三四五", "七八九十百千");
    double value = chinese.of(texts, CHINESE).of(new int[] {0, 1});
    // All n-grams match, and 11 characters stand for 12.
    assertEquals(100 * Math.exp(1 - 12.0 / 11), value, 1e-9);
    assertEquals(100, chinese.of(texts, CHINESE).of(new int[] {1, 1}), 1e-9);
  }

  @Test
  void summariesAreMeasuredByWhatTheyShareOfWordsAndPairs() {
    List<AnswerMetric> rouge = AnswerMetric.of(Rewriting.summary(), ENGLISH);
    var texts = List.of("one two three four five", "ten nine eight seven six");
    int[] both = {0, 1};
    assertEquals(100, rouge.get(0).of(texts, ENGLISH).of(both), 1e-9);
    assertEquals(50, rouge.get(1).of(texts, ENGLISH).of(both), 1e-9);
    assertEquals(60, rouge.get(2).of(texts, ENGLISH).of(both), 1e-9);
  }
}
