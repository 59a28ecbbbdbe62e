package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.imago.data.LabelRows.Read;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class LabelRowsTest {
  private static Read read(String json) {
    return read(json, LabelRows.Fields.FOUND);
  }

  private static Read read(String json, LabelRows.Fields fields) {
    return new LabelRows(fields).read(JsonMapper.shared().readTree(json.replace('\'', '"')));
  }

  /// Such as `ALPACA user: a | assistant: b`.
  private static String told(Read read) {
    return switch (read) {
      case Read.Labelled labelled ->
          labelled.form()
              + labelled.messages().stream()
                  .map(m -> " " + m.role() + ": " + m.said())
                  .collect(Collectors.joining(" |"));
      case Read.Useless useless -> useless.why();
      case Read.Unknown unknown -> "unknown " + unknown.fields();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{'instruction':'Add','input':'','output':'2'}                ~ ALPACA user: Add |"
            + " assistant: 2",
        "{'instruction':'Add','input':'1, 1','output':'2'}            ~ ALPACA user: Add\\n"
            + "1, 1 | assistant: 2",
        "{'instruction':'','input':'1, 1','output':'2'}               ~ ALPACA user: 1, 1 |"
            + " assistant: 2",
        "{'instruction':'Sum','context':'1 1','response':'2'}         ~ ALPACA user: Sum\\n"
            + "1 1 | assistant: 2",
        "{'system':'S','instruction':'a','output':'b','history':[['x','y']]} ~ ALPACA system: S |"
            + " user: x | assistant: y | user: a | assistant: b",
        "{'prompt':'a','completion':'b'}                              ~ PAIR user: a | assistant:"
            + " b",
        "{'prompt':'a','response':'b'}                                ~ PAIR user: a | assistant:"
            + " b",
        "{'question':'a','answer':'b'}                                ~ PAIR user: a | assistant:"
            + " b",
        "{'query':'a','answer':'b'}                                   ~ PAIR user: a | assistant:"
            + " b",
        "{'input':'a','output':'b'}                                   ~ PAIR user: a | assistant:"
            + " b",
        "{'Question':'a','Answer':'b','id':7}                         ~ PAIR user: a | assistant:"
            + " b",
        "{'问题':'甲','答案':'乙'}                                       ~ PAIR user: 甲 | assistant: 乙",
        "{'question':'1+1','answer':2}                                ~ PAIR user: 1+1 | assistant:"
            + " 2",
        "{'context':'c','question':'q','answers':{'text':['a','b'],'answer_start':[1]}} ~ PAIR"
            + " user: q\\n"
            + "c | assistant: a",
        "{'conversations':[{'from':'human','value':'a'},{'from':'gpt','value':'b'}]} ~ SHAREGPT"
            + " user: a | assistant: b",
        "{'system':'S','conversations':[{'from':'human','value':'a'},{'from':'gpt','value':'b'}]} ~"
            + " SHAREGPT system: S | user: a | assistant: b",
        "{'conversations':[{'from':'human','value':'a'},{'from':'function_call','value':'{}'},{'from':'observation','value':'3'},{'from':'gpt','value':'b'}],'tools':'[1]'}"
            + " ~ SHAREGPT user: a | assistant: {} | tool: 3 | assistant: b",
        "{'messages':[{'role':'system','content':'S'},{'role':'user','content':'a'},{'role':'assistant','content':'b'},{'role':'user','content':'c'}]}"
            + " ~ MESSAGES system: S | user: a | assistant: b",
        "{'messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'image_url','image_url':{}}]},{'role':'assistant','content':'b'}]}"
            + " ~ MESSAGES user: a | assistant: b",
        "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':null,'tool_calls':[{'function':{'name':'f'}}]},{'role':'tool','content':'3'},{'role':'assistant','content':'b'}]}"
            + " ~ MESSAGES user: a | assistant: {`name`:`f`,`arguments`:{}} | tool: 3 | assistant:"
            + " b",
        "[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]  ~ MESSAGES user: a |"
            + " assistant: b",
        "{'conversation':[{'human':'a','assistant':'b'},{'human':'c','assistant':'d'}]} ~ MESSAGES"
            + " user: a | assistant: b | user: c | assistant: d",
        "{'prompt':'a','chosen':'b','rejected':'c'}                   ~ PREFERENCE user: a |"
            + " assistant: b",
        "{'instruction':'a','input':'i','chosen':'b','rejected':'c'}  ~ PREFERENCE user: a\\n"
            + "i | assistant: b",
        "{'conversations':[{'from':'human','value':'a'}],'chosen':{'from':'gpt','value':'b'},'rejected':{'from':'gpt','value':'c'}}"
            + " ~ PREFERENCE user: a | assistant: b",
        "{'chosen':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}],'rejected':[]}"
            + " ~ PREFERENCE user: a | assistant: b",
        "{'prompt':[{'role':'user','content':'a'}],'chosen':[{'role':'assistant','content':'b'}],'rejected':[]}"
            + " ~ PREFERENCE user: a | assistant: b",
        "{'chosen':'\\n"
            + "\\n"
            + "Human: a\\n"
            + "\\n"
            + "Assistant: b\\n"
            + "\\n"
            + "Human: c\\n"
            + "\\n"
            + "Assistant: d','rejected':'x'} ~ PREFERENCE user: a | assistant: b | user: c |"
            + " assistant: d",
        "{'chosen':'The sky is blue.','rejected':'The sky is green.'} ~ PREFERENCE user: The sky is"
            + " | assistant: blue.",
        "{'chosen':'blue.','rejected':'green.'} ~ no prompt, and two answers that begin"
            + " differently",
        "{'chosen':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}],'rejected':[{'role':'user','content':'c'},{'role':'assistant','content':'d'}]}"
            + " ~ a chosen and a rejected answer to different conversations",
        "{'prompt':[{'role':'user','content':'a'}],'completion':[{'role':'assistant','content':'b'}],'label':true}"
            + " ~ MESSAGES user: a | assistant: b",
        "{'prompt':'a','completion':'b','label':true}                 ~ PAIR user: a | assistant:"
            + " b",
        "{'prompt':'a','completion':'b','label':false}                ~ an answer that is rated"
            + " bad",
        "{'prompt':'a','completion':''}                               ~ an empty answer",
        "{'prompt':' ','completion':'b'}                              ~ an empty prompt",
        "{'instruction':'a','output':null}                            ~ an empty answer",
        "{'messages':[{'role':'user','content':'a'}]}                 ~ an empty answer",
        "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':''}]} ~ an empty"
            + " answer",
        "{'label':1,'review':'good'}                                  ~ unknown [label, review]",
        "{'label':false,'review':'good'}                              ~ unknown [label, review]",
        "{'text':'a'}                                                 ~ unknown [text]",
        "'text'                                                       ~ unknown []",
        "[1,2]                                                        ~ unknown []",
      })
  void formsAreRecognised(String row, String expected) {
    assertEquals(expected.replace('`', '"').replace("\\n", "\n"), told(read(row)));
  }

  @Test
  void fieldsThatAreNamedComeFirst() {
    var fields = new LabelRows.Fields("title", "text", "", "");
    assertEquals(
        "PAIR user: t | assistant: x",
        told(read("{'title':'t','text':'x','prompt':'a','completion':'b'}", fields)));
    assertEquals("unknown [a, b]", told(read("{'a':1,'b':2}", fields)));
    var half = new LabelRows.Fields("title", "", "", "");
    assertEquals("PAIR user: t | assistant: b", told(read("{'title':'t','answer':'b'}", half)));
    var turns = new LabelRows.Fields("", "", "about", "chat");
    assertEquals(
        "MESSAGES system: S | user: a | assistant: b",
        told(
            read(
                "{'about':'S','chat':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}",
                turns)));
  }

  @Test
  void aCellOfATableMayHoldTurnsAsJson() {
    String cell =
        "[{\\\"role\\\":\\\"user\\\",\\\"content\\\":\\\"a\\\"},{\\\"role\\\":\\\"assistant\\\",\\\"content\\\":\\\"b\\\"}]";
    Read read =
        new LabelRows(LabelRows.Fields.FOUND)
            .read(JsonMapper.shared().readTree("{\"messages\":\"" + cell + "\"}"));
    assertEquals("MESSAGES user: a | assistant: b", told(read));
  }

  private static Read.Labelled labelled(String json) {
    return assertInstanceOf(Read.Labelled.class, read(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{'name':'f','parameters':{'type':'object'}}]",
        "'[{`name`:`f`,`parameters`:{`type`:`object`}}]'",
        "[{'type':'function','function':{'name':'f','parameters':{'type':'object'}}}]",
      })
  void toolsAreOneFormHoweverARowOffersThem(String tools) {
    String json = "{'prompt':'a','completion':'b','tools':" + tools + "}";
    Read.Labelled with = labelled(json.replace("`", "\\\""));
    assertEquals(
        "[{type=function, function={name=f, parameters={type=object}}}]", with.tools().toString());
    assertEquals(List.of(), with.lost());
  }

  @Test
  void toolsThatAreNoFunctionsAreToldOf() {
    for (String none : new String[] {"[]", "null", "''", "'[]'"}) {
      Read.Labelled without = labelled("{'prompt':'a','completion':'b','tools':" + none + "}");
      assertEquals(List.of(), without.tools(), none);
      assertEquals(List.of(), without.lost(), none);
    }
    Read.Labelled other = labelled("{'prompt':'a','completion':'b','tools':[1]}");
    assertEquals(
        List.of("offer tools that are no list of functions with a name, which are left out"),
        other.lost());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':null,'tool_calls':[{'id':'1','function':{'name':'f','arguments':'{`x`:1}'}}]},{'role':'tool','content':'3','tool_call_id':'1'},{'role':'assistant','content':'b'}]}",
        "{'conversations':[{'from':'human','value':'a'},{'from':'function_call','value':'{`name`:`f`,`arguments`:{`x`:1}}'},{'from':'observation','value':'3'},{'from':'gpt','value':'b'}]}",
      })
  void callsOfToolsHaveArgumentsThatAreAnObject(String json) {
    Read.Labelled row = labelled(json.replace("`", "\\\""));
    Example.Message call = row.messages().get(1);
    assertEquals("", call.content());
    assertEquals(
        "{name=f, arguments={x=1}}", call.toolCalls().getFirst().get("function").toString());
    assertEquals("{\"name\":\"f\",\"arguments\":{\"x\":1}}", call.said());
    assertEquals("tool", row.messages().get(2).role());
    assertEquals(
        call.toolCalls().getFirst().getOrDefault("id", ""), row.messages().get(2).toolCallId());
  }

  @Test
  void whatNobodyAnswersIsToldOf() {
    Read.Labelled row =
        labelled(
            "{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'},{'role':'user','content':'c'}]}");
    assertEquals(List.of("end with turns that nobody answers, which are left out"), row.lost());
  }

  @Test
  void whiteSpaceAroundAnAnswerGoesButNotTheIndentationOfCode() {
    assertEquals("PAIR user: a | assistant: b", told(read("{'prompt':'a','completion':' b\\n'}")));
    assertEquals(
        "PAIR user: a | assistant:     if x:\n        y",
        told(read("{'prompt':'a','completion':'\\n    if x:\\n        y\\n'}")));
  }
}
