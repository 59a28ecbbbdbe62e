// Past 400 lines: every keyword of one draft, each a few lines.
package dev.imago.constraints;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads JSON Schema, draft 2020-12, into conditions. What only describes is passed over, as the
/// draft has it (`title`, `format` …); every other keyword is either enforced or refused by name.
final class SchemaReader {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  static final String HERE = "schema:/";
  private static final int MOST_CASES = 500;
  private static final int MOST_DEPTH = 400;

  private static final Set<String> DESCRIBING =
      Set.of(
          "$schema",
          "$id",
          "$anchor",
          "$dynamicAnchor",
          "$defs",
          "definitions",
          "$comment",
          "title",
          "description",
          "default",
          "examples",
          "example",
          "deprecated",
          "readOnly",
          "writeOnly",
          "format",
          "contentEncoding",
          "contentMediaType",
          "contentSchema",
          "markdownDescription");

  private static final Set<String> ENFORCED =
      Set.of(
          "$ref",
          "$dynamicRef",
          "type",
          "enum",
          "const",
          "multipleOf",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "minLength",
          "maxLength",
          "pattern",
          "prefixItems",
          "items",
          "contains",
          "minContains",
          "maxContains",
          "minItems",
          "maxItems",
          "uniqueItems",
          "unevaluatedItems",
          "properties",
          "patternProperties",
          "additionalProperties",
          "required",
          "propertyNames",
          "minProperties",
          "maxProperties",
          "dependentRequired",
          "dependentSchemas",
          "unevaluatedProperties",
          "allOf",
          "anyOf",
          "oneOf",
          "not",
          "if",
          "then",
          "else");

  /// What of an object's or array's children a schema has looked at.
  ///
  /// @param keys those sets of keys
  /// @param items the first so many items; [Formula#ENDLESS] for all
  /// @param matching items that meet one of these, wherever they are
  record Evaluated(List<KeySet> keys, int items, List<Formula> matching) {
    static final Evaluated NOTHING = new Evaluated(List.of(), 0, List.of());

    Evaluated {
      keys = List.copyOf(keys);
      matching = List.copyOf(matching);
    }

    Evaluated with(Evaluated more) {
      if (more == NOTHING) {
        return this;
      }
      if (this == NOTHING) {
        return more;
      }
      var allKeys = new java.util.LinkedHashSet<>(keys);
      allKeys.addAll(more.keys);
      var allMatching = new java.util.LinkedHashSet<>(matching);
      allMatching.addAll(more.matching);
      return new Evaluated(
          List.copyOf(allKeys), Math.max(items, more.items), List.copyOf(allMatching));
    }
  }

  /// Values that meet a condition, of all of which the same was evaluated.
  record Case(Formula condition, Evaluated evaluated) {}

  /// A schema where it is reached: which dynamic anchors are in force.
  private record Place(int schema, Map<String, Integer> scope) {}

  private final Formulas formulas;
  private final Work work;
  private final Satisfiability sat;
  private final SchemaIndex index;
  private final SchemaAssertions assertions;
  private final IdentityHashMap<JsonNode, Integer> numbers = new IdentityHashMap<>();
  private final List<JsonNode> numbered = new ArrayList<>();
  private final Map<Place, SchemaReference> references = new HashMap<>();
  private final Map<Place, List<Case>> cases = new HashMap<>();
  private int depth;

  SchemaReader(Satisfiability sat, Map<String, JsonNode> documents) {
    this.formulas = sat.formulas();
    this.work = formulas.work();
    this.sat = sat;
    this.index = new SchemaIndex(documents);
    this.assertions = new SchemaAssertions(formulas);
  }

  /// @throws ConstraintException for what is no JSON
  static JsonNode parse(String json) {
    try {
      JsonNode read = JSON.readTree(json);
      if (read.isMissingNode()) {
        throw new ConstraintException("the schema is empty; give an object, true or false");
      }
      return read;
    } catch (JacksonException e) {
      throw new ConstraintException("the schema is no JSON: " + e.getOriginalMessage());
    }
  }

  /// The condition that a document is.
  Formula read(JsonNode root) {
    return formula(root, HERE, Map.of());
  }

  private int number(JsonNode schema) {
    return numbers.computeIfAbsent(
        schema,
        s -> {
          numbered.add(s);
          return numbered.size() - 1;
        });
  }

  private Map<String, Integer> entered(String base, Map<String, Integer> scope) {
    Map<String, Integer> all = null;
    work.spend(index.dynamicAnchors(base).size());
    for (Map.Entry<String, JsonNode> anchor : index.dynamicAnchors(base).entrySet()) {
      if (!scope.containsKey(anchor.getKey())) {
        all = all == null ? new TreeMap<>(scope) : all;
        all.put(anchor.getKey(), number(anchor.getValue()));
      }
    }
    return all == null ? scope : all;
  }

  /// The condition of a schema.
  ///
  /// @param outer the resource around it
  Formula formula(JsonNode schema, String outer, Map<String, Integer> scope) {
    if (schema.isBoolean()) {
      return schema.booleanValue() ? formulas.anything : formulas.nothing;
    }
    if (!schema.isObject()) {
      throw new ConstraintException(
          "%s stands where a schema is due; give an object, true or false"
              .formatted(SchemaAssertions.shown(schema)));
    }
    if (++depth > MOST_DEPTH) {
      throw new ConstraintException(
          "the schema has more than %d levels inside one another".formatted(MOST_DEPTH));
    }
    refuseUnknown(schema);
    String base = index.base(schema, outer);
    Map<String, Integer> within = entered(base, scope);
    Formula found =
        needsCases(schema)
            ? formulas.or(cases(schema, base, within).stream().map(Case::condition).toList())
            : plain(schema, base, within);
    depth--;
    return found;
  }

  private static boolean needsCases(JsonNode schema) {
    return schema.has("unevaluatedProperties") || schema.has("unevaluatedItems");
  }

  private void refuseUnknown(JsonNode schema) {
    work.spend(1 + schema.size());
    for (String keyword : schema.propertyNames()) {
      if (!ENFORCED.contains(keyword)
          && !DESCRIBING.contains(keyword)
          && !keyword.startsWith("x-")) {
        throw new ConstraintException(
            "the keyword «%s» is not supported; leave it out, or call it x-%s where it is a note"
                .formatted(keyword, keyword));
      }
    }
    JsonNode dialect = schema.get("$schema");
    if (dialect != null
        && !dialect
            .asString("")
            .matches("https?://json-schema\\.org/draft(/2020-12|/2019-09|-07)/schema#?")) {
      throw new ConstraintException(
          "$schema = %s is not supported; draft 2020-12 is"
              .formatted(SchemaAssertions.shown(dialect)));
    }
  }

  /// A schema none of whose keywords looks at what others have evaluated.
  private Formula plain(JsonNode schema, String base, Map<String, Integer> scope) {
    List<Formula> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "$ref", "$dynamicRef" -> all.add(formulas.later(reference(entry, base, scope)));
        case "allOf" -> all.add(formulas.and(each(entry, base, scope)));
        case "anyOf" -> all.add(formulas.or(each(entry, base, scope)));
        case "oneOf" -> all.add(formulas.exactlyOne(each(entry, base, scope)));
        case "not" -> all.add(formulas.not(formula(value, base, scope)));
        case "if" -> {
          Formula condition = formula(value, base, scope);
          all.add(
              formulas.or(
                  formulas.and(condition, branch(schema, "then", base, scope)),
                  formulas.and(formulas.not(condition), branch(schema, "else", base, scope))));
        }
        case "dependentSchemas" -> {
          for (Map.Entry<String, JsonNode> one : SchemaAssertions.entries(entry)) {
            all.add(
                formulas.or(
                    formulas.hasNot(formulas.named(one.getKey())),
                    formula(one.getValue(), base, scope)));
          }
        }
        default -> {}
      }
    }
    all.add(children(schema, base, scope).condition());
    return formulas.and(all);
  }

  private Formula branch(JsonNode schema, String keyword, String base, Map<String, Integer> scope) {
    JsonNode branch = schema.get(keyword);
    return branch == null ? formulas.anything : formula(branch, base, scope);
  }

  private List<Formula> each(
      Map.Entry<String, JsonNode> keyword, String base, Map<String, Integer> scope) {
    return SchemaAssertions.list(keyword).stream().map(s -> formula(s, base, scope)).toList();
  }

  /// Own keywords of values and children.
  private Case children(JsonNode schema, String base, Map<String, Integer> scope) {
    return assertions.read(schema, sat, s -> formula(s, base, scope));
  }

  private SchemaIndex.Located target(
      Map.Entry<String, JsonNode> keyword, String base, Map<String, Integer> scope) {
    String reference = keyword.getValue().asString("");
    SchemaIndex.Located to = index.find(base, reference);
    String anchor = SchemaIndex.anchorName(reference);
    if (keyword.getKey().equals("$dynamicRef")
        && anchor != null
        && to.schema().path("$dynamicAnchor").asString("").equals(anchor)) {
      Integer outermost = scope.get(anchor);
      if (outermost != null) {
        JsonNode schema = numbered.get(outermost);
        return new SchemaIndex.Located(schema, index.base(schema, base));
      }
    }
    return to;
  }

  private SchemaReference reference(
      Map.Entry<String, JsonNode> keyword, String base, Map<String, Integer> scope) {
    SchemaIndex.Located to = target(keyword, base, scope);
    Map<String, Integer> within = entered(to.base(), scope);
    var place = new Place(to.schema().isObject() ? number(to.schema()) : -1, within);
    var made =
        new SchemaReference(
            "«" + keyword.getValue().asString("") + "»",
            () -> formula(to.schema(), to.base(), within));
    if (place.schema < 0) {
      return made;
    }
    return references.computeIfAbsent(place, _ -> made);
  }

  /// All values that meet a schema, divided by what of them was evaluated.
  private List<Case> cases(JsonNode schema, String outer, Map<String, Integer> scope) {
    if (schema.isBoolean()) {
      return schema.booleanValue()
          ? List.of(new Case(formulas.anything, Evaluated.NOTHING))
          : List.of();
    }
    refuseUnknown(schema);
    String base = index.base(schema, outer);
    Map<String, Integer> within = entered(base, scope);
    var place = new Place(number(schema), within);
    List<Case> known = cases.get(place);
    if (known == null) {
      if (++depth > MOST_DEPTH) {
        throw new ConstraintException("a reference leads to itself before it reaches a value");
      }
      known = divided(schema, base, within);
      depth--;
      cases.put(place, known);
    }
    return known;
  }

  private List<Case> divided(JsonNode schema, String base, Map<String, Integer> scope) {
    List<Case> all = List.of(children(schema, base, scope));
    for (Map.Entry<String, JsonNode> entry : schema.properties()) {
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "$ref", "$dynamicRef" -> {
          SchemaIndex.Located to = target(entry, base, scope);
          all = product(all, cases(to.schema(), to.base(), entered(to.base(), scope)));
        }
        case "allOf" -> {
          for (JsonNode part : SchemaAssertions.list(entry)) {
            all = product(all, cases(part, base, scope));
          }
        }
        case "anyOf" -> all = product(all, chosen(entry, base, scope, false));
        case "oneOf" -> all = product(all, chosen(entry, base, scope, true));
        case "not" ->
            all =
                product(
                    all,
                    List.of(
                        new Case(formulas.not(formula(value, base, scope)), Evaluated.NOTHING)));
        case "if" -> {
          List<Case> both =
              new ArrayList<>(
                  product(cases(value, base, scope), branchCases(schema, "then", base, scope)));
          both.addAll(
              product(
                  List.of(new Case(formulas.not(formula(value, base, scope)), Evaluated.NOTHING)),
                  branchCases(schema, "else", base, scope)));
          all = product(all, both);
        }
        case "dependentSchemas" -> {
          for (Map.Entry<String, JsonNode> one : SchemaAssertions.entries(entry)) {
            KeySet key = formulas.named(one.getKey());
            List<Case> both = new ArrayList<>();
            both.add(new Case(formulas.hasNot(key), Evaluated.NOTHING));
            both.addAll(
                product(
                    List.of(new Case(formulas.not(formulas.hasNot(key)), Evaluated.NOTHING)),
                    cases(one.getValue(), base, scope)));
            all = product(all, both);
          }
        }
        default -> {}
      }
    }
    return unevaluated(schema, all, base, scope);
  }

  private List<Case> branchCases(
      JsonNode schema, String keyword, String base, Map<String, Integer> scope) {
    JsonNode branch = schema.get(keyword);
    return branch == null
        ? List.of(new Case(formulas.anything, Evaluated.NOTHING))
        : cases(branch, base, scope);
  }

  /// Each choice of which parts are met; at least one is, or exactly one.
  private List<Case> chosen(
      Map.Entry<String, JsonNode> keyword, String base, Map<String, Integer> scope, boolean one) {
    List<JsonNode> parts = SchemaAssertions.list(keyword);
    List<Case> none = List.of(new Case(formulas.anything, Evaluated.NOTHING));
    List<Case> some = List.of();
    for (JsonNode part : parts) {
      List<Case> met = cases(part, base, scope);
      List<Case> unmet =
          List.of(new Case(formulas.not(formula(part, base, scope)), Evaluated.NOTHING));
      List<Case> next = new ArrayList<>(product(none, met));
      if (!one) {
        next.addAll(product(some, met));
      }
      next.addAll(product(some, unmet));
      some = merged(next);
      none = product(none, unmet);
    }
    return some;
  }

  private List<Case> product(List<Case> some, List<Case> others) {
    List<Case> all = new ArrayList<>();
    for (Case a : some) {
      for (Case b : others) {
        work.spend(
            1
                + a.evaluated.keys().size()
                + a.evaluated.matching().size()
                + b.evaluated.keys().size()
                + b.evaluated.matching().size());
        Formula both = formulas.and(a.condition, b.condition);
        if (both != formulas.nothing) {
          all.add(new Case(both, a.evaluated.with(b.evaluated)));
        }
      }
    }
    return merged(all);
  }

  private List<Case> merged(List<Case> cases) {
    Map<Evaluated, List<Formula>> by = new LinkedHashMap<>();
    cases.forEach(c -> by.computeIfAbsent(c.evaluated, _ -> new ArrayList<>()).add(c.condition));
    if (by.size() > MOST_CASES) {
      throw new ConstraintException(
          "unevaluatedProperties and unevaluatedItems look at more than %d cases; put fewer anyOf, oneOf and if beside them"
              .formatted(MOST_CASES));
    }
    List<Case> merged = new ArrayList<>();
    by.forEach((evaluated, conditions) -> merged.add(new Case(formulas.or(conditions), evaluated)));
    return merged;
  }

  private List<Case> unevaluated(
      JsonNode schema, List<Case> cases, String base, Map<String, Integer> scope) {
    JsonNode keys = schema.get("unevaluatedProperties");
    JsonNode items = schema.get("unevaluatedItems");
    if (keys == null && items == null) {
      return cases;
    }
    List<Case> all = new ArrayList<>();
    for (Case one : cases) {
      Formula condition = one.condition;
      Evaluated evaluated = one.evaluated;
      if (keys != null) {
        TextDfa rest = TextDfa.ALL;
        for (KeySet set : one.evaluated.keys()) {
          rest = rest.less(set.texts(work), work);
        }
        condition =
            formulas.and(condition, formulas.allKeys(KeySet.of(rest), formula(keys, base, scope)));
        evaluated = evaluated.with(new Evaluated(List.of(KeySet.ALL), 0, List.of()));
      }
      if (items != null) {
        List<Formula> either = new ArrayList<>(one.evaluated.matching());
        either.add(formula(items, base, scope));
        condition =
            formulas.and(
                condition,
                formulas.allItems(one.evaluated.items(), Formula.ENDLESS, formulas.or(either)));
        evaluated = evaluated.with(new Evaluated(List.of(), Formula.ENDLESS, List.of()));
      }
      all.add(new Case(condition, evaluated));
    }
    return merged(all);
  }
}
