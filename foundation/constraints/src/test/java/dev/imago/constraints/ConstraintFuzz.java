package dev.imago.constraints;

import dev.imago.constraints.TokenConstraint.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Whatever a schema, a grammar or a regular expression holds, it is read or refused within its
/// budget, and an answer under it comes to no dead end. For `conformance/fuzz constraints`.
public final class ConstraintFuzz {
  private static final int STEPS = 30;
  private static final TokenTrie TRIE = TokenTrie.of(SmallVocabularies.byteLevel());

  static final List<String> SEEDS =
      List.of(
          "s{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"integer\",\"null\"],\"minimum\":-3.5},\"b\":{\"enum\":[1,\"x\",[null]]}},\"required\":[\"a\"],\"additionalProperties\":{\"pattern\":\"^a+$\",\"maxLength\":4}}",
          "s{\"$defs\":{\"t\":{\"anyOf\":[{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/t\"},\"contains\":{\"const\":2},\"maxContains\":2},{\"multipleOf\":0.5}]}},\"$ref\":\"#/$defs/t\"}",
          "s{\"oneOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}],\"not\":{\"minProperties\":3},\"if\":{\"properties\":{\"a\":{\"const\":1}}},\"then\":{\"maxProperties\":1},\"unevaluatedProperties\":false,\"dependentRequired\":{\"a\":[\"c\"]}}",
          "groot ::= (expr \"=\" ws term \"\\n"
              + "\")+\n"
              + "expr ::= term ([-+*/] term)*\n"
              + "term ::= [a-z]{1,3} | \"(\" ws expr \")\"\n"
              + "ws ::= [ \\t]*",
          "groot ::= \"a\" root? | . [^\\x41-\\u00ff] # end",
          "r(ab|c)*[^x-z]{2,5}\\d+?\\p{Lu}|^\\w\\s$",
          "r\\u{1F600}(?:a{0,3}){2}(?<n>.)");

  private ConstraintFuzz() {}

  /// Jazzer's entry: a letter for what it is, then the text.
  public static void fuzzerTestOneInput(byte[] content) {
    if (content.length < 2) {
      return;
    }
    String text = new String(content, 1, content.length - 1, StandardCharsets.UTF_8);
    try {
      Grammar grammar =
          switch (content[0]) {
            case 's' -> Grammar.jsonSchema(text);
            case 'g' -> Grammar.gbnf(text);
            default -> Grammar.regex(text);
          };
      walk(TRIE.constrain(grammar), new Random(Arrays.hashCode(content)));
    } catch (ConstraintException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a refusal says nothing", e);
      }
    }
  }

  private static void walk(TokenConstraint constraint, Random random) {
    Place place = constraint.begin(true);
    for (int step = 0; step < STEPS; step++) {
      int[] allowed = BitSet.valueOf(place.allowed()).stream().toArray();
      if (allowed.length == 0) {
        if (!place.mayEnd()) {
          throw new AssertionError("a dead end");
        }
        return;
      }
      place = place.after(allowed[random.nextInt(allowed.length)]);
    }
  }

  /// Leaves rules to begin with in a folder.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    for (int i = 0; i < SEEDS.size(); i++) {
      Files.writeString(folder.resolve("seed-" + i), SEEDS.get(i));
    }
  }
}
