package dev.imago.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SplitPatternTest {
  private static List<String> scanned(SplitPattern pattern, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    var pieces = new ArrayList<String>();
    for (int from = 0, to; from < utf8.length; from = to) {
      to = pattern.end(utf8, from, utf8.length);
      pieces.add(new String(utf8, from, to - from, StandardCharsets.UTF_8));
    }
    return pieces;
  }

  /// The plain twin: the definition, run by the JDK's regex engine.
  private static List<String> matched(SplitPattern pattern, String text) {
    Matcher matcher =
        Pattern.compile(pattern.regex(), Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE)
            .matcher(text);
    var pieces = new ArrayList<String>();
    while (matcher.find()) {
      pieces.add(matcher.group());
    }
    return pieces;
  }

  @ParameterizedTest
  @EnumSource
  void theScannerCutsAsTheRegexDoes(SplitPattern pattern) {
    var random = new RandomText(1);
    for (int i = 0; i < 20_000; i++) {
      String text = random.next();
      assertEquals(matched(pattern, text), scanned(pattern, text), () -> "of «" + text + "»");
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyCharacterIsCutAsTheRegexDoes(SplitPattern pattern) {
    for (int c = 0; c < 0x110000; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      String character = Character.toString(c);
      // One character shows its class by what its neighbours do; the regex is asked for a sample.
      String text = "a" + character + "b " + character + character + "1";
      List<String> pieces = scanned(pattern, text);
      assertEquals(text, String.join("", pieces));
      if (c < 0x3000 || c % 97 == 0) {
        assertEquals(matched(pattern, text), pieces, () -> "of «" + text + "»");
      }
    }
  }

  @Test
  void codeIsCutIntoWordsDigitsPunctuationAndBlanks() {
    assertEquals(
        List.of(
            "int", " x", " =", " ", "4", "2", ";", " //", " it", "'s", "\n\n", "   ", " return"),
        scanned(SplitPattern.QWEN2, "int x = 42; // it's\n\n    return"));
    assertEquals(List.of("a", " ", "123", "4"), scanned(SplitPattern.LLAMA3, "a 1234"));
    assertEquals(List.of("a", " 1234", "  "), scanned(SplitPattern.GPT2, "a 1234  "));
  }

  @Test
  void onlyAPatternFromAFileTakesTheLongS() {
    assertEquals(List.of("'ſ", "x"), scanned(SplitPattern.QWEN2_FOLDED, "'ſx"));
    assertEquals(List.of("'ſx"), scanned(SplitPattern.QWEN2, "'ſx"));
  }

  /// Unicode 16, as Hugging Face tokenizers 0.23 has it: another JDK must not change ids unseen.
  @Test
  void theTablesAreThoseOfUnicode16() {
    int[] counts = new int[5];
    long checksum = 0;
    for (int c = 0; c < 0x110000; c++) {
      counts[CharClass.of(c)]++;
      checksum = checksum * 31 + CharClass.of(c);
    }
    assertEquals(141_028, counts[CharClass.LETTER]);
    assertEquals(1_911, counts[CharClass.NUMBER]);
    assertEquals(23, counts[CharClass.SPACE]);
    assertEquals(2, counts[CharClass.NEWLINE]);
    assertEquals(306_654_343_210_380_307L, checksum);
    assertTrue(SplitPattern.ofRegex(SplitPattern.LLAMA3.regex()).isPresent());
  }
}
