package dev.imago.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonSchemaTest {
  /// `'` stands for `"`, `¶` for a line's end, `→` for a tab.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "true|null|nul",
        "{}|{'a': [1, -2.5e+3, '\\ud83d\\ude00', {}]}|{'a':}",
        "{}|'\\u00e9\\n/\\/'|'\\ud800'",
        "{}|[ 1,¶    2 ]|[1 ,2]",
        "{}|{¶→'a':¶1¶}|{'a' :1}",
        "{'type':'integer'}|-12|1.0",
        "{'type':'integer','minimum':-3,'exclusiveMaximum':12}|-3|12",
        "{'type':'integer','minimum':-3,'exclusiveMaximum':12}|11|-4",
        "{'minimum':0.25,'maximum':1e2,'type':'number'}|0.25|0.2499",
        "{'minimum':0.25,'maximum':1e2,'type':'number'}|100.0|100.1",
        "{'type':'number','maximum':-1.5}|-1.50|-1.49",
        "{'multipleOf':0.05,'type':'number'}|1.15|1.16",
        "{'multipleOf':7,'type':'integer'}|-49|50",
        "{'type':'string','minLength':2,'maxLength':3}|'😀é'|'a'",
        "{'type':'string','pattern':'^a+b$'}|'aab'|'aabc'",
        "{'type':'string','pattern':'x'}|'axb\\n'|'abc'",
        "{'enum':['a',1,null,[1,{'b':2}]]}|[1,{'b':2}]|[1,{'b':3}]",
        "{'enum':['a',1.5,null]}|1.50|1.51",
        "{'const':'q\\u0001\\u0022\\\\'}|'q\\u0001\\\"\\\\'|'q'",
        "{'type':'object','properties':{'b':{'type':'integer'},'a':{}},'required':['a']}|{'b':1,'a':2}|{'b':1}",
        "{'type':'object','properties':{'b':{},'a':{}},'additionalProperties':false}|{'a':1}|{'a':1,'b':1}",
        "{'type':'object','properties':{'b':{},'a':{}}}|{'b':1,'c':2}|{'c':2,'b':1}",
        "{'type':'object','patternProperties':{'^n':{'type':'null'}},'additionalProperties':false}|{'n1':null}|{'n1':1}",
        "{'type':'object','propertyNames':{'maxLength':2}}|{'ab':1}|{'abc':1}",
        "{'type':'object','dependentRequired':{'a':['b']},'additionalProperties':{'type':'null'}}|{'a':null,'b':null}|{'a':null}",
        "{'type':'array','prefixItems':[{'type':'null'}],'items':{'type':'boolean'},'maxItems':2}|[null,true]|[null,true,true]",
        "{'type':'array','contains':{'const':1},'maxContains':2}|[0,1,1]|[1,1,1]",
        "{'anyOf':[{'type':'string'},{'minimum':5,'type':'integer'}]}|7|4",
        "{'oneOf':[{'type':'integer','multipleOf':2},{'type':'integer','multipleOf':3}]}|4|6",
        "{'not':{'type':'object','required':['a']},'type':'object'}|{'b':1}|{'a':1}",
        "{'if':{'properties':{'k':{'const':'x'}},'required':['k']},'then':{'required':['v']},'type':'object','properties':{'k':{'enum':['x','y']},'v':{'type':'null'}},'additionalProperties':false}|{'k':'x','v':null}|{'k':'x'}",
        "{'$defs':{'t':{'type':'array','items':{'$ref':'#/$defs/t'}}},'$ref':'#/$defs/t'}|[[],[[]]]|[1]",
        "{'allOf':[{'properties':{'a':true}}],'properties':{'b':true},'unevaluatedProperties':false,'type':'object'}|{'b':1}|{'c':1}",
      })
  void a_value_fits_its_schema_and_another_does_not(String schema, String right, String wrong) {
    Grammar grammar = Grammar.jsonSchema(json(schema));
    assertTrue(grammar.matches(json(right)), () -> right + " should fit " + schema);
    assertFalse(grammar.matches(json(wrong)), () -> wrong + " should not fit " + schema);
  }

  private static String json(String text) {
    return text.replace('\'', '"').replace('¶', '\n').replace('→', '\t');
  }

  private static String refusal(String schema) {
    return assertThrows(
            ConstraintException.class, () -> Grammar.jsonSchema(schema.replace('\'', '"')))
        .getMessage();
  }

  @Test
  void what_is_not_enforced_is_refused_by_name() {
    assertTrue(refusal("{'properties':{'a':{'minimun':1}}}").contains("«minimun»"));
    assertTrue(refusal("{'type':'array','uniqueItems':true}").contains("«uniqueItems»"));
    assertTrue(refusal("{'$ref':'other.json'}").contains("other.json"));
    assertTrue(refusal("{'$ref':'#/$defs/x'}").contains("leads to nothing"));
    assertTrue(refusal("{'type':'text'}").contains("type = \"text\" is not"));
    assertTrue(refusal("{'pattern':'(a)\\\\1'}").contains("back reference"));
    assertTrue(refusal("{'type':").contains("no JSON"));
    assertTrue(refusal("").contains("is empty"));
    assertTrue(refusal("{'uniqueItems':'yes'}").contains("is not true or false"));
    assertTrue(refusal("{'dependentSchemas':5}").contains("dependentSchemas = 5 is not an object"));
    assertTrue(
        refusal("{'$schema':'http://json-schema.org/draft-04/schema#'}").contains("$schema"));
    // Notes of their own pass.
    assertTrue(Grammar.jsonSchema("{\"title\":\"t\",\"x-note\":1}").matches("1"));
  }

  @Test
  void a_schema_that_nothing_fits_says_so() {
    assertTrue(refusal("false").contains("no value fits"));
    assertTrue(refusal("{'type':'integer','minimum':1.2,'maximum':1.8}").contains("no value fits"));
    assertTrue(
        refusal(
                "{'$defs':{'n':{'type':'object','required':['n'],'properties':{'n':{'$ref':'#/$defs/n'}}}},'$ref':'#/$defs/n'}")
            .contains("no value fits"));
    assertTrue(refusal("{'$ref':'#'}").contains("leads to itself"));
  }

  @Test
  void a_branch_that_cannot_be_completed_is_not_entered() {
    // 'a' may be present, yet then 'b' would have to be both.
    Grammar grammar =
        Grammar.jsonSchema(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"},\"b\":{\"const\":1}},\"dependentSchemas\":{\"a\":{\"required\":[\"b\"],\"properties\":{\"b\":{\"const\":2}}}},\"additionalProperties\":false}");
    assertTrue(grammar.matches("{\"b\":1}"));
    assertFalse(grammar.matches("{\"a\":null}"));
    var table = new PositionTable(grammar);
    Position at = table.start();
    for (char c : "{\"".toCharArray()) {
      at = table.step(at, c);
    }
    assertEquals('b', at.onlyByte());
  }

  @Test
  void schemas_that_explode_end_in_one_message() {
    String values =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "'value" + i + "'")
            .collect(Collectors.joining(","));
    assertTrue(refusal("{'enum':[" + values + "]}").contains("states"));
    assertTrue(refusal("{'type':'string','maxLength':1000000}").contains("states"));
    assertTrue(
        refusal("{'type':'array','maxItems':1000000,'minItems':1000000}").contains("states"));
    assertTrue(refusal("{'pattern':'((a{99}){99}){99}'}").contains("states"));
    assertTrue(refusal("{'multipleOf':0.123456789}").contains("states"));
    String deep = "{'items':".repeat(2000) + "true" + "}".repeat(2000);
    assertTrue(refusal(deep).matches("(?s).*(levels|nest).*"), refusal(deep));
    String many =
        IntStream.range(0, 14)
            .mapToObj(i -> "{'anyOf':[{'required':['a%d']},{'required':['b%d']}]}".formatted(i, i))
            .collect(Collectors.joining(",", "{'type':'object','allOf':[", "]}"));
    assertTrue(refusal(many).contains("alternatives"), refusal(many));
    String chain =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "'d%d':{'$ref':'#/$defs/d%d'}".formatted(i, i + 1))
            .collect(Collectors.joining(",", "{'$ref':'#/$defs/d0','$defs':{", ",'d20000':true}}"));
    assertTrue(refusal(chain).contains("lead to one another"), refusal(chain));
    String nested =
        IntStream.range(0, 3_000)
            .mapToObj(
                i ->
                    "'d%d':{'type':'object','required':['n'],'properties':{'n':{'$ref':'#/$defs/d%d'}}}"
                        .formatted(i, i + 1))
            .collect(Collectors.joining(",", "{'$ref':'#/$defs/d0','$defs':{", ",'d3000':true}}"));
    assertTrue(refusal(nested).contains("inside one another"), refusal(nested));
  }
}
