package dev.imago.templates.jinja;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.fixtures.Cases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Templates that would run, grow or reach for ever: each ends with one message.
class HostileTemplateTest {
  private static final Map<String, Object> VARIABLES =
      Map.of("big", "a".repeat(1_000_000), "xs", List.of(1, 2));

  private static final int MUTANTS = Cases.of(1_500);

  private static String refusal(String template) {
    var refusal =
        assertThrows(
            TemplateException.class,
            () -> Template.parse(template).render(VARIABLES, TemplateTest.CLOCK),
            template);
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.startsWith("chat template"), message);
    assertTrue(message.length() < 700, message);
    return message;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(10**9) %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}",
        "{{ 'a' * 10**12 }}",
        "{{ [1] * 10**30 }}",
        "{% set n=namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor"
            + " %}",
        "{% set n=namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "{% set n=namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}"
            + "{{ n.x }}",
        "{% set n=namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}"
            + "{{ n.x | tojson }}",
        "{% set n=namespace(x=(1,)) %}{% for i in range(99) %}{% set n.x = (n.x, n.x) %}{% endfor"
            + " %}{{ {n.x: 1} }}",
        "{% set n=namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}"
            + "{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}",
        "{% set n=namespace(x=[1]) %}{% for i in range(9999) %}{% set n.x = [n.x] %}{% endfor %}"
            + "{{ n.x }}",
        "{% set n = namespace() %}{% set n.n = n %}{{ n }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n < 40 %}{{ m(n + 1) }}{{ m(n + 1) }}{% endif %}{% endmacro %}"
            + "{{ m(0) }}",
        "{% for x in xs recursive %}{{ loop(xs) }}{% endfor %}",
        "{{ 2 ** 100000 }}",
        "{{ 10 ** 4299 * 10 }}",
        "{{ '%999999999999d' % 1 }}",
        "{{ '%.999999999f' % 1.5 }}",
        "{{ '{:999999999999}'.format(1) }}",
        "{{ '{:0999999999,}'.format(1) }}",
        "{{ 'a'.center(10**9) }}",
        "{{ xs | batch(10**10, 1) | list }}",
        "{{ xs | slice(10**10) | list }}",
        "{{ xs | tojson(indent=10**9) }}",
        "{{ big.replace('', 'b' * 1000) }}",
        "{% for i in range(99999) %}{{ 'b' in big }}{% endfor %}",
        "{% for i in range(99999) %}{{ big.find('a' * 30 + 'b') }}{% endfor %}",
        "{% for i in range(99999) %}{{ big.isidentifier() }}{% endfor %}",
        "{% for i in range(99999) %}{{ big | int }}{% endfor %}",
        "{{ strftime_now('%999999999d') }}",
      })
  void whatAsksForTooMuchIsToldItsBound(String template) {
    String message = refusal(template);
    assertTrue(message.matches("(?s).*\\d{3,}.*"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.__class__.__mro__ }}",
        "{{ xs.append(1) }}",
        "{{ {}.update({}) }}",
        "{{ range.__globals__['os'] }}",
        "{{ '{0.__class__.__mro__}'.format(1) }}",
        "{{ cycler.__init__.__globals__ }}",
      })
  void theSandboxSaysWhatATemplateMayNotUse(String template) {
    assertTrue(refusal(template).contains("a template may not use"), template);
  }

  static List<String> deep() {
    int n = 100_000;
    return List.of(
        "{{ " + "(".repeat(n) + "1" + ")".repeat(n) + " }}",
        "{{ x" + ".a".repeat(n) + " }}",
        "{{ " + "-".repeat(n) + "1 }}",
        "{{ " + "not ".repeat(n) + "1 }}",
        "{{ 1" + "+1".repeat(n) + " }}",
        "{{ 1" + " if 1".repeat(n) + " }}",
        "{{ " + "(".repeat(100) + "1" + ("+1".repeat(150) + ")").repeat(100) + " }}",
        "{% if 1 %}".repeat(n),
        "{% for x in y %}".repeat(n),
        "{{ " + "[".repeat(n),
        "{{ x" + "|list".repeat(n) + " }}",
        "{{ x" + " or y".repeat(n) + " }}",
        "{{ " + "9".repeat(n) + " }}",
        "{{".repeat(n),
        "{#".repeat(n),
        "{% raw %}".repeat(n),
        "{{ 'a".repeat(n));
  }

  @ParameterizedTest
  @MethodSource("deep")
  void nestingWithoutEndIsRefusedOnASmallStack(String template) throws InterruptedException {
    var failure = new ArrayList<Throwable>();
    Runnable run =
        () -> {
          try {
            refusal(template);
          } catch (Throwable e) {
            failure.add(e);
          }
        };
    var thread = new Thread(null, run, "small stack", 512 << 10);
    thread.start();
    thread.join();
    assertTrue(failure.isEmpty(), failure::toString);
  }

  /// Seeds with what the grammar writes, then cuts, doubles, swaps and inserts.
  @Test
  void aMutatedTemplateGivesATextOrAMessage() {
    var templates = new RandomTemplates(21);
    var random = new Random(22);
    String[] shards = {
      "{%",
      "%}",
      "{{",
      "}}",
      "{#",
      "#}",
      "'",
      "\"",
      "\\",
      "\\x",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      "|",
      ".",
      ",",
      ":",
      "-",
      "+",
      "*",
      "**",
      "~",
      "%",
      " is ",
      " in ",
      " not ",
      " if ",
      " else ",
      "for",
      "endfor",
      "loop",
      "0",
      "1e400",
      "9999999999999999999",
      "\ud83d",
      "\0",
      "é",
      "\n",
      "{% raw %}",
      "{% set ns.x = 1 %}",
      "{% call m() %}",
      "recursive",
      "namespace()",
      "'%*d' %",
      ".format(",
      "range("
    };
    int texts = 0;
    for (int i = 0; i < MUTANTS; i++) {
      var mutant = new StringBuilder(templates.next());
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        int at = random.nextInt(mutant.length() + 1);
        int to = Math.min(mutant.length(), at + random.nextInt(12));
        switch (random.nextInt(4)) {
          case 0 -> mutant.delete(at, to);
          case 1 -> mutant.insert(at, mutant.substring(at, to));
          case 2 -> mutant.insert(at, shards[random.nextInt(shards.length)]);
          default -> mutant.replace(at, to, shards[random.nextInt(shards.length)]);
        }
      }
      String template = mutant.toString();
      try {
        Template.parse(template).render(RandomTemplates.VARIABLES, TemplateTest.CLOCK);
        texts++;
      } catch (TemplateException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("chat template, line "), message);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(template, e);
      }
    }
    assertFalse(texts == 0 || texts == MUTANTS, texts + " of " + MUTANTS + " gave a text");
  }
}
