package dev.imago.constraints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.constraints.TokenConstraint.Place;
import dev.imago.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MaskTest {
  private static final Tokenizer BYTES = SmallVocabularies.byteLevel();
  private static final Tokenizer PIECES = SmallVocabularies.sentencePiece();

  private static Place begin(Tokenizer tokenizer, Grammar grammar, boolean fresh) {
    return TokenTrie.of(tokenizer).constrain(grammar).begin(fresh);
  }

  private static List<String> allowed(Tokenizer tokenizer, Place place) {
    return BitSet.valueOf(place.allowed()).stream().mapToObj(tokenizer::token).sorted().toList();
  }

  @Test
  void a_mask_has_every_token_whose_bytes_lead_on_and_no_other() {
    Place place = begin(BYTES, Grammar.choice(List.of("true", "tram", "\"a\"", "北")), false);
    assertEquals(List.of("\"", "t", "tr", "true", "å"), allowed(BYTES, place));
    place = place.after(BYTES.id("tr").getAsInt());
    assertEquals(List.of("a", "u", "ue"), allowed(BYTES, place));
    assertFalse(place.mayEnd());
    place = place.after(BYTES.id("ue").getAsInt());
    assertTrue(place.mayEnd());
    assertTrue(place.over());
    Place end = place;
    assertThrows(IllegalArgumentException.class, () -> end.after(BYTES.id("a").getAsInt()));
    assertThrows(IllegalArgumentException.class, () -> end.after(0));
  }

  @Test
  void a_piece_that_begins_an_answer_shows_without_its_blank() {
    Grammar hello = Grammar.choice(List.of("Hello world", " Hello"));
    Place fresh = begin(PIECES, hello, true);
    assertEquals(List.of("<0x20>", "<0x48>", "H", "▁Hello"), allowed(PIECES, fresh));
    // The blank goes with it, and so «▁Hello» begins the first text alone.
    assertEquals(
        List.of("<0x20>", "▁", "▁world"),
        allowed(PIECES, fresh.after(PIECES.id("▁Hello").getAsInt())));
    Place continued = begin(PIECES, Grammar.choice(List.of("Hello world", " Hello")), false);
    assertEquals(List.of("<0x20>", "<0x48>", "H", "▁", "▁Hello"), allowed(PIECES, continued));
  }

  @Test
  void what_is_forced_is_cut_as_the_tokenizer_cuts_it() {
    Place place = begin(BYTES, Grammar.choice(List.of("name: true", "name: tree")), false);
    // The last token before the choice waits, since more could be read with it.
    assertEquals("name: ", BYTES.decode(place.forced()));
    assertEquals("nam", BYTES.token(place.forced()[0]));
    assertArrayEquals(new int[0], begin(BYTES, Grammar.regex("a|b"), false).forced());
    Place only = begin(BYTES, Grammar.choice(List.of("name")), false);
    assertEquals("name", BYTES.decode(only.forced()));
    for (int id : only.forced()) {
      only = only.after(id);
    }
    assertTrue(only.over());
  }

  @Test
  void a_vocabulary_without_some_bytes_is_not_led_where_they_would_have_to_come() {
    Tokenizer few = SmallVocabularies.withoutBytes();
    assertEquals(
        List.of("l"), allowed(few, begin(few, Grammar.choice(List.of("Heq", "lo")), false)));
    assertEquals(List.of("H", "l"), allowed(few, begin(few, Grammar.regex("(He)*l|Hq*"), false)));
    assertTrue(
        assertThrows(
                ConstraintException.class, () -> begin(few, Grammar.choice(List.of("quit")), false))
            .getMessage()
            .contains("vocabulary"));
  }

  private static final List<Grammar> GRAMMARS =
      List.of(
          Grammar.regex("(ab|a)*[^x]?北\\p{L}{0,3}"),
          Grammar.gbnf("root ::= \"[\" (root (\", \" root)*)? \"]\" | [a-zé]{1,4}"),
          Grammar.jsonObject(),
          Grammar.jsonSchema(
              "{\"type\":\"object\",\"required\":[\"name\",\"n\"],\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":5},\"n\":{\"type\":\"array\",\"maxItems\":3,\"items\":{\"type\":\"number\",\"minimum\":-1.5,\"maximum\":100}},\"ab\":{\"type\":[\"boolean\",\"null\"]}},\"minProperties\":3,\"maxProperties\":4}"));

  @Test
  void no_walk_through_masks_comes_to_a_dead_end() {
    for (Tokenizer tokenizer : List.of(BYTES, PIECES)) {
      TokenTrie trie = TokenTrie.of(tokenizer);
      for (Grammar grammar : GRAMMARS) {
        TokenConstraint constraint = trie.constrain(grammar);
        for (int seed = 0; seed < 40; seed++) {
          walk(tokenizer, grammar, constraint, new Random(seed));
        }
      }
    }
  }

  @Test
  void masks_of_places_that_are_alike_have_every_token_that_may_come_and_no_other() {
    TokenTrie trie = TokenTrie.of(BYTES);
    for (String string :
        List.of("\"maxLength\":40", "\"pattern\":\"^(a|na){3,20}:?$\"", "\"minLength\":30")) {
      Grammar grammar =
          Grammar.jsonSchema("{\"type\":\"array\",\"items\":{\"type\":\"string\"," + string + "}}");
      TokenConstraint constraint = trie.constrain(grammar);
      var random = new Random(7);
      Place place = constraint.begin(false);
      for (int step = 0; step < 60; step++) {
        BitSet allowed = BitSet.valueOf(place.allowed());
        for (int id = 0; id < trie.size(); id++) {
          assertEquals(leads(place, id), allowed.get(id), step + " " + BYTES.token(id));
        }
        int[] ids = allowed.stream().toArray();
        if (ids.length == 0) {
          break;
        }
        place = place.after(ids[random.nextInt(ids.length)]);
      }
    }
  }

  private static boolean leads(Place place, int id) {
    try {
      var _ = place.after(id);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void walk(
      Tokenizer tokenizer, Grammar grammar, TokenConstraint constraint, Random random) {
    boolean fresh = random.nextBoolean() || tokenizer == BYTES;
    Place place = constraint.begin(fresh);
    List<Integer> ids = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      int[] allowed = BitSet.valueOf(place.allowed()).stream().toArray();
      if (place.mayEnd() && (allowed.length == 0 || random.nextInt(4) == 0)) {
        int[] all = ids.stream().mapToInt(i -> i).toArray();
        String text = fresh ? tokenizer.decode(all) : inside(tokenizer, all);
        assertTrue(grammar.matches(text), text);
        return;
      }
      assertTrue(allowed.length > 0, () -> "a dead end after " + ids);
      int[] forced = place.forced();
      int id = forced.length > 0 ? forced[0] : allowed[random.nextInt(allowed.length)];
      ids.add(id);
      place = place.after(id);
    }
  }

  private static String inside(Tokenizer tokenizer, int[] ids) {
    int[] all = new int[ids.length + 1];
    all[0] = tokenizer.id("a").getAsInt();
    System.arraycopy(ids, 0, all, 1, ids.length);
    return tokenizer.decode(all).substring(1);
  }
}
