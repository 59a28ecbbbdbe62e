package dev.imago.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GrammarTest {
  private static void fits(Grammar grammar, String... texts) {
    for (String text : texts) {
      assertTrue(grammar.matches(text), "«" + text + "» should fit");
    }
  }

  private static void fitsNot(Grammar grammar, String... texts) {
    for (String text : texts) {
      assertFalse(grammar.matches(text), "«" + text + "» should not fit");
    }
  }

  private static String refusal(Runnable reading) {
    return assertThrows(ConstraintException.class, reading::run).getMessage();
  }

  @Test
  void a_choice_is_one_of_its_texts() {
    Grammar choice = Grammar.choice(List.of("a", "ab", "北京"));
    fits(choice, "a", "ab", "北京");
    fitsNot(choice, "", "b", "abc", "北");
    assertTrue(refusal(() -> Grammar.choice(List.of())).contains("no choices"));
    assertTrue(refusal(() -> Grammar.choice(List.of("a", ""))).contains("empty"));
  }

  @Test
  void a_regular_expression_is_a_whole_text() {
    fits(Grammar.regex("\\d{3}-\\d{4}"), "555-1234");
    fitsNot(Grammar.regex("\\d{3}-\\d{4}"), "555-12345", "x555-1234", "٥٥٥-1234");
    fits(Grammar.regex("(?:a|b)*c+?"), "c", "abac", "abbcc");
    fits(Grammar.regex("[^a-c]{2,}"), "xy", "é北京😀");
    fitsNot(Grammar.regex("[^a-c]{2,}"), "x", "xa");
    fits(Grammar.regex("\\p{Lu}\\p{Ll}*"), "Ärger", "A");
    fits(Grammar.regex("^(a|b)$"), "a");
    fits(Grammar.regex("^a$|^b$"), "b");
    fits(Grammar.regex("\\u{1F600}\\x41[\\]\\-^]"), "😀A^", "😀A-", "😀A]");
    fits(Grammar.regex("."), "x", "😀");
    fitsNot(Grammar.regex("."), "\n", "\u2028");
    fits(Grammar.regex("(a|b)*a(a|b){20}"), "a".repeat(21));
  }

  @Test
  void what_is_no_regular_language_is_refused_by_name() {
    assertTrue(refusal(() -> Grammar.regex("a(?=b)")).contains("look-around"));
    assertTrue(refusal(() -> Grammar.regex("(a)\\1")).contains("back reference"));
    assertTrue(refusal(() -> Grammar.regex("\\bword")).contains("word boundary"));
    assertTrue(refusal(() -> Grammar.regex("a(b")).contains("( without"));
    assertTrue(refusal(() -> Grammar.regex("a)b")).contains(") without"));
    assertTrue(refusal(() -> Grammar.regex("*a")).contains("repeats nothing"));
    assertTrue(refusal(() -> Grammar.regex("[z-a]")).contains("crossed"));
    assertTrue(refusal(() -> Grammar.regex("\\x-1")).contains("no hexadecimal number"));
    assertTrue(refusal(() -> Grammar.regex("\\u{110000}")).contains("no character"));
    assertTrue(refusal(() -> Grammar.gbnf("root ::= \"\\x+f\"")).contains("2 hexadecimal digits"));
  }

  @Test
  void what_explodes_ends_in_one_message() {
    assertTrue(refusal(() -> Grammar.regex("((a{100}){100}){1000}")).contains("500,000 states"));
    assertTrue(
        refusal(() -> Grammar.regex("^(a|b)*a(a|b){40}$")).contains("states"),
        "two to the power of 41 states");
    assertTrue(refusal(() -> Grammar.regex("(".repeat(5000))).contains("inside one another"));
    assertTrue(
        refusal(() -> Grammar.gbnf("root ::= ((\"a\"{1000}){1000}){1000}")).contains("500,000"));
  }

  @Test
  void a_grammar_has_rules_repetitions_and_recursion() {
    Grammar sums =
        Grammar.gbnf(
            """
            # sums
            root  ::= sum "\\n"
            sum   ::= part ("+" part)*   # one or more
            part  ::= num | "(" sum ")"
            num   ::= [0-9]{1,3}
            """);
    fits(sums, "1+2\n", "((1))+(22+333)\n");
    fitsNot(sums, "1+2", "(1\n", "1234\n", "()\n");
    fits(Grammar.gbnf("root ::= a | root2\na ::= \"x\"\nroot2 ::= \"y\" root2 |"), "x", "", "yyy");
    fits(Grammar.gbnf("root ::= \"a\" |\n  \"b\"\n  | [^a-z\\n\\x00]"), "a", "b", "É");
    fits(Grammar.gbnf("root ::= (\"a\"? \"b\"?)* \".\""), ".", "abba.");
  }

  @Test
  void a_grammar_without_texts_or_that_begins_with_itself_is_refused() {
    assertTrue(
        refusal(() -> Grammar.gbnf("root ::= root \"a\" | \"b\"")).contains("left recursion"));
    assertTrue(
        refusal(() -> Grammar.gbnf("root ::= e? root \"a\" | \"b\"\ne ::= \"x\""))
            .contains("left"));
    assertTrue(refusal(() -> Grammar.gbnf("root ::= \"a\" root")).contains("no text fits"));
    assertTrue(refusal(() -> Grammar.gbnf("root ::= a")).contains("«a»"));
    assertTrue(refusal(() -> Grammar.gbnf("a ::= \"x\"")).contains("root"));
    assertEquals(
        "line 2 of the grammar has a \" without its second, at character 7",
        refusal(() -> Grammar.gbnf("root ::= a\na ::= \"x"))
            .replaceAll("character \\d+", "character 7"));
    // One way out of two leads nowhere: no text may begin that way.
    Grammar oneWay = Grammar.gbnf("root ::= \"a\" dead | \"b\"\ndead ::= \"c\" dead");
    fits(oneWay, "b");
    assertEquals('b', new PositionTable(oneWay).start().onlyByte());
  }
}
