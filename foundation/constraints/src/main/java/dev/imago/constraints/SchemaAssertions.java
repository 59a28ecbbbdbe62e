package dev.imago.constraints;

import dev.imago.constraints.SchemaReader.Case;
import dev.imago.constraints.SchemaReader.Evaluated;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;
import tools.jackson.databind.JsonNode;

/// Reads the keywords of one schema that look at a value itself and at its children.
final class SchemaAssertions {
  private final Formulas formulas;
  private final Work work;

  /// The sets of numbers of a schema's bounds, which often come again.
  private final Map<String, TextDfa> numberSets = new HashMap<>();

  private final Map<String, TextDfa> patterns = new HashMap<>();

  SchemaAssertions(Formulas formulas) {
    this.formulas = formulas;
    this.work = formulas.work();
  }

  static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private static ConstraintException wrong(String keyword, JsonNode value, String due) {
    return new ConstraintException("%s = %s is not %s".formatted(keyword, shown(value), due));
  }

  static List<JsonNode> list(Map.Entry<String, JsonNode> keyword) {
    JsonNode value = keyword.getValue();
    if (!value.isArray() || value.isEmpty()) {
      throw wrong(keyword.getKey(), value, "a list of one schema at least");
    }
    return List.copyOf(value.values());
  }

  private static int count(JsonNode schema, String keyword, int otherwise) {
    JsonNode value = schema.get(keyword);
    if (value == null) {
      return otherwise;
    }
    if (!value.isNumber()
        || value.decimalValue().signum() < 0
        || value.decimalValue().stripTrailingZeros().scale() > 0) {
      throw wrong(keyword, value, "a whole number of 0 or more");
    }
    return value.decimalValue().min(BigDecimal.valueOf(Formula.ENDLESS - 1)).intValue();
  }

  /// @param read makes the condition of a schema inside
  Case read(JsonNode schema, Satisfiability sat, Function<JsonNode, Formula> read) {
    List<Formula> all = new ArrayList<>();
    Evaluated evaluated = objects(schema, all, sat, read).with(arrays(schema, all, read));
    values(schema, all);
    return new Case(formulas.and(all), evaluated);
  }

  private void values(JsonNode schema, List<Formula> all) {
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "type" -> all.add(types(value));
        case "const" -> all.add(constant(value));
        case "enum" -> {
          if (!value.isArray()) {
            throw wrong("enum", value, "a list of values");
          }
          all.add(anyOf(value.values()));
        }
        case "minimum" -> all.add(bound(entry, sign -> sign >= 0));
        case "maximum" -> all.add(bound(entry, sign -> sign <= 0));
        case "exclusiveMinimum" -> all.add(bound(entry, sign -> sign > 0));
        case "exclusiveMaximum" -> all.add(bound(entry, sign -> sign < 0));
        case "multipleOf" -> {
          if (!value.isNumber() || value.decimalValue().signum() <= 0) {
            throw wrong("multipleOf", value, "a number above 0");
          }
          all.add(
              formulas.numbers(
                  numberSets.computeIfAbsent(
                      "multipleOf" + value,
                      _ -> NumberSets.multiples(value.decimalValue(), work))));
        }
        case "pattern" -> {
          if (!value.isString()) {
            throw wrong("pattern", value, "a string");
          }
          all.add(formulas.strings(pattern(value.asString())));
        }
        default -> {}
      }
    }
    int least = count(schema, "minLength", 0);
    int most = count(schema, "maxLength", TextPattern.ENDLESS);
    if (least > 0 || most != TextPattern.ENDLESS) {
      all.add(formulas.strings(least > most ? TextDfa.NONE : TextDfa.ofLength(least, most, work)));
    }
  }

  private Formula bound(Map.Entry<String, JsonNode> entry, IntPredicate right) {
    JsonNode value = entry.getValue();
    if (!value.isNumber()) {
      throw wrong(entry.getKey(), value, "a number");
    }
    return formulas.numbers(
        numberSets.computeIfAbsent(
            entry.getKey() + value, _ -> NumberSets.compared(value.decimalValue(), right, work)));
  }

  private TextDfa pattern(String regex) {
    return patterns.computeIfAbsent(regex, r -> TextNfa.dfa(RegexReader.read(r, work), true, work));
  }

  private Formula types(JsonNode value) {
    List<Formula> either = new ArrayList<>();
    for (JsonNode type : value.isArray() ? value.values() : List.of(value)) {
      either.add(
          switch (type.asString("")) {
            case "null" -> formulas.types(Formula.NULL);
            case "boolean" -> formulas.types(Formula.TRUE | Formula.FALSE);
            case "number" -> formulas.types(Formula.NUMBER);
            case "integer" ->
                formulas.and(formulas.types(Formula.NUMBER), formulas.numbers(NumberSets.WHOLE));
            case "string" -> formulas.types(Formula.STRING);
            case "array" -> formulas.types(Formula.ARRAY);
            case "object" -> formulas.types(Formula.OBJECT);
            default ->
                throw wrong(
                    "type", type, "null, boolean, number, integer, string, array or object");
          });
    }
    return formulas.or(either);
  }

  /// One of these values.
  private Formula anyOf(Collection<JsonNode> values) {
    int scalars = 0;
    List<String> texts = new ArrayList<>();
    List<TextDfa> decimals = new ArrayList<>();
    List<Formula> either = new ArrayList<>();
    for (JsonNode value : values) {
      if (value.isString()) {
        texts.add(value.asString());
      } else if (value.isNumber()) {
        decimals.add(equal(value));
      } else if (value.isNull()) {
        scalars |= Formula.NULL;
      } else if (value.isBoolean()) {
        scalars |= value.booleanValue() ? Formula.TRUE : Formula.FALSE;
      } else {
        either.add(constant(value));
      }
    }
    either.add(formulas.types(scalars));
    if (!texts.isEmpty()) {
      either.add(
          formulas.and(formulas.types(Formula.STRING), formulas.strings(TextDfa.of(texts, work))));
    }
    TextDfa numbers = TextDfa.anyOf(decimals, work);
    if (!numbers.isEmpty()) {
      either.add(formulas.and(formulas.types(Formula.NUMBER), formulas.numbers(numbers)));
    }
    return formulas.or(either);
  }

  private TextDfa equal(JsonNode number) {
    return numberSets.computeIfAbsent(
        "const" + number, _ -> NumberSets.compared(number.decimalValue(), sign -> sign == 0, work));
  }

  private Formula constant(JsonNode value) {
    if (value.isArray()) {
      List<Formula> all = new ArrayList<>();
      all.add(formulas.types(Formula.ARRAY));
      all.add(
          formulas.countItems(0, Formula.ENDLESS, formulas.anything, value.size(), value.size()));
      for (int i = 0; i < value.size(); i++) {
        all.add(formulas.allItems(i, i + 1, constant(value.get(i))));
      }
      return formulas.and(all);
    }
    if (value.isObject()) {
      List<Formula> all = new ArrayList<>();
      all.add(formulas.types(Formula.OBJECT));
      all.add(formulas.countKeys(KeySet.ALL, formulas.anything, value.size(), value.size()));
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        KeySet key = formulas.named(entry.getKey());
        all.add(formulas.has(key));
        all.add(formulas.allKeys(key, constant(entry.getValue())));
      }
      return formulas.and(all);
    }
    return anyOf(List.of(value));
  }

  private Evaluated arrays(JsonNode schema, List<Formula> all, Function<JsonNode, Formula> read) {
    JsonNode prefix = schema.get("prefixItems");
    int items = 0;
    if (prefix != null) {
      if (!prefix.isArray()) {
        throw wrong("prefixItems", prefix, "a list of schemas");
      }
      for (JsonNode item : prefix.values()) {
        all.add(formulas.allItems(items, items + 1, read.apply(item)));
        items++;
      }
    }
    JsonNode rest = schema.get("items");
    if (rest != null) {
      all.add(formulas.allItems(items, Formula.ENDLESS, read.apply(rest)));
      items = Formula.ENDLESS;
    }
    List<Formula> matching = new ArrayList<>();
    JsonNode contains = schema.get("contains");
    if (contains != null) {
      Formula each = read.apply(contains);
      matching.add(each);
      all.add(
          formulas.countItems(
              0,
              Formula.ENDLESS,
              each,
              count(schema, "minContains", 1),
              count(schema, "maxContains", Formula.ENDLESS)));
    }
    all.add(
        formulas.countItems(
            0,
            Formula.ENDLESS,
            formulas.anything,
            count(schema, "minItems", 0),
            count(schema, "maxItems", Formula.ENDLESS)));
    JsonNode unique = schema.get("uniqueItems");
    if (unique != null && !unique.isBoolean()) {
      throw wrong("uniqueItems", unique, "true or false");
    }
    if (unique != null && unique.booleanValue() && count(schema, "maxItems", 2) > 1) {
      throw new ConstraintException(
          "the keyword «uniqueItems» is not supported; leave it out and look at the answer's"
              + " items");
    }
    return items == 0 && matching.isEmpty()
        ? Evaluated.NOTHING
        : new Evaluated(List.of(), items, matching);
  }

  private Evaluated objects(
      JsonNode schema, List<Formula> all, Satisfiability sat, Function<JsonNode, Formula> read) {
    List<KeySet> evaluated = new ArrayList<>();
    Map<String, KeySet> keys = new LinkedHashMap<>();
    TextDfa rest = TextDfa.ALL;
    for (Map.Entry<String, JsonNode> entry : entries(schema, "properties")) {
      KeySet key = keys.computeIfAbsent(entry.getKey(), formulas::named);
      evaluated.add(key);
      all.add(formulas.allKeys(key, read.apply(entry.getValue())));
    }
    if (!keys.isEmpty() && schema.has("additionalProperties")) {
      rest = rest.less(TextDfa.of(keys.keySet(), work), work);
    }
    for (Map.Entry<String, JsonNode> entry : entries(schema, "patternProperties")) {
      TextDfa matching = pattern(entry.getKey());
      evaluated.add(KeySet.of(matching));
      all.add(formulas.allKeys(evaluated.getLast(), read.apply(entry.getValue())));
      if (schema.has("additionalProperties")) {
        rest = rest.less(matching, work);
      }
    }
    JsonNode additional = schema.get("additionalProperties");
    if (additional != null) {
      all.add(formulas.allKeys(KeySet.of(rest), read.apply(additional)));
      evaluated.clear();
      evaluated.add(KeySet.ALL);
    }
    for (String name : names(schema.get("required"), "required")) {
      all.add(formulas.has(keys.computeIfAbsent(name, formulas::named)));
    }
    for (Map.Entry<String, JsonNode> entry : entries(schema, "dependentRequired")) {
      KeySet key = keys.computeIfAbsent(entry.getKey(), formulas::named);
      List<Formula> needed = new ArrayList<>();
      for (String name : names(entry.getValue(), "dependentRequired")) {
        needed.add(formulas.has(keys.computeIfAbsent(name, formulas::named)));
      }
      all.add(formulas.or(formulas.hasNot(key), formulas.and(needed)));
    }
    keys.values().forEach(key -> all.add(formulas.allKeys(key, formulas.anything)));
    JsonNode propertyNames = schema.get("propertyNames");
    if (propertyNames != null) {
      TextDfa wrong = sat.strings(read.apply(propertyNames)).not(work);
      all.add(formulas.allKeys(KeySet.of(wrong), formulas.nothing));
    }
    all.add(
        formulas.countKeys(
            KeySet.ALL,
            formulas.anything,
            count(schema, "minProperties", 0),
            count(schema, "maxProperties", Formula.ENDLESS)));
    return evaluated.isEmpty() ? Evaluated.NOTHING : new Evaluated(evaluated, 0, List.of());
  }

  private static Collection<Map.Entry<String, JsonNode>> entries(JsonNode schema, String keyword) {
    JsonNode value = schema.get(keyword);
    return value == null ? List.of() : entries(Map.entry(keyword, value));
  }

  static Collection<Map.Entry<String, JsonNode>> entries(Map.Entry<String, JsonNode> keyword) {
    JsonNode value = keyword.getValue();
    if (!value.isObject()) {
      throw wrong(keyword.getKey(), value, "an object");
    }
    return value.properties();
  }

  private static List<String> names(
      @org.jspecify.annotations.Nullable JsonNode value, String keyword) {
    if (value == null) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    if (!value.isArray()) {
      throw wrong(keyword, value, "a list of names");
    }
    for (JsonNode name : value.values()) {
      if (!name.isString()) {
        throw wrong(keyword, name, "a name");
      }
      names.add(name.asString());
    }
    return names;
  }
}
