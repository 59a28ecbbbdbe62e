package dev.imago.dialogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.dialogue.Answer.Call;
import dev.imago.templates.ChatTemplate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each form of calls, whole and at every cut.
class AnswerParserTest {
  private static final OfferedTools TOOLS =
      OfferedTools.of(
          List.of(
              tool("weather", Map.of("place", "string", "days", "integer", "raw", "boolean")),
              tool("now", Map.of())));

  private static Map<String, Object> tool(String name, Map<String, String> types) {
    var properties = new java.util.TreeMap<String, Object>();
    types.forEach((key, type) -> properties.put(key, Map.of("type", type)));
    return Map.of(
        "type",
        "function",
        "function",
        Map.of("name", name, "parameters", Map.of("type", "object", "properties", properties)));
  }

  private static AnswerForm form(String jinja) {
    return AnswerForm.of(ChatTemplate.of(jinja, Map.of(), Clock.systemUTC()));
  }

  private static final AnswerForm HERMES = form("<tool_call></tool_call>");
  private static final AnswerForm QWEN3 = form("<tool_call></tool_call><think></think>");
  private static final AnswerForm LLAMA = form("{\"name\": f, \"parameters\": {}}");
  private static final AnswerForm MISTRAL = form("[TOOL_CALLS][");
  private static final AnswerForm MISTRAL_NAMED = form("[TOOL_CALLS]f[ARGS]");
  private static final AnswerForm PYTHONIC = form("[func_name1(a=b)]");
  private static final AnswerForm LFM2 = form("<|tool_call_start|>");
  private static final AnswerForm CODER = form("<tool_call><function=f><parameter=a>");
  private static final AnswerForm MINIMAX = form("<minimax:tool_call>");
  private static final AnswerForm SEED = form("<seed:tool_call><function=f><parameter=a>");
  private static final AnswerForm DSML = form("<｜DSML｜function_calls>");
  private static final AnswerForm COHERE = form("<|START_ACTION|>[{\"tool_name\": f}]");
  private static final AnswerForm GLM = form("<tool_call>f<arg_key></think>");
  private static final AnswerForm DEEPSEEK = form("<｜tool▁calls▁begin｜>```json</think>");
  private static final AnswerForm KIMI = form("<|tool_calls_section_begin|>");
  private static final AnswerForm HARMONY = form("<|channel|><|message|>");

  private static Answer read(AnswerForm form, String text) {
    return CutAnswers.atEveryCut(form, TOOLS, text, false);
  }

  private static Call paris() {
    return new Call("weather", "{\"place\": \"Paris\", \"days\": 2}", "");
  }

  @Test
  void hermesTagsHoldJson() {
    assertEquals(
        new Answer("Let me look.", "", List.of(paris(), new Call("now", "{}", "")), List.of()),
        read(
            HERMES,
            """
            Let me look.
            <tool_call>
            {"name": "weather", "arguments": {"place": "Paris", "days": 2}}
            </tool_call>
            <tool_call>
            {"name": "now", "arguments": {}}
            </tool_call>\
            """));
  }

  @Test
  void thoughtsComeFirstAndApart() {
    assertEquals(
        new Answer("Good.", "Paris, a < b?", List.of(paris()), List.of()),
        read(
            QWEN3,
            "<think>\n"
                + "Paris, a < b?\n"
                + "</think>\n\n"
                + "Good.\n\n"
                + "<tool_call>\n"
                + "{\"name\": \"weather\", \"arguments\": {\"place\": \"Paris\", \"days\": 2}}\n"
                + "</tool_call>"));
    assertEquals("a <think> b", read(QWEN3, "a <think> b").text());
    assertEquals("hm", read(QWEN3, "<think>hm").reasoning());
    var parser = new AnswerParser(QWEN3, TOOLS, Set.of(), true);
    assertEquals(
        new Answer("Yes.", "so", List.of(), List.of()),
        Answer.of(parser.add("so</think>Yes."), parser.end(false)));
  }

  @Test
  void aCallMayHoldTheTagItEndsWith() {
    assertEquals(
        List.of(new Call("now", "{\"x\": \"</tool_call>\\\"}\"}", "")),
        read(
                HERMES,
                "<tool_call>{\"arguments\": {\"x\": \"</tool_call>\\\"}\"}, \"name\":"
                    + " \"now\"}</tool_call>")
            .calls());
  }

  @Test
  void llamasAnswerIsJsonOrText() {
    assertEquals(
        List.of(paris(), new Call("now", "{}", "")),
        read(
                LLAMA,
                "{\"name\": \"weather\", \"parameters\": {\"place\": \"Paris\", \"days\": 2}};"
                    + " {\"name\": \"now\", \"parameters\": {}}")
            .calls());
    String json = "{\"name\": \"Paris\", \"parameters\": {\"a\": [1, 2]}} is JSON.";
    assertEquals(new Answer(json, "", List.of(), List.of()), read(LLAMA, json));
    assertEquals("{} ", read(LLAMA, "{} ").text());
    assertEquals(
        List.of(new Call("now", "{}", "")),
        read(LLAMA, "<|python_tag|>{\"type\": \"function\", \"name\": \"now\"}").calls());
  }

  @Test
  void mistralListsCallsAndNamesThem() {
    String list =
        "[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": {\"place\": \"Paris\", \"days\": 2},"
            + " \"id\": \"abcdefghi\"}, {\"name\": \"now\", \"arguments\": {}, \"id\":"
            + " \"abcdefghj\"}]";
    assertEquals(List.of(paris(), new Call("now", "{}", "")), read(MISTRAL, list).calls());
    assertEquals(
        List.of(paris(), new Call("now", "{}", "")),
        read(
                MISTRAL_NAMED,
                "[TOOL_CALLS]weather[CALL_ID]abc[ARGS]{\"place\": \"Paris\", \"days\":"
                    + " 2}[TOOL_CALLS]now{}")
            .calls());
  }

  @Test
  void pythonBecomesJson() {
    assertEquals(
        List.of(
            new Call(
                "weather", "{\"place\": \"l'Haÿ \\\"(\\n\", \"days\": [1, -2.5, true, null]}", ""),
            new Call("now", "{}", "")),
        read(PYTHONIC, "[weather(place='l\\'Haÿ \"(\\n', days=[1, -2.5, True, None]), now()]")
            .calls());
    assertEquals("[see(1)] and [2]", read(PYTHONIC, "[see(1)] and [2]").text());
    assertEquals(
        new Answer(
            "Well: fine", "", List.of(new Call("now", "{\"a\": {\"b\": [\"c\"]}}", "")), List.of()),
        read(LFM2, "Well: <|tool_call_start|>[now(a={'b': ('c',)})]<|tool_call_end|>fine"));
  }

  @Test
  void xmlArgumentsTakeTheTypesOfTheirSchema() {
    var expected =
        List.of(
            new Call("weather", "{\"place\": \"12\\n<b>\", \"days\": 2, \"raw\": true}", ""),
            new Call("now", "{}", ""));
    assertEquals(
        expected,
        read(
                CODER,
                """
                <tool_call>
                <function=weather>
                <parameter=place>
                12
                <b>
                </parameter>
                <parameter=days>
                2
                </parameter>
                <parameter=raw>
                True
                </parameter>
                </function>
                </tool_call>
                <tool_call>
                <function=now>
                </function>
                </tool_call>\
                """)
            .calls());
    assertEquals(
        expected,
        read(
                MINIMAX,
                """
                <minimax:tool_call>
                <invoke name="weather">
                <parameter name="place">12
                <b></parameter>
                <parameter name="days">2</parameter>
                <parameter name="raw">true</parameter>
                </invoke>
                <invoke name="now">
                </invoke>
                </minimax:tool_call>\
                """)
            .calls());
    assertEquals(
        expected,
        read(
                GLM,
                """
                <think></think>
                <tool_call>weather
                <arg_key>place</arg_key>
                <arg_value>12
                <b></arg_value>
                <arg_key>days</arg_key>
                <arg_value>2</arg_value>
                <arg_key>raw</arg_key>
                <arg_value>true</arg_value>
                </tool_call>
                <tool_call>now
                </tool_call>\
                """)
            .calls());
  }

  /// Jackson reads numbers of a thousand digits at most; the call must not end the answer.
  @Test
  void aNumberThatIsTooLongInAListLeavesItAText() {
    String list = "['a', %s]".formatted("1".repeat(1_001));
    assertEquals(
        List.of(new Call("weather", "{\"days\": \"%s\"}".formatted(list), "")),
        CutAnswers.whole(
                SEED,
                OfferedTools.of(List.of(tool("weather", Map.of("days", "array")))),
                "<seed:tool_call>\n<function=weather>\n<parameter=days>"
                    + list
                    + "</parameter>\n</function>\n</seed:tool_call>",
                false)
            .calls());
  }

  @Test
  void elementsMayHavePythonsListsAndSayWhatIsText() {
    var tools =
        OfferedTools.of(List.of(tool("weather", Map.of("place", "string", "days", "array"))));
    var expected =
        List.of(new Call("weather", "{\"place\": \"[1]\", \"days\": [\"a\", true, \"b]\"]}", ""));
    assertEquals(
        expected,
        CutAnswers.atEveryCut(
                SEED,
                tools,
                "<seed:tool_call>\n"
                    + "<function=weather>\n"
                    + "<parameter=place>[1]</parameter>\n"
                    + "<parameter=days>['a', True, 'b]']</parameter>\n"
                    + "</function>\n"
                    + "</seed:tool_call>",
                false)
            .calls());
    assertEquals(
        expected,
        CutAnswers.atEveryCut(
                DSML,
                OfferedTools.of(List.of(tool("weather", Map.of("days", "array")))),
                "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"weather\">\n<｜DSML｜parameter"
                    + " name=\"place\" string=\"true\">[1]</｜DSML｜parameter>\n<｜DSML｜parameter"
                    + " name=\"days\" string=\"false\">[\"a\", true,"
                    + " \"b]\"]</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>",
                false)
            .calls());
  }

  @Test
  void jsonStandsBetweenTagsOfOtherNames() {
    String list = "[{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"now\"}]";
    var twice = List.of(new Call("now", "{}", ""), new Call("now", "{}", ""));
    for (String tag : List.of("tool_calls", "TOOLCALL")) {
      String text = "<" + tag + ">" + list + "</" + tag + ">";
      assertEquals(twice, read(form("<" + tag + ">["), text).calls());
    }
    assertEquals(
        twice,
        read(
                COHERE,
                "<|START_ACTION|>[\n {\"tool_call_id\": \"0\", \"tool_name\": \"now\","
                    + " \"parameters\": {}},\n {\"tool_name\": \"now\"}\n]<|END_ACTION|>")
            .calls());
    assertEquals(LFM2, form("<|tool_list_start|>"));
  }

  @Test
  void sectionsHoldNamesAndJson() {
    assertEquals(
        new Answer("One moment.", "", List.of(paris(), new Call("now", "{}", "")), List.of()),
        read(
            DEEPSEEK,
            """
            One moment.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather
            ```json
            {"place": "Paris", "days": 2}
            ```<｜tool▁call▁end｜>
            <｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>\
            """));
    assertEquals(
        List.of(new Call("now", "{\"a\": 1}", "")),
        read(
                KIMI,
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.now:0<|tool_call_argument_begin|>{\"a\":"
                    + " 1}<|tool_call_end|><|tool_calls_section_end|>")
            .calls());
  }

  @Test
  void channelsKeepThoughtsAndCallsApart() {
    assertEquals(
        new Answer("I look.It rains.", "Weather?", List.of(paris()), List.of()),
        read(
            HARMONY,
            "<|channel|>analysis<|message|>Weather?<|end|><|start|>assistant<|channel|>commentary<|message|>I"
                + " look.<|end|><|start|>assistant<|channel|>commentary to=functions.weather"
                + " <|constrain|>json<|message|>{\"place\": \"Paris\", \"days\":"
                + " 2}<|call|><|start|>assistant<|channel|>final<|message|>It rains.<|return|>"));
    assertEquals("Plain.", read(HARMONY, "Plain.").text());
  }

  @Test
  void marksThatAreTokensAreNotSpelledByText() {
    var parser = new AnswerParser(MISTRAL, TOOLS, Set.of("[TOOL_CALLS]"), false);
    var parts = new ArrayList<AnswerPart>();
    parts.addAll(parser.add("Say [TOOL_CALLS][{\"name\": \"now\"}] "));
    parts.addAll(parser.mark("[TOOL_CALLS]"));
    parts.addAll(parser.add("[{\"name\": \"now\"}]"));
    parts.addAll(parser.end(false));
    assertEquals(
        new Answer(
            "Say [TOOL_CALLS][{\"name\": \"now\"}]",
            "",
            List.of(new Call("now", "{}", "")),
            List.of()),
        Answer.of(parts));
  }

  @Test
  void whatIsNoJsonIsTold() {
    Answer broken =
        read(HERMES, "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": 1,}}</tool_call> Done");
    assertEquals("Done", broken.text());
    assertEquals("{\"a\": 1,}", broken.calls().getFirst().arguments());
    assertTrue(
        broken.calls().getFirst().defect().startsWith("the arguments of «now» are no JSON: "));
    Answer none = read(HERMES, "See <tool_call>this</tool_call>!");
    assertEquals("See <tool_call>this</tool_call>!", none.text());
    assertEquals(List.of("a call is no JSON"), none.unread());
    assertEquals(List.of("a call has no name"), read(HERMES, "<tool_call>{\"a\": 1}").unread());
    assertEquals(
        "the call of «now» is no JSON",
        read(HERMES, "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": 1\n</tool_call> Done")
            .calls()
            .getFirst()
            .defect());
  }

  @Test
  void aBraceThatIsMissingIsForgivenWhereTheArgumentsAreWhole() {
    assertEquals(
        new Answer("Done", "", List.of(new Call("now", "{\"a\": 1}", "")), List.of()),
        read(
            HERMES,
            "<tool_call>\n{\"name\": \"now\", \"arguments\": {\"a\": 1}\n</tool_call>\nDone"));
  }

  @Test
  void aCallThatIsCutOffSaysSo() {
    String text = "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": \"b";
    assertEquals(
        List.of(new Call("now", "{\"a\": \"b", "the call of «now» was cut off")),
        CutAnswers.atEveryCut(HERMES, TOOLS, text, true).calls());
    Answer early = CutAnswers.atEveryCut(HERMES, TOOLS, "Yes <tool_call>{\"na", true);
    assertEquals("Yes <tool_call>{\"na", early.text());
    assertEquals(List.of("the answer was cut off in a call"), early.unread());
  }

  @Test
  void nothingIsCalledThatWasNotOffered() {
    String text = "<tool_call>{\"name\": \"now\"}</tool_call>\n";
    assertEquals(
        new Answer(text, "", List.of(), List.of()),
        CutAnswers.atEveryCut(HERMES, OfferedTools.NONE, text, false));
    assertEquals(AnswerForm.PLAIN, AnswerForm.of(ChatTemplate.chatml()));
  }
}
