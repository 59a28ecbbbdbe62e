package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Numbers that texts state, and how varied texts are.
class StatementsTest {
  @Test
  void numbersAreOneByTheirValuesHoweverTheyAreWritten() {
    assertEquals(Set.of("1250", "35000", "0.5"), StatedNumbers.of("1,250 or １２５０.0, 3.5万, 0.50"));
    assertEquals(Set.of("320", "2024", "20000000"), StatedNumbers.of("三百二十，二〇二四年，两千万"));
    assertEquals(Set.of("105000", "300010000"), StatedNumbers.of("十万五千和三亿零一万"));
    assertEquals(Set.of("12%", "12", "30%"), StatedNumbers.of("12 % of 12, 百分之三十"));
    assertEquals(Set.of("2026", "11", "28"), StatedNumbers.of("2026-11-28"));
    assertEquals(Set.of("7", "1000"), StatedNumbers.of("共7人，1,000元"));
    assertEquals(Set.of("3", "10"), StatedNumbers.of("Sections 3 and 10."));
  }

  @Test
  void whatOnlyLooksLikeANumberIsNone() {
    assertEquals(Set.of(), StatedNumbers.of("一些人千万不要，万一，三明治"));
    assertEquals(Set.of(), StatedNumbers.of("nothing to count"));
    assertEquals(Set.of(), StatedNumbers.of("一二三四五六七八九一二三四五六七八九一二"));
  }

  @Test
  void aTextThatSaysOneThingAgainAndAgainIsNotVaried() {
    var pairs = new Diversity(2, RougeWords.CHARACTERS);
    assertEquals(0.5, pairs.of(pairs.words(List.of("a b a b a"))));
    assertEquals(1, pairs.of(pairs.words(List.of("a b", "b a"))));
    assertEquals(0.5, pairs.of(pairs.words(List.of("a b", "A B"))));
    assertEquals(1.0 / 3, pairs.of(pairs.words(List.of("好好好好"))));
    assertTrue(Double.isNaN(pairs.of(pairs.words(List.of("one", "")))));
    assertEquals(0.5, pairs.repeated("a b a b a"));
  }

  @Test
  void textsAreComparedAtAsManyWords() {
    var single = new Diversity(1, RougeWords.CHARACTERS);
    List<List<String>> words = single.words(List.of("a b c", "d e", "f"));
    assertEquals(6, Diversity.size(words));
    assertEquals(List.of(List.of("a", "b", "c"), List.of("d")), Diversity.first(words, 4));
    assertEquals(words, Diversity.first(words, 60));
  }
}
