package dev.imago.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnigRegexTest {
  private static List<String> matches(String pattern, String text) {
    var found = new ArrayList<String>();
    OnigRegex.compile(pattern).findAll(text, (from, to) -> found.add(text.substring(from, to)));
    return found;
  }

  private static String refusal(String pattern, String text) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> matches(pattern, text)).getMessage());
  }

  @Test
  void aQuantifierInBracesIsNotPossessiveButTwoAre() {
    assertEquals(List.of("aaa"), matches("a{2,3}+a", "aaa"));
    assertEquals(List.of(), matches("a++a", "aaa"));
    assertEquals(List.of("aaa"), matches("a{3,2}", "aaa"));
    assertEquals(List.of(), matches("a{3,2}a", "aaa"));
  }

  @Test
  void linesStartAfterNewlinesButNotAtTheEnd() {
    assertEquals(List.of("a", "a"), matches("^a", "a\na"));
    assertEquals(List.of(""), matches("^", "a\n"));
    assertEquals(List.of("", ""), matches("$", "a\n"));
  }

  @Test
  void anEmptyMatchIsNotFoundWhereTheLastOneEnded() {
    assertEquals(List.of("", "bb", ""), matches("b*", "abbc"));
    assertEquals(List.of("a", ""), matches("a|(?=c)", "abbc"));
  }

  @Test
  void oneLetterFoldsToTwo() {
    assertEquals(List.of("ß", "SS", "ſs", "ẞ"), matches("(?i:ss)", "ßSSſsẞ"));
    assertEquals(List.of("K", "k", "\u212a"), matches("(?i)k", "Kk\u212a"));
    assertEquals(List.of("'ſ"), matches("(?i:'s)", "'ſ"));
  }

  @Test
  void optionsHoldToTheEndOfTheGroup() {
    assertEquals(List.of("aB", "aC"), matches("a(?i)b|c", "aB aC"));
  }

  @Test
  void setsNestAndMeet() {
    assertEquals(List.of("bcd"), matches("[a-z&&[^aeiou]]+", "abcde"));
    assertEquals(List.of("]", "a"), matches("[]a]", "]a"));
    assertEquals(List.of("aé"), matches("[[:alpha:]]+", "aé1"));
    assertEquals(List.of("12"), matches("\\p{^L}+", "12ab"));
  }

  @Test
  void aWordOutsideOfBracketsIsALittleMore() {
    assertEquals(List.of("a²"), matches("\\w+", "a²"));
    assertEquals(List.of("a"), matches("[\\w]+", "a²"));
  }

  @Test
  void lookingBehindMayTakeAnyLength() {
    assertEquals(List.of("b"), matches("(?<=a+)b", "bcaab"));
    assertEquals(List.of("b"), matches("(?<!a|cc)b", "abccbdb"));
  }

  @Test
  void anExponentialPatternIsRefusedWhenItTakesTooLong() {
    assertTrue(refusal("(a+)+$", "a".repeat(3_000) + "b").contains("steps"));
    assertTrue(refusal("(?:(?:a*)*)*b", "a".repeat(3_000)).contains("steps"));
  }

  @Test
  void aLongTextIsNoDeepRecursion() {
    String text = "ab".repeat(100_000);
    assertEquals(List.of(text), matches("(?:a|b)*", text));
    assertEquals(List.of(text), matches("(?:(a)|(b))+$", text));
  }

  @Test
  void hugeRepeatsTakeNoRoom() {
    assertEquals(List.of(), matches("((((a{1000}){1000}){1000}){1000})", "a".repeat(10)));
    assertTrue(refusal("a{100001}", "").contains("more than 100000"));
  }

  @Test
  void aBrokenPatternIsRefusedWithItsPlace() {
    for (String pattern :
        List.of(
            "(",
            ")",
            "[",
            "[]",
            "*a",
            "(?<n",
            "\\",
            "\\p{Foo}",
            "[[:foo:]]",
            "[z-a]",
            "(?<=a",
            "\\k<x>",
            "\\1",
            "(?s:a)",
            "(?~a)",
            "\\g<1>(a)",
            "(?(1)a)",
            "(?=a)*",
            "[a-\\d]",
            "(".repeat(300),
            "a" + "{2}".repeat(300),
            "\\x{110000}",
            "\\u12",
            "(?{x})",
            "(?<=\\R)",
            "(*F)")) {
      String message = refusal(pattern, "a");
      assertTrue(message.startsWith("the pattern «"), message);
      assertTrue(message.contains("at character"), message);
    }
  }
}
