package dev.imago.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class AlikeStatesTest {
  private static final String LETTERS = "abc";

  /// What becomes of each text of up to so many characters: nothing, a beginning, a whole one.
  private static String fates(TextDfa dfa, int state, int characters) {
    if (state < 0) {
      return "0";
    }
    var fates = new StringBuilder(characters > 0 && dfa.accepts(state) ? "2" : "1");
    for (int i = 0; i < LETTERS.length() && characters > 0; i++) {
      fates.append(fates(dfa, dfa.next(state, LETTERS.charAt(i)), characters - 1));
    }
    return fates.append(')').toString();
  }

  @Test
  void states_are_alike_as_far_as_no_text_tells_them_apart() {
    var work = new Work("a test");
    var sets = new ArrayList<TextDfa>();
    for (String regex :
        List.of(
            "(ab|c)*a{3,7}",
            "[ab]{0,9}c?",
            "(a|b(a|b(a|b(c|a)*)*)*)*",
            "abcabcabc|bcabc",
            "[abc]*")) {
      sets.add(TextNfa.dfa(RegexReader.read(regex, work), false, work));
    }
    sets.add(TextDfa.ofLength(2, 9, work));
    for (TextDfa dfa : sets) {
      for (int characters = 0; characters < 6; characters++) {
        int[] alike = AlikeStates.of(dfa, characters);
        var known = new ArrayList<String>();
        for (int s = 0; s < dfa.size(); s++) {
          String fates = fates(dfa, s, characters);
          int first = known.indexOf(fates);
          assertEquals(first < 0 ? s : first, alike[s], s + " after " + characters);
          known.add(fates);
        }
      }
    }
  }

  @Test
  void far_from_its_end_a_long_string_is_one_place() {
    var work = new Work("a test");
    int[] alike = AlikeStates.of(TextDfa.ofLength(0, 400, work), 128);
    assertEquals(129, new TreeSet<>(Arrays.stream(alike).boxed().toList()).size());
    int[] each = AlikeStates.of(TextDfa.ofLength(0, 45_000, work), 128);
    assertFalse(Arrays.stream(each).distinct().count() < each.length, "too many to look at");
    // Ranges count, too: some 650 of letters lead on from each of these states.
    TextDfa letters = TextNfa.dfa(RegexReader.read("\\p{L}{0,400}", work), false, work);
    int[] all = AlikeStates.of(letters, 128);
    assertFalse(Arrays.stream(all).distinct().count() < all.length, "too many ranges to look at");
  }
}
