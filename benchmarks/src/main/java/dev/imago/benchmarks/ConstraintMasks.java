package dev.imago.benchmarks;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.constraints.TokenTrie;
import dev.imago.tokenizers.Tokenizer;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Our side of `benchmarks/constraints VOCABULARY`: how long the mask of each token of some answers
/// takes, the first time that a rule is used and the second. Processor time, which says more than
/// the clock on a machine that others use too. Prints lines of «rule when p50 p99 most compiled».
public final class ConstraintMasks {
  private static final int ANSWERS = 20;

  private ConstraintMasks() {}

  private record Rule(String text, boolean gbnf, String answer) {
    Grammar grammar() {
      return gbnf ? Grammar.gbnf(text) : Grammar.jsonSchema(text);
    }
  }

  private static Map<String, Rule> rules() {
    String prose =
        "The quick brown fox jumps over the lazy dog, \\\"twice\\\", by the café at 北京 — and then"
            + " it sleeps for 3.5 hours under a tree.";
    var rules = new LinkedHashMap<String, Rule>();
    rules.put(
        "schema",
        new Rule(
            "{\"type\":\"object\",\"required\":[\"name\",\"age\",\"tags\",\"address\",\"notes\"],\"additionalProperties\":false,\"properties\":{\"name\":{\"type\":\"string\"},\"age\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":150},\"tags\":{\"type\":\"array\",\"items\":{\"enum\":[\"red\",\"green\",\"blue\"]}},\"address\":{\"type\":\"object\",\"properties\":{\"street\":{\"type\":\"string\"},\"zip\":{\"type\":\"string\",\"pattern\":\"^[0-9]{5}$\"}},\"required\":[\"street\",\"zip\"]},\"notes\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},\"at\":{\"type\":\"number\"}}}}}}",
            false,
            "{\"name\": \"%s\", \"age\": 42, \"tags\": [\"red\", \"blue\"], \"address\": {\"street\": \"%s\", \"zip\": \"10115\"}, \"notes\": [{\"text\": \"%s\", \"at\": 12.5}, {\"text\": \"%s\", \"at\": -3e7}]}"
                .replace("%s", prose)));
    rules.put(
        "any-json",
        new Rule(
            "{\"type\":\"object\"}",
            false,
            "{\"a\": [1, 2, {\"b\": \"%s\", \"c\": null}], \"d\": {\"e\": {\"f\": [\"%s\"]}}}"
                .replace("%s", prose)));
    rules.put(
        "lengths",
        new Rule(
            "{\"type\":\"object\",\"required\":[\"s\"],\"properties\":{\"s\":{\"type\":\"string\",\"maxLength\":400}}}",
            false,
            "{\"s\": \"" + prose.replace("\\\"", "'") + prose.replace("\\\"", "'") + "\"}"));
    rules.put(
        "gbnf",
        new Rule(
            """
            root ::= value
            value ::= object | array | string | number | ("true" | "false" | "null") ws
            object ::= "{" ws (string ":" ws value ("," ws string ":" ws value)*)? "}" ws
            array ::= "[" ws (value ("," ws value)*)? "]" ws
            string ::= "\\"" ([^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4}))* "\\"" ws
            number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
            ws ::= | " " | "\\n" [ \\t]{0,20}
            """,
            true,
            "{\"a\": [1, 2, {\"b\": \"%s\", \"c\": null}], \"d\": {\"e\": {\"f\": [\"%s\"]}}}"
                .replace("%s", prose)));
    return rules;
  }

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  public static void main(String[] args) {
    Tokenizer tokenizer = Tokenizer.load(Path.of(args[0]));
    long from = now();
    TokenTrie trie = TokenTrie.of(tokenizer);
    System.out.printf(
        Locale.ROOT, "%,d tokens, tree in %.0f ms%n", trie.size(), (now() - from) / 1e6);
    Map<String, Rule> rules = rules();
    rules.values().forEach(rule -> walk(trie.constrain(rule.grammar()), tokenizer, rule)); // warm
    rules.forEach(
        (name, rule) -> {
          long[] first = new long[0];
          long[] again = new long[0];
          double compiled = 0;
          for (int i = 0; i < ANSWERS; i++) {
            long start = now();
            TokenConstraint constraint = trie.constrain(rule.grammar());
            compiled += (now() - start) / 1e6 / ANSWERS;
            first = joined(first, walk(constraint, tokenizer, rule));
            again = joined(again, walk(constraint, tokenizer, rule));
          }
          print(name + " first", first, compiled);
          print(name + " again", again, compiled);
        });
  }

  private static long[] joined(long[] a, long[] b) {
    long[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static long[] walk(TokenConstraint constraint, Tokenizer tokenizer, Rule rule) {
    int[] ids = tokenizer.encodeOrdinary(rule.answer());
    long[] times = new long[ids.length + 1];
    TokenConstraint.Place place = constraint.begin(true);
    for (int i = 0; i <= ids.length; i++) {
      long start = now();
      place.allowed();
      times[i] = now() - start;
      place = i < ids.length ? place.after(ids[i]) : place;
    }
    if (!place.mayEnd()) {
      throw new IllegalStateException("the answer does not fit its rule");
    }
    return times;
  }

  private static void print(String what, long[] nanos, double compiledMillis) {
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%-16s p50 %8.1f µs  p99 %8.1f µs  most %8.1f µs  compiled in %.2f ms  (%d masks)%n",
        what,
        nanos[nanos.length / 2] / 1e3,
        nanos[(int) (nanos.length * 0.99)] / 1e3,
        nanos[nanos.length - 1] / 1e3,
        compiledMillis,
        nanos.length);
  }
}
