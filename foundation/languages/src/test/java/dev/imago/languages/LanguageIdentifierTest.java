package dev.imago.languages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LanguageIdentifierTest {
  private static final String GERMAN =
      "Der Hund lief schnell über die Straße und bellte die ganze Nacht, weil niemand zu Hause"
          + " war.";
  private static final String ENGLISH =
      "The dog ran quickly across the street and barked all through the night since nobody was"
          + " home.";

  private static LanguageIdentifier trained() {
    var trainer = new LanguageTrainer();
    trainer.add("de", GERMAN);
    trainer.add("en", ENGLISH);
    trainer.add("el", "Ο σκύλος έτρεξε γρήγορα στον δρόμο");
    trainer.add("ru", "Собака быстро бежала по улице и лаяла");
    trainer.add("uk", "Собака швидко бігла вулицею і гавкала");
    trainer.add("zh-Hans", "这个国家的语言会说汉语经济发展学习");
    trainer.add("zh-Hant", "這個國家的語言會說漢語經濟發展學習");
    trainer.add("ja", "この国の言語は日本語で、経済と学習が大切です");
    return trainer.train();
  }

  private static String told(String text) {
    LanguageGuess guess = trained().identify(text);
    return guess.language() + " " + guess.script();
  }

  @Test
  void languagesOfOneScriptAreToldByTheirLetters() {
    assertEquals("de Latn", told("Die Nacht war ganz schnell vorbei."));
    assertEquals("en Latn", told("Nobody was across the street that night."));
    assertEquals("uk Cyrl", told("гавкала вулицею швидко"));
    assertEquals("ru Cyrl", told("лаяла по улице быстро"));
  }

  @Test
  void aScriptOfOneLanguageTellsIt() {
    assertEquals("el Grek", told("ΑΘΗΝΑ"));
  }

  @Test
  void simplifiedAndTraditionalChineseAreTwoAndJapaneseIsToldByKana() {
    assertEquals("zh Hans", told("汉语经济"));
    assertEquals("zh Hant", told("漢語經濟"));
    assertEquals("ja Jpan", told("日本の経済"));
  }

  @Test
  void whatNobodyCouldTellIsNone() {
    assertEquals("und Zyyy", told("12,5 % — …"));
    assertEquals("und Zyyy", told(""));
    assertEquals("und Thai", told("ภาษาไทย"));
    assertEquals(0, trained().identify("\ud800\udc00\ud800").probability());
  }

  @Test
  void combinedMarksAreTheLettersThatTheyMake() {
    LanguageIdentifier identifier = trained();
    assertEquals(identifier.identify("über Straße"), identifier.identify("u\u0308ber Straße"));
  }

  @Test
  void aLongTextIsToldByItsBeginningMiddleAndEnd() {
    String text = "123 ".repeat(1000) + GERMAN.repeat(30);
    assertEquals("de Latn", told(text));
  }

  @Test
  void segmentsCoverATextAndCutWhereTheLanguageChanges() {
    String text = ENGLISH + " " + GERMAN + " 这个国家的语言";
    List<LanguageSegment> segments = trained().segments(text);
    assertEquals(
        List.of("en", "de", "zh"), segments.stream().map(s -> s.guess().language()).toList());
    assertEquals(0, segments.getFirst().start());
    for (int i = 1; i < segments.size(); i++) {
      assertEquals(segments.get(i - 1).end(), segments.get(i).start());
    }
    assertEquals(text.length(), segments.getLast().end());
    assertEquals(ENGLISH, text.substring(0, segments.getFirst().end()).strip());
    assertEquals(List.of(), trained().segments(""));
  }

  @Test
  void theFastSumIsThePlainOne() {
    ScriptWeights latin =
        trained().models().stream()
            .filter(model -> model.script() == Character.UnicodeScript.LATIN)
            .findFirst()
            .orElseThrow();
    char[] read = new LetterForms().of("Nobody's Hund, a b  across");
    int[] fast = new int[2];
    int grams = latin.score(read, 0, read.length, fast);
    int[] plain = new int[3];
    LetterGrams.each(
        read,
        read.length,
        latin.bits(),
        (bucket, n) -> {
          plain[0] += latin.cost(bucket, 0);
          plain[1] += latin.cost(bucket, 1);
          plain[2]++;
        });
    assertArrayEquals(
        new int[] {plain[0], plain[1], plain[2]}, new int[] {fast[0], fast[1], grams});
    assertTrue(fast[0] != fast[1]);
  }

  @Test
  void aTextOfManyWordsInOneLanguageIsDecidedBeforeItsEnd() {
    assertEquals("de Latn", told((GERMAN + " ").repeat(20)));
    assertEquals("en Latn", told((ENGLISH + " ").repeat(15) + GERMAN));
  }

  @Test
  void aModelIsReadAsItWasWritten() throws IOException {
    byte[] file = written();
    LanguageIdentifier read = LanguageFile.read(new ByteArrayInputStream(file));
    assertEquals(Set.of("de", "el", "en", "ja", "ru", "uk", "zh-Hans", "zh-Hant"), read.labels());
    assertEquals(trained().identify(ENGLISH), read.identify(ENGLISH));
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    byte[] file = written();
    refused("cut short", Arrays.copyOf(file, file.length / 2));
    byte[] turned = file.clone();
    turned[turned.length / 4] ^= 1;
    refused("checksum", turned);
    byte[] other = file.clone();
    other[11] = 9;
    refused("version 9", other);
    refused("no model", "{\"text\": 1}".getBytes());
  }

  private static byte[] written() throws IOException {
    var out = new ByteArrayOutputStream();
    LanguageFile.write(trained(), out);
    return out.toByteArray();
  }

  private static void refused(String why, byte[] file) {
    IOException e =
        assertThrows(IOException.class, () -> LanguageFile.read(new ByteArrayInputStream(file)));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void frequentWordsTellLanguagesWithoutAFile() {
    LanguageIdentifier words = FrequentWordIdentifier.identifier();
    assertEquals(
        "fi",
        words.identify("Talossa oli kaksi ovea, mutta vain toinen niistä oli auki.").language());
    assertEquals(
        "uk", words.identify("Ми не знаємо, де він був і що він тоді сказав людям.").language());
    assertEquals(
        "zh", words.identify("国家标准 Internet Protocol 与网络").language(), "ideographs weigh more");
    assertEquals(FrequentWordIdentifier.languages(), words.labels());
    assertEquals(Set.of("the", "of", "and"), FrequentWordIdentifier.of("en", 3));
    assertEquals(Set.of(), FrequentWordIdentifier.of("xx", 3));
  }

  @Test
  void whatIsExpectedIsLikelier() {
    LanguageIdentifier words = FrequentWordIdentifier.identifier();
    String names = "Anna Maria, Peter Hansen, Eva Berg";
    double before = words.identify(names).probability();
    LanguageGuess first = words.identify(names);
    LanguageGuess expected = words.identify(names, Set.of(first.language()));
    assertEquals(first.language(), expected.language());
    assertTrue(expected.probability() > before, before + " and " + expected);
    assertEquals(
        "fi",
        words
            .identify("Talossa oli kaksi ovea, mutta vain toinen niistä oli auki.", Set.of("et"))
            .language());
  }

  @Test
  void textsWithoutLettersTeachNothing() {
    var trainer = new LanguageTrainer();
    trainer.add("en", "1 2 3");
    assertThrows(IllegalArgumentException.class, trainer::train);
  }
}
