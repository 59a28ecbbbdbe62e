package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.fixtures.Cases;
import dev.imago.fixtures.RandomText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SplitPatternTest {
  /// One piece after the other, a character at a time.
  private static List<String> scanned(SplitPattern pattern, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    var pieces = new ArrayList<String>();
    for (int from = 0, to; from < utf8.length; from = to) {
      to = pattern.splitter().end(utf8, from, utf8.length);
      pieces.add(new String(utf8, from, to - from, StandardCharsets.UTF_8));
    }
    return pieces;
  }

  /// Window by window, the text somewhere in a longer array.
  private static List<String> cut(SplitPattern pattern, String text, int before, int after) {
    byte[] utf8 = ("x".repeat(before) + text + "y".repeat(after)).getBytes(StandardCharsets.UTF_8);
    var pieces = new ArrayList<String>();
    int[] ends = new int[130];
    int from = before;
    while (from < utf8.length - after) {
      int count = pattern.splitter().cut(utf8, from, utf8.length - after, ends);
      for (int i = 0; i < count; i++) {
        pieces.add(new String(utf8, from, ends[i] - from, StandardCharsets.UTF_8));
        from = ends[i];
      }
    }
    return pieces;
  }

  private static final Map<String, Pattern> COMPILED = new HashMap<>();

  /// The plain twin: the definition, run by the JDK's regex engine.
  private static List<String> matched(SplitPattern pattern, String text) {
    List<String> pieces = List.of(text);
    for (String regex : pattern.regexes()) {
      Pattern compiled =
          COMPILED.computeIfAbsent(
              regex,
              r -> Pattern.compile(r, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE));
      pieces = pieces.stream().flatMap(piece -> isolated(compiled, piece).stream()).toList();
    }
    return pieces.stream().filter(piece -> !piece.isEmpty()).toList();
  }

  private static List<String> isolated(Pattern regex, String text) {
    var pieces = new ArrayList<String>();
    Matcher matcher = regex.matcher(text);
    int at = 0;
    while (matcher.find()) {
      pieces.add(text.substring(at, matcher.start()));
      pieces.add(matcher.group());
      at = matcher.end();
    }
    pieces.add(text.substring(at));
    return pieces;
  }

  @ParameterizedTest
  @EnumSource
  void theScannerCutsAsTheRegexDoes(SplitPattern pattern) {
    var random = new RandomText(1);
    for (int i = 0; i < Cases.of(4_000); i++) {
      String text = random.next();
      assertEquals(matched(pattern, text), scanned(pattern, text), () -> "of «" + text + "»");
    }
  }

  @ParameterizedTest
  @EnumSource
  void windowsAreCutAsTheRegexCuts(SplitPattern pattern) {
    var random = new Random(2);
    var texts = new RandomText(3);
    for (int i = 0; i < Cases.of(4_000); i++) {
      var text = new StringBuilder();
      String alphabet = ALPHABETS[random.nextInt(ALPHABETS.length)];
      int length = random.nextInt(random.nextBoolean() ? 70 : 400);
      while (text.length() < length) {
        if (alphabet.isEmpty()) {
          text.append(texts.next());
        } else {
          String unit = alphabet.substring(random.nextInt(alphabet.length())).substring(0, 1);
          text.append(unit.repeat(random.nextInt(20) == 0 ? random.nextInt(90) : 1));
        }
      }
      String whole = text.toString();
      List<String> expected = matched(pattern, whole);
      assertEquals(expected, cut(pattern, whole, 0, 0), () -> "of «" + whole + "»");
      assertEquals(expected, cut(pattern, whole, 3, 1 + i % 70), () -> "of «" + whole + "»");
    }
  }

  /// Few characters, so that every neighbourhood comes up; the empty one stands for random text.
  private static final String[] ALPHABETS = {
    "",
    "a ",
    "a \n",
    "aA'stre \n(",
    "ab (.'\t\r\n1",
    "a/\n\r; ",
    "12 a.",
    "aA漢é'lL ",
    "漢字，。 \n1",
    "aB'vEſ\u0301 ",
    "\u3000 a\n1²",
    "ÀéßΣσǅʰ漢A",
    "\0\u200da -\u0301漢1 ",
    "public static void main(String[] args) {\n      return x1 + 23; // it's\n}\n",
  };

  /// All that Unicode, as the JDK has it, says of a character and a pattern can ask.
  private static List<Object> properties(int c) {
    return List.of(
        Character.getType(c),
        Character.UnicodeScript.of(c),
        Character.isAlphabetic(c),
        Character.isIdeographic(c),
        Character.isWhitespace(c),
        Character.isSpaceChar(c),
        Character.isUpperCase(c),
        Character.isLowerCase(c),
        Character.toLowerCase(c) == c,
        Character.toUpperCase(c) == c);
  }

  /// The first and the last of every run of characters of the same properties, all below U+3000,
  /// and of the long runs (ideographs, syllables, private use, what is not assigned) a sample: all
  /// of them where more cases are asked for.
  private static int[] characters() {
    boolean all = Cases.of(1_000) >= 1_000;
    var characters = IntStream.builder();
    List<Object> before = List.of();
    for (int c = 0; c < 0x110000; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      List<Object> now = properties(c);
      if (!now.equals(before) && c > 0x3000 && c != Character.MAX_SURROGATE + 1) {
        characters.add(c - 1);
      }
      if (all || c < 0x3000 || c % 97 == 0 || !now.equals(before)) {
        characters.add(c);
      }
      before = now;
    }
    return characters.build().toArray();
  }

  private static final int[] CHARACTERS = characters();

  @ParameterizedTest
  @EnumSource
  void everyCharacterIsCutAsTheRegexDoes(SplitPattern pattern) {
    for (int c : CHARACTERS) {
      String character = Character.toString(c);
      // One character shows its class by what its neighbours do.
      String text = "a" + character + "b " + character + character + "1";
      assertEquals(matched(pattern, text), scanned(pattern, text), () -> "of «" + text + "»");
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

  @Test
  void aPatternIsFoundByItsRegexesAndByItsNameInGguf() {
    for (SplitPattern pattern : SplitPattern.values()) {
      assertEquals(Optional.of(pattern), SplitPattern.ofRegexes(pattern.regexes()));
      SplitPattern named = SplitPattern.ofLlamaCppName(pattern.llamaCppName()).orElseThrow();
      assertEquals(pattern.llamaCppName(), named.llamaCppName());
    }
    assertEquals(Optional.of(SplitPattern.QWEN2), SplitPattern.ofLlamaCppName("qwen2"));
    assertEquals(Optional.of(SplitPattern.LLAMA3), SplitPattern.ofLlamaCppName("llama-bpe"));
    assertEquals(Optional.empty(), SplitPattern.ofLlamaCppName("no such name"));
  }

  @Test
  void capitalsStartWordsInO200k() {
    assertEquals(
        List.of("HTTPServer", "Name's", " don't", "'ve", ";\n/", "x漢", "A"),
        scanned(SplitPattern.O200K, "HTTPServerName's don't've;\n/x漢A"));
  }
}
