package dev.imago.tokenizers.added;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AddedVocabularyTest {
  private static AddedToken plain(String content) {
    return new AddedToken(0, content, false, false, false, false, false);
  }

  private static AddedVocabulary of(AddedToken... tokens) {
    return of(t -> t, tokens);
  }

  private static AddedVocabulary of(UnaryOperator<AlignedText> normalizer, AddedToken... tokens) {
    List<String> model = List.of("a", "b", "c");
    return AddedVocabulary.of(List.of(tokens), model::indexOf, model.size(), normalizer);
  }

  private static String split(AddedVocabulary added, String text, boolean special) {
    var out = new ArrayList<String>();
    added.split(
        AlignedText.of(text),
        special,
        new AddedVocabulary.Segments() {
          @Override
          public void text(AlignedText between) {
            out.add(between.text());
          }

          @Override
          public void token(int id, AlignedText surface) {
            out.add(id + "=" + surface.text());
          }
        });
    return String.join("|", out);
  }

  @Test
  void theLeftmostAndOfTheseTheLongestIsFound() {
    AddedVocabulary added = of(plain("ab"), plain("abcd"), plain("bc"));
    assertEquals("3=ab|c|4=abcd|5=bc|x", split(added, "abcabcdbcx", true));
    assertEquals("x", split(added, "x", true));
    assertEquals("", split(added, "", true));
  }

  @Test
  void idsAreTheModelsOrComeAfterThem() {
    AddedVocabulary added =
        of(AddedToken.control(90, "<x>"), plain("b"), plain("<y>"), plain("<x>"), plain(""));
    assertEquals(OptionalInt.of(3), added.id("<x>"));
    assertEquals(OptionalInt.of(1), added.id("b"));
    assertEquals(OptionalInt.of(4), added.id("<y>"));
    assertEquals(OptionalInt.empty(), added.id(""));
    assertEquals(5, added.bound());
    assertTrue(added.isSpecial("<x>"));
    assertEquals(
        List.of("b", "<x>", "<y>"), added.tokens().stream().map(AddedToken::content).toList());
  }

  @Test
  void blanksBelongToTheTokenThatTakesThemFirst() {
    AddedVocabulary added =
        of(
            new AddedToken(0, "A", false, false, true, false, false),
            plain(" B"),
            new AddedToken(0, "C", false, true, false, false, false));
    assertEquals("3=A |4= B", split(added, "A B", true));
    assertEquals("3=A  |5=C", split(added, "A  C", true));
    assertEquals("x|5= \t\u3000C", split(added, "x \t\u3000C", true));
  }

  @Test
  void aSingleWordStandsAlone() {
    AddedVocabulary added = of(new AddedToken(0, "x", true, false, false, false, false));
    assertEquals("3=x| ax x_ x\u0301 é", split(added, "x ax x_ x\u0301 é", true));
  }

  @Test
  void specialTokensMayBeLeftInTheText() {
    AddedVocabulary added = of(AddedToken.control(0, "<s>"), plain("s"));
    assertEquals("3=<s>|4=s", split(added, "<s>s", true));
    assertEquals("<s>|4=s", split(added, "<s>s", false));
  }

  @Test
  void normalizedTokensAreFoundInNormalizedText() {
    UnaryOperator<AlignedText> lower =
        t -> t.respelled(t.text().toLowerCase(java.util.Locale.ROOT));
    AddedVocabulary added =
        of(
            lower,
            new AddedToken(0, "Day", false, false, false, true, false),
            new AddedToken(0, "RAW", false, false, false, false, false));
    assertEquals("mon|3=day| |4=RAW| raw", split(added, "MonDAY RAW raw", true));
  }

  @Test
  void aTokenThatNormalizingMakesEmptyCutsTextIntoCharacters() {
    AddedVocabulary added =
        of(
            t -> t.text().isBlank() ? t.untracked("") : t,
            new AddedToken(0, " ", false, false, false, true, false),
            new AddedToken(0, "ab", false, false, false, true, false));
    assertEquals("a|4=ab|c|😀|4=ab", split(added, "aabc😀ab", true));
  }

  @Test
  void whatIsFoundIsWhatASearchInEveryPlaceFinds() {
    var random = new Random(81);
    for (int i = 0; i < 20_000; i++) {
      List<String> words = new ArrayList<>();
      for (int w = random.nextInt(6); w >= 0; w--) {
        words.add(letters(random, 1 + random.nextInt(5)));
      }
      String text = letters(random, random.nextInt(20));
      var finder = new WordFinder(words);
      var match = new WordFinder.Match();
      int at = 0;
      while (true) {
        int from = at;
        String longest = "";
        while (from < text.length() && longest.isEmpty()) {
          longest = longestAt(words, text, from);
          from += longest.isEmpty() ? 1 : 0;
        }
        boolean found = finder.find(text, at, match);
        assertEquals(!longest.isEmpty(), found, text + words);
        if (!found) {
          break;
        }
        assertEquals(from, match.from, text + words);
        assertEquals(longest, text.substring(match.from, match.to), text + words);
        assertEquals(words.indexOf(longest), match.word);
        assertTrue(finder.findAt(text, from, match));
        assertEquals(from + longest.length(), match.to);
        at = match.to;
      }
    }
  }

  private static String longestAt(List<String> words, String text, int at) {
    String longest = "";
    for (String word : words) {
      if (text.startsWith(word, at) && word.length() > longest.length()) {
        longest = word;
      }
    }
    return longest;
  }

  private static String letters(Random random, int length) {
    var out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append("aabé".charAt(random.nextInt(4)));
    }
    return out.toString();
  }

  @Test
  void aLongTokenThatNearlyOccursEverywhereCostsNoMoreThanTheText() {
    // Searching in every place would take 10¹¹ steps here.
    AddedVocabulary added = of(plain("a".repeat(100_000) + "b"));
    String text = "a".repeat(1_000_000);
    assertEquals(text, split(added, text, true));
    assertFalse(added.isSpecial("b"));
  }
}
