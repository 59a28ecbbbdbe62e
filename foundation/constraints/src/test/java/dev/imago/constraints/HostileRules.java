package dev.imago.constraints;

import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Rules made to explode: many of something, something inside itself, sets that cut one another.
final class HostileRules {
  private static final List<String> TYPES =
      List.of("integer", "string", "null", "array", "object", "number");
  private final Random random;

  HostileRules(long seed) {
    this.random = new Random(seed);
  }

  /// 1 … 3,000, each size of number as likely.
  private int many() {
    return 1 + random.nextInt((int) Math.pow(10, 1 + random.nextInt(4)) * 3 / 10 + 1);
  }

  private int bound() {
    return random.nextInt(4) == 0 ? 1_000_000_000 : random.nextInt(3) * many();
  }

  private static String list(int count, String between, IntFunction<String> part) {
    return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(between));
  }

  /// A JSON Schema.
  String schema() {
    return schema(3);
  }

  private String some(int depth) {
    return depth > 1 ? list(1 + random.nextInt(4), ",", _ -> schema(depth - 1)) : leaves();
  }

  private String leaves() {
    int kind = random.nextInt(5);
    return list(
        many(),
        ",",
        i ->
            switch (kind) {
              case 0 -> "{\"const\":" + i + "}";
              case 1 -> "{\"required\":[\"k" + i + "\"]}";
              case 2 -> "{\"pattern\":\"" + letters(i) + ".*b\"}";
              case 3 -> "{\"properties\":{\"t\":{\"const\":\"v" + i + "\"}},\"required\":[\"t\"]}";
              default -> "{\"contains\":{\"multipleOf\":" + (i + 2) + "}}";
            });
  }

  private static String letters(int number) {
    return Integer.toString(number, 7)
        .chars()
        .mapToObj(c -> Character.toString(c - '0' + 'a'))
        .collect(Collectors.joining());
  }

  private String schema(int depth) {
    return "{" + list(1 + random.nextInt(4), ",", i -> keyword(i, depth)) + "}";
  }

  /// @param place of the keyword, so that none comes twice: in JSON that is an error
  private String keyword(int place, int depth) {
    return switch (place * 6 + random.nextInt(6)) {
      case 0 -> "\"required\":[" + list(many(), ",", i -> "\"k" + i + "\"") + "]";
      case 1 -> "\"properties\":{" + properties(depth) + "},\"additionalProperties\":false";
      case 2 -> "\"enum\":[" + list(many(), ",", this::value) + "]";
      case 3 -> "\"patternProperties\":{" + patterns(depth) + "},\"additionalProperties\":{}";
      case 4 -> "\"minLength\":" + bound() + ",\"maxLength\":" + bound();
      case 5 -> "\"minItems\":" + bound() + ",\"maxItems\":" + bound();
      case 6 -> "\"anyOf\":[" + some(depth) + "]";
      case 7 -> "\"allOf\":[" + some(depth) + "]";
      case 8 -> "\"type\":\"" + TYPES.get(random.nextInt(TYPES.size())) + "\"";
      case 9 -> "\"prefixItems\":[" + some(depth) + "]";
      case 10 -> "\"pattern\":" + quoted(regex());
      case 11 -> "\"minProperties\":" + bound() + ",\"maxProperties\":" + bound();
      case 12 -> "\"oneOf\":[" + some(depth) + "]";
      case 13 -> "\"not\":" + inner(depth);
      case 14 -> "\"items\":" + inner(depth) + ",\"unevaluatedItems\":false";
      case 15 -> "\"if\":" + inner(depth) + ",\"then\":" + inner(depth);
      case 16 -> "\"propertyNames\":" + inner(depth);
      case 17 -> "\"contains\":" + inner(depth) + ",\"minContains\":" + bound();
      case 18 -> "\"$ref\":\"#\"";
      case 19 -> "\"unevaluatedProperties\":" + inner(depth);
      case 20 -> "\"dependentSchemas\":{" + properties(depth) + "}";
      case 21 -> "\"minimum\":1e" + random.nextInt(900) + ",\"multipleOf\":" + (1 + many());
      case 22 -> "\"const\":[" + list(many(), ",", this::value) + "]";
      default -> "\"dependentRequired\":{" + list(many(), ",", i -> dependent(i)) + "}";
    };
  }

  private static String dependent(int i) {
    return "\"k%d\":[\"k%d\"]".formatted(i, i + 1);
  }

  private String inner(int depth) {
    return depth > 1 ? schema(depth - 1) : "{\"$ref\":\"#\"}";
  }

  private String properties(int depth) {
    return depth > 1 && random.nextBoolean()
        ? list(1 + random.nextInt(4), ",", i -> "\"k" + i + "\":" + schema(depth - 1))
        : list(many(), ",", i -> "\"k" + i + "\":{\"type\":\"integer\"}");
  }

  private String patterns(int depth) {
    int count = depth > 1 ? 1 + random.nextInt(4) : many();
    return list(count, ",", i -> "\"" + letters(i) + ".*b\":" + inner(depth));
  }

  private String value(int i) {
    return switch (random.nextInt(4)) {
      case 0 -> "\"value " + i + "\"";
      case 1 -> "{\"a\":[" + i + "]}";
      case 2 -> "[" + i + ",null]";
      default -> String.valueOf(7.25 * i);
    };
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /// A regular expression.
  String regex() {
    return regex(4) + (random.nextBoolean() ? "$" : "");
  }

  private String regex(int depth) {
    String inner = depth == 0 ? atom() : "(" + regex(depth - 1) + ")";
    return switch (random.nextInt(6)) {
      case 0 -> inner + "{" + bound() + ",}";
      case 1 -> inner + "{0," + bound() + "}" + atom();
      case 2 -> inner + "*" + atom() + inner + "{" + many() + "}";
      case 3 -> "(" + list(many() / 10 + 1, "|", i -> inner + letters(i)) + ")*";
      case 4 -> inner + "{" + bound() + "}";
      default -> "(|" + inner + "|" + atom() + ")" + atom();
    };
  }

  private String atom() {
    return switch (random.nextInt(7)) {
      case 0 -> ".";
      case 1 -> "\\p{L}";
      case 2 -> "[^a-f\\w]";
      case 3 -> "()";
      case 4 -> "(a|b)";
      default -> Character.toString('a' + random.nextInt(3));
    };
  }

  /// A grammar in GBNF.
  String gbnf() {
    int rules = many() / 3 + 1;
    return "root ::= r0\n"
        + list(
            rules, "\n", i -> "r%d ::= %s".formatted(i, side(i + 1 < rules ? i + 1 : -1, rules)));
  }

  private String side(int next, int rules) {
    String on = next < 0 || random.nextInt(9) == 0 ? "\"x\"" : "r" + next;
    return switch (random.nextInt(7)) {
      case 0 -> "\"a\" " + on + " | " + on;
      case 1 -> on + "? " + on + "?";
      case 2 -> "(" + on + " [^a-z]){" + random.nextInt(3) * many() + ",}";
      case 3 -> "\"a\" r" + random.nextInt(rules) + " " + on;
      case 4 -> list(many() / 30 + 1, " | ", i -> "\"c" + letters(i) + "\" " + on);
      case 5 -> "(" + on + "*)* .{0," + many() + "}";
      default -> "[a-z\\u0100-\\uffff]+ " + on;
    };
  }
}
