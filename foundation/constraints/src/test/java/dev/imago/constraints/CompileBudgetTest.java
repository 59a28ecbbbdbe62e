package dev.imago.constraints;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// What explodes ends within a budget of steps, by one message; and steps stand for all that is
/// done, looked at from outside: by the bytes that the thread takes meanwhile.
final class CompileBudgetTest {
  private static final int CASES =
      6 * Integer.parseInt(System.getenv().getOrDefault("IMAGO_CASES", "1"));

  /// Of these cases, so that one that ends by its budget takes a few milliseconds.
  private static final long MOST_STEPS = 100_000;

  /// Bytes that a step may take, and those of reading a rule into a tree before the first.
  private static final long STEP_BYTES = 600;

  private static final long BYTES_A_CHARACTER = 400;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static String list(int count, IntFunction<String> part) {
    return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(","));
  }

  private static String message(Executable compiling) {
    return String.valueOf(assertThrows(ConstraintException.class, compiling).getMessage());
  }

  @Test
  void every_rule_takes_no_more_than_its_steps_and_no_more_memory_than_they_stand_for() {
    for (int seed = 0; seed < CASES; seed++) {
      var rules = new HostileRules(seed);
      String schema = rules.schema();
      String regex = rules.regex();
      String gbnf = rules.gbnf();
      bounded(schema, work -> Grammar.jsonSchema(schema, Map.of(), work));
      bounded(regex, work -> Grammar.regex(regex, work));
      bounded(gbnf, work -> Grammar.gbnf(gbnf, work));
    }
  }

  private interface Compiling {
    Grammar with(Work work);
  }

  private static void bounded(String rule, Compiling compiling) {
    var work = new Work("the rule", MOST_STEPS);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      assertTrue(compiling.with(work).start().edges() != null);
      assertTrue(work.steps() <= MOST_STEPS, () -> "steps of " + rule);
    } catch (ConstraintException e) {
      assertTrue(String.valueOf(e.getMessage()).length() > 20, e::getMessage);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("«" + rule + "»", e);
    }
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    long most = STEP_BYTES * MOST_STEPS + BYTES_A_CHARACTER * rule.length();
    assertTrue(bytes <= most, () -> "%,d bytes of %,d for «%s»".formatted(bytes, most, rule));
  }

  @Test
  void a_schema_of_five_thousand_names_is_cheap() {
    String names = list(5000, i -> "\"k" + i + "\"");
    var required = new Work("required");
    Grammar grammar = Grammar.jsonSchema("{\"required\":[" + names + "]}", Map.of(), required);
    assertTrue(required.steps() < 1_000_000, required.steps() + " steps");
    String object = "{" + list(5000, i -> "\"k" + i + "\":1") + "}";
    assertTrue(grammar.matches(object));
    assertTrue(!grammar.matches(object.replace("\"k4711\":1,", "")));
    var optional = new Work("optional");
    String properties = "{\"properties\":{" + list(5000, i -> "\"k" + i + "\":{}") + "}}";
    assertTrue(
        Grammar.jsonSchema(properties, Map.of(), optional).matches("{\"k7\":1,\"k4711\":2}"));
    assertTrue(optional.steps() < 2_000_000, optional.steps() + " steps");
  }

  @Test
  void what_explodes_is_refused_with_its_bound() {
    assertTrue(
        message(
                () ->
                    Grammar.jsonSchema("{\"enum\":[" + list(100_000, i -> "\"a" + i + "\"") + "]}"))
            .contains("more than 50,000 states"));
    assertTrue(
        message(() -> Grammar.regex("(a|b)*a(a|b){1000000}$"))
            .contains("more than 200,000 states"));
    assertTrue(
        message(() -> Grammar.regex("((){999999999}){999999999}")).contains("20,000,000 steps"));
    assertTrue(message(() -> Grammar.regex("(((a{99}){99}){99}){99}")).contains("500,000 states"));
    assertTrue(message(() -> Grammar.regex("a****")).contains("a repetition of a repetition"));
    assertTrue(
        message(() -> Grammar.gbnf("root ::= \"a\"" + "*".repeat(9000))).contains("repetitions"));
    assertTrue(
        message(() -> Grammar.jsonSchema("{\"minItems\":1000000000}")).contains("100,000 states"));
    assertTrue(
        message(() -> Grammar.jsonSchema("{\"not\":{\"maxLength\":1000000000}}"))
            .contains("50,000 states"));
  }

  @Test
  void alternatives_that_name_themselves_are_cheap() {
    String tagged =
        "{\"oneOf\":["
            + list(60, i -> "{\"properties\":{\"t\":{\"const\":" + i + "}},\"required\":[\"t\"]}")
            + "],\"type\":\"object\"}";
    Grammar grammar = Grammar.jsonSchema(tagged);
    assertTrue(grammar.matches("{\"t\":17}"));
    assertTrue(!grammar.matches("{\"t\":60}"));
  }
}
