package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanguagesTest {
  private final Languages languages = new Languages(List.of("en", "zh", "de", "fr", "ja"), "");

  @Test
  void theLanguageOfProseIsTold() {
    assertEquals("en", languages.of("The quick brown fox jumps over the lazy dog and goes home."));
    assertEquals("de", languages.of("Der schnelle Fuchs springt über den faulen Hund und geht."));
    assertEquals(
        "fr",
        languages.of("Le renard rapide saute par-dessus le chien paresseux, puis il rentre."));
    assertEquals("zh", languages.of("# 今天天气很好，我们一起去公园散步。"));
    assertEquals("ja", languages.of("今日は天気がいいので、公園を散歩しましょう。"));
  }

  @Test
  void whatHasNoLanguageHasNone() {
    assertEquals("und", languages.of("12 + 30 = 42"));
    assertEquals("und", languages.of(""));
    assertEquals("und", new Languages(List.of("en", "de"), "").of("今天天气很好"));
  }

  @Test
  void aFewLettersThatManyLanguagesShareTellNone() {
    assertEquals("und", languages.of("What is 30 plus 30? It is 60."));
    assertEquals("und", languages.of("Hello world"));
    assertEquals("zh", languages.of("三十加三十是六十。"));
    assertEquals("ja", languages.of("これは六十です。"));
    assertEquals("ko", new Languages(List.of("en", "ko"), "").of("안녕하세요"));
  }

  @Test
  void aLanguageThatNothingTellsIsRefused() {
    for (String language : List.of("klingon", "zu")) {
      String message =
          String.valueOf(
              assertThrows(ConfigException.class, () -> new Languages(List.of("en", language), ""))
                  .getMessage());
      assertTrue(
          message.contains("«" + language + "»") && message.contains("imago data languages"));
    }
  }
}
