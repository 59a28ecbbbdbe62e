// Past 400 lines: one grammar to write templates by, a method for each construct.
package dev.imago.templates.jinja;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/// Templates by chance, from a grammar: most mean something, some are refused by every Jinja.
public final class RandomTemplates {
  /// What the templates may name.
  public static final Map<String, Object> VARIABLES = variables();

  private final Random random;
  private int depth;
  private int loops;

  public RandomTemplates(long seed) {
    random = new Random(seed);
  }

  private static Map<String, Object> variables() {
    var variables = new LinkedHashMap<String, Object>();
    variables.put("i", 3);
    variables.put("j", -7);
    variables.put("f", 2.5);
    variables.put("s", "Hello, wörld 你好 😀");
    variables.put("u", " a b\n\tC ");
    variables.put("em", "");
    variables.put("yes", true);
    variables.put("nil", null);
    variables.put("x", "X");
    variables.put("y", 2);
    variables.put("xs", List.of(3, 1, 2));
    variables.put("ws", List.of("b", "A", "c", "a"));
    variables.put("mixed", Arrays.asList(1, "x", null, true, 2.5, List.of(1), Map.of("k", "v")));
    variables.put("d", Map.of("k", 1));
    var nested = new LinkedHashMap<String, Object>();
    nested.put("b", List.of(1, 2, Map.of("c", "deep")));
    nested.put("A", 2);
    nested.put("items", "shadow");
    variables.put("n", nested);
    variables.put(
        "ms",
        List.of(
            Map.of("role", "user", "content", "hi <b>"),
            Map.of("role", "assistant", "content", "yo"),
            Map.of("role", "tool", "content", "42")));
    return variables;
  }

  @SafeVarargs
  private <T> T any(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  @SafeVarargs
  private String one(Supplier<String>... choices) {
    return any(choices).get();
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /// A template.
  public String next() {
    depth = 0;
    loops = 0;
    return block(1 + random.nextInt(2));
  }

  private String open() {
    return "{%" + (chance(25) ? any("-", "+") : "") + " ";
  }

  private String close() {
    return " " + (chance(25) ? any("-", "+") : "") + "%}";
  }

  private String tag(String inside) {
    return open() + inside + close();
  }

  private String block(int statements) {
    var out = new StringBuilder();
    for (int i = 0; i < statements; i++) {
      if (chance(50)) {
        out.append(any("a", " ", "\n", "  \n", "\n  ", "x\n\n", " é ", "{", "}", "\t", "# "));
      }
      out.append(statement());
    }
    return out.toString();
  }

  private String body() {
    depth++;
    String body = block(1 + random.nextInt(2));
    depth--;
    return any("", "\n", "  ") + body + any("", "\n", "  ");
  }

  private String output() {
    return "{{" + (chance(20) ? "-" : "") + " " + value() + " " + (chance(20) ? "-" : "") + "}}";
  }

  private String statement() {
    if (depth > 3) {
      return output();
    }
    return switch (random.nextInt(24)) {
      case 0, 1 ->
          tag("if " + condition())
              + body()
              + (chance(30) ? tag("elif " + condition()) + body() : "")
              + (chance(40) ? tag("else") + body() : "")
              + tag("endif");
      case 2, 3 -> loop();
      case 4 -> tag("set " + any("x", "y", "i", "s") + " = " + value());
      case 5 -> tag("set x, y = " + value() + ", " + value());
      case 6 ->
          tag("set x" + (chance(30) ? " | " + any("upper", "trim", "length", "list") : ""))
              + body()
              + tag("endset");
      case 7 ->
          tag("set ns = namespace(c=" + number() + ")")
              + tag("for q in " + list())
              + tag("set ns.c = " + any("ns.c + 1", "q", "ns.c ~ q"))
              + tag("endfor")
              + "{{ ns.c }}";
      case 8 -> macro();
      case 9 ->
          tag("filter " + any("upper", "trim", "replace('a', 'b')")) + body() + tag("endfilter");
      case 10 -> tag("with x = " + value()) + body() + tag("endwith");
      case 11 -> "{#" + any("", "-", "+") + " c " + any("", "-", "+") + "#}";
      case 12 ->
          tag("raw").replace("+%}", "%}") + any("{{ x }}", " {% if %} ", "\n") + tag("endraw");
      case 13 -> tag("generation") + body() + tag("endgeneration");
      case 14 ->
          loops > 0
              ? tag("if " + condition()) + tag(any("break", "continue")) + tag("endif")
              : output();
      default -> output();
    };
  }

  private String loop() {
    boolean pairs = chance(20);
    String head =
        pairs
            ? "for k, v in " + any("n", "d") + any(".items()", "|items", "|dictsort")
            : "for x in " + list() + (chance(30) ? " if " + condition() : "");
    loops++;
    String body =
        body()
            + (chance(60)
                ? "{{ loop."
                    + any(
                        "index",
                        "index0",
                        "revindex",
                        "first",
                        "last",
                        "length",
                        "previtem",
                        "nextitem",
                        "depth",
                        "cycle('p', 'q')",
                        "changed(x)")
                    + " }}"
                : "");
    loops--;
    return tag(head) + body + (chance(20) ? tag("else") + body() : "") + tag("endfor");
  }

  private String macro() {
    int outer = loops;
    loops = 0;
    String macro =
        tag("macro m(a" + (chance(60) ? ", b=" + value() : "") + ")")
            + body()
            + any("{{ a }}", "{{ b }}", "{{ varargs }}", "{{ kwargs }}", "{{ caller() }}", "")
            + tag("endmacro");
    loops = outer;
    String arguments =
        any(
            "",
            value(),
            value() + ", " + value(),
            "a=" + value(),
            "1, b=" + value(),
            "1, 2, 3",
            "1, z=2");
    return macro
        + (chance(25)
            ? tag("call m(" + arguments + ")") + any("inside", "{{ i }}") + tag("endcall")
            : "{{ m(" + arguments + ") }}");
  }

  private String value() {
    depth++;
    try {
      return depth > 7
          ? any("i", "s", "xs", "x", "1", "'t'", "nil")
          : one(
              this::number,
              this::number,
              this::text,
              this::text,
              this::text,
              this::condition,
              this::list,
              this::list,
              this::dict,
              this::anything);
    } finally {
      depth--;
    }
  }

  private String anything() {
    return switch (random.nextInt(9)) {
      case 0 -> value() + " if " + condition() + (chance(80) ? " else " + value() : "");
      case 1 -> "(" + value() + " or " + value() + ")";
      case 2 -> "(" + value() + " and " + value() + ")";
      case 3 -> value() + " | default(" + value() + (chance(50) ? ", true" : "") + ")";
      case 4 -> list() + "[" + any("0", "-1", "1", "9", "'a'") + "]";
      case 5 ->
          any(
              "n.b",
              "n.items",
              "n['items']",
              "n.b[2].c",
              "d.k",
              "d['k']",
              "d.zz",
              "nil.a",
              "ms[0].role");
      case 6 ->
          any("x", "y", "undef", "nil", "mixed", "none", "x", "y", "i", chance(20) ? "loop" : "s");
      case 7 -> "(" + value() + ", " + value() + ")";
      default -> list() + " | " + any("first", "last", "min", "max", "sum", "length");
    };
  }

  private String number() {
    depth++;
    try {
      if (depth > 7 || chance(30)) {
        return any(
            "0", "1", "2", "7", "-3", "2.5", "1e3", "0.1", "i", "j", "f", "100000000000", "true");
      }
      return switch (random.nextInt(10)) {
        case 0, 1, 2 ->
            number() + any(" + ", " - ", " * ", " / ", " // ", " % ", "+", "-") + number();
        case 3 -> "(" + number() + ") ** " + any("2", "3", "-1");
        case 4 -> "-" + number();
        case 5 -> "(" + number() + ")";
        case 6 -> list() + "|" + any("length", "sum", "count");
        case 7 -> text() + "|" + any("length", "int", "float", "int(5)", "wordcount");
        case 8 ->
            "("
                + number()
                + ")|"
                + any(
                    "abs",
                    "int",
                    "float",
                    "round",
                    "round(1)",
                    "round(1, 'floor')",
                    "round(0, 'ceil')");
        default ->
            "(" + text() + ")" + any(".find('o')", ".count('l')", ".rfind('l')", ".count('')");
      };
    } finally {
      depth--;
    }
  }

  private String text() {
    depth++;
    try {
      if (depth > 7 || chance(25)) {
        return any(
            "s", "u", "em", "'abc'", "\"it's\"", "'q\"'", "'a\\n\\tb'", "'%s'", "'é你😀'", "ws[0]");
      }
      return switch (random.nextInt(12)) {
        case 0, 1 -> text() + " ~ " + value();
        case 2 -> text() + " + " + text();
        case 3 -> text() + " * " + any("0", "2", "3", "-1", "true");
        case 4, 5 ->
            text()
                + "|"
                + any(
                    "upper",
                    "lower",
                    "title",
                    "capitalize",
                    "trim",
                    "trim('a')",
                    "reverse",
                    "string",
                    "replace('l', 'L')",
                    "replace('a', 'b', 1)",
                    "center(9)",
                    "truncate(5)",
                    "truncate(4, true, '…', 0)",
                    "indent",
                    "indent(2, true)",
                    "indent('> ', blank=true)",
                    "e",
                    "escape",
                    "safe",
                    "urlencode",
                    "list|join('-')",
                    "first",
                    "last",
                    "tojson",
                    "format(1)",
                    "forceescape",
                    "default('z')");
        case 6, 7 ->
            "("
                + text()
                + ")"
                + any(
                    ".upper()",
                    ".lower()",
                    ".strip()",
                    ".lstrip('aH')",
                    ".rstrip()",
                    ".title()",
                    ".capitalize()",
                    ".swapcase()",
                    ".replace('l', '')",
                    ".split()[0]",
                    ".split('l')[-1]",
                    ".zfill(6)",
                    ".center(8, '*')",
                    ".ljust(5)|string",
                    ".rjust(5, '-')",
                    ".splitlines()|first",
                    ".partition('l')[2]",
                    ".removeprefix('a')",
                    ".expandtabs(3)",
                    ".casefold()",
                    ".join(ws)");
        case 8 ->
            "("
                + text()
                + ")["
                + any("0", "-1", "1:", ":-1", "::2", "::-1", "1:3", "-2:", "5:1:-1", "9")
                + "]";
        case 9 ->
            any(
                    "'%s'",
                    "'%5s|'", "'%-5s|'", "'%r'", "'%d'", "'%05d'", "'%.2f'", "'%x'", "'%e'", "'%g'",
                    "'%+d'", "'%s %s'", "'%%'", "'%.2s'", "'%c'")
                + " % "
                + any("(" + value() + ",)", "(" + number() + ",)", number(), "xs", "d", "(1, 'a')");
        case 10 ->
            any(
                    "'{}'",
                    "'{:>6}'",
                    "'{:05d}'",
                    "'{:.2f}'",
                    "'{!r}'",
                    "'{0}{0}'",
                    "'{:,}'",
                    "'{:x}'",
                    "'{:^9}'",
                    "'{:g}'",
                    "'{:%}'",
                    "'{:e}'",
                    "'{:_}'",
                    "'{a}'",
                    "'{:+}'",
                    "'{:.3}'",
                    "'{:<5}|'",
                    "'{:010.3f}'",
                    "'{[0]}'",
                    "'{:#b}'")
                + ".format("
                + any(value(), number(), "a=" + value())
                + ")";
        default ->
            value()
                + "|"
                + any(
                    "tojson",
                    "string",
                    "tojson(indent=2)",
                    "tojson(sort_keys=true)",
                    "tojson(ensure_ascii=true)",
                    "tojson(separators=(',', ':'))");
      };
    } finally {
      depth--;
    }
  }

  private String list() {
    depth++;
    try {
      if (depth > 7 || chance(30)) {
        return any(
            "xs",
            "ws",
            "mixed",
            "[]",
            "[1, 2]",
            "range(3)",
            "ms",
            "n.b",
            "(1, 2)",
            "'ab'",
            "undef");
      }
      return switch (random.nextInt(12)) {
        case 0 -> "[" + value() + ", " + value() + "]";
        case 1 -> "(" + list() + ")[" + any("1:", ":1", "::-1", "-2:") + "]";
        case 2 -> list() + " + " + list();
        case 3 ->
            list()
                + "|"
                + any(
                    "sort",
                    "sort(reverse=true)",
                    "sort(case_sensitive=true)",
                    "unique|list",
                    "reverse|list",
                    "list",
                    "batch(2)|list",
                    "batch(2, 'x')|list",
                    "slice(2)|list",
                    "slice(3, 0)|list");
        case 4, 5 ->
            list()
                + "|"
                + (chance(60)
                    ? any("select", "reject")
                        + any(
                            "",
                            "('string')",
                            "('defined')",
                            "('none')",
                            "('in', [1, 2])",
                            "('odd')",
                            "('gt', 1)")
                    : "map"
                        + any(
                            "('upper')",
                            "('string')",
                            "('int')",
                            "('tojson')",
                            "('length')",
                            "('default', 3)"))
                + any("|list", "|list", "|list", "|list", "");
        case 6 ->
            "ms|"
                + any("selectattr", "rejectattr")
                + any(
                    "('role')",
                    "('role', 'equalto', 'user')",
                    "('x', 'defined')",
                    "('role', 'in', ['user', 'tool'])")
                + "|list";
        case 7 -> "ms|map(attribute='" + any("role", "content", "x", "content.0") + "')|list";
        case 8 ->
            "ms|"
                + any(
                    "sort(attribute='role')",
                    "groupby('role')",
                    "groupby('role')|map('first')|list",
                    "unique(attribute='role')|list",
                    "sort(attribute='content,role', reverse=true)",
                    "map(attribute='x', default='-')|list");
        case 9 -> "range(" + any("4", "1, 5", "5, 0, -2", "i", "0") + ")|list";
        case 10 ->
            text()
                + any(
                    "|list",
                    ".split()",
                    ".split(',')",
                    ".split('l', 1)",
                    ".rsplit(' ', 1)",
                    ".splitlines()",
                    ".partition('o')");
        default ->
            "("
                + dict()
                + ")"
                + any("|list", ".items()", ".keys()|list", ".values()", "|items|list", "|dictsort");
      };
    } finally {
      depth--;
    }
  }

  private String dict() {
    depth++;
    try {
      return switch (depth > 7 ? 0 : random.nextInt(5)) {
        case 0 -> any("d", "n", "{}");
        case 1 -> "{'a': " + value() + "}";
        case 2 -> "{" + number() + ": 'num', 'b': " + value() + "}";
        case 3 -> "dict(p=" + value() + ")";
        default -> any("ms[0]", "n.b[2]", "d.copy()", "dict(d, z=1)");
      };
    } finally {
      depth--;
    }
  }

  private String condition() {
    depth++;
    try {
      if (depth > 7 || chance(15)) {
        return any("yes", "not yes", "nil", "xs", "em", "true", "1", "x");
      }
      return switch (random.nextInt(9)) {
        case 0 -> number() + any(" < ", " > ", " <= ", " >= ", " == ", " != ") + number();
        case 1 -> text() + any(" == ", " != ", " < ", " in ", " not in ") + text();
        case 2 -> value() + any(" in ", " not in ") + list();
        case 3 -> "not " + condition();
        case 4 -> condition() + any(" and ", " or ") + condition();
        case 5 ->
            value()
                + " is "
                + any("", "", "not ")
                + any(
                    "defined",
                    "undefined",
                    "none",
                    "string",
                    "number",
                    "integer",
                    "float",
                    "mapping",
                    "iterable",
                    "sequence",
                    "boolean",
                    "true",
                    "false",
                    "callable",
                    "odd",
                    "even",
                    "lower",
                    "upper",
                    "eq 1",
                    "in xs",
                    "divisibleby 2",
                    "sameas none",
                    "escaped",
                    "gt 1");
        case 6 -> number() + " < " + number() + " < " + number();
        case 7 -> value() + any(" == ", " != ") + value();
        default ->
            "("
                + text()
                + ")"
                + any(
                    ".startswith('H')",
                    ".endswith('d')",
                    ".isalpha()",
                    ".isdigit()",
                    ".isspace()",
                    ".islower()",
                    ".isupper()",
                    ".istitle()",
                    ".startswith(('a', 'H'))");
      };
    } finally {
      depth--;
    }
  }
}
