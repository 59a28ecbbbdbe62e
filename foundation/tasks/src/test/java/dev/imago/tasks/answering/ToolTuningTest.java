package dev.imago.tasks.answering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Example;
import dev.imago.data.Example.Message;
import dev.imago.data.LabelRows;
import dev.imago.data.LabelRows.Read;
import dev.imago.dialogue.Answer;
import dev.imago.dialogue.AnswerParser;
import dev.imago.dialogue.AnswerPart;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.OfferedTools;
import dev.imago.tasks.Sequence;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tuning on conversations with tools teaches the form that answers are read by: what is learned of
/// a call, read as a server reads a model's answer, is that call; and it begins behind exactly what
/// a server sends before the answer.
class ToolTuningTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_ROWS =
      (int) Math.ceil(25 * Double.parseDouble(System.getenv().getOrDefault("IMAGO_CASES", "0.4")));

  private static final List<Map<String, Object>> TOOLS =
      List.of(
          Map.of(
              "type",
              "function",
              "function",
              Map.of(
                  "name",
                  "weather",
                  "description",
                  "Weather of a place",
                  "parameters",
                  Map.of(
                      "type", "object", "properties", Map.of("place", Map.of("type", "string"))))));

  private static final String LOOP = "{% for m in messages %}<|im_start|>{{ m.role }}\n";
  private static final String END =
      "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

  private static final String HERMES =
      "{% for t in tools or [] %}{{ t | tojson }}\n{% endfor %}"
          + LOOP
          + "{{ m.content }}{% for c in m.tool_calls %}<tool_call>\n"
          + "{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson"
          + " }}}\n</tool_call>{% endfor %}<|im_end|>\n"
          + END;

  private static final String XML =
      "{% for t in tools or [] %}{{ t | tojson }}\n{% endfor %}"
          + LOOP
          + "{{ m.content }}{% for c in m.tool_calls %}<tool_call>\n<function={{ c.function.name"
          + " }}>\n{% for k, v in c.function.arguments | items %}<parameter={{ k }}>\n{{ v"
          + " }}\n</parameter>\n{% endfor %}</function>\n</tool_call>{% endfor %}<|im_end|>\n"
          + END;

  private static ChatTemplate template(String jinja) {
    return ChatTemplate.of(
        jinja, Map.of("bos_token", "<s>", "eos_token", "</s>"), Clock.systemUTC());
  }

  @ParameterizedTest
  @ValueSource(strings = {HERMES, XML})
  void whatIsLearnedOfACallIsReadAsThatCall(String jinja) throws Exception {
    var call =
        Map.<String, Object>of(
            "id",
            "call00001",
            "type",
            "function",
            "function",
            Map.of("name", "weather", "arguments", Map.of("place", "l'Haÿ-\"les\" 东京")));
    List<Message> turns =
        List.of(
            new Message("user", "Rain?"),
            new Message("assistant", "", List.of(call), "", ""),
            new Message("tool", "none", List.of(), "call00001", "weather"),
            new Message("assistant", "No."));
    assertEquals(
        1, calls(template(jinja), RealTemplatesConformanceTest.tokenizer(jinja), turns, TOOLS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
        "Qwen-Qwen2.5-7B-Instruct",
        "meta-llama-Llama-3.1-8B-Instruct",
        "meta-llama-Llama-3.2-3B-Instruct",
        "mistralai-Mistral-Nemo-Instruct-2407"
      })
  void realConversationsAreLearnedInEachRealForm(String name) throws Exception {
    Path rows = RealTemplatesConformanceTest.shared("data/instruct/glaive_toolcall_en_demo.json");
    String jinja =
        Files.readString(
            RealTemplatesConformanceTest.shared("data/chat_templates/" + name + ".jinja"));
    ChatTemplate template = template(jinja);
    Tokenizer tokenizer = RealTemplatesConformanceTest.tokenizer(jinja);
    int calls = 0;
    int read = 0;
    for (JsonNode row : JSON.readTree(Files.readString(rows))) {
      var labelled =
          assertInstanceOf(Read.Labelled.class, new LabelRows(LabelRows.Fields.FOUND).read(row));
      if (read++ < MOST_ROWS && !labelled.tools().isEmpty()) {
        calls += calls(template, tokenizer, labelled.messages(), labelled.tools());
      }
    }
    assertTrue(calls >= 5, calls + " calls");
  }

  /// Looks at each turn that calls; tells how many did.
  private static int calls(
      ChatTemplate template,
      Tokenizer tokenizer,
      List<Message> turns,
      List<Map<String, Object>> tools) {
    int stop = template.endOfAnswer(tokenizer).orElseThrow();
    AnswerReading reading = AnswerReading.of(template, tokenizer);
    int calls = 0;
    for (int turn = 1; turn < turns.size(); turn++) {
      List<Map<String, Object>> called = turns.get(turn).toolCalls();
      if (called.isEmpty()) {
        continue;
      }
      calls += called.size();
      Example example = Example.of("x", turns.subList(0, turn + 1), "s").offering(tools);
      Sequence learned = new ChatEncoding(template, tokenizer, stop, 1 << 20).last(example);
      assertNotNull(learned);
      int[] sent =
          template.encodeChat(
              tokenizer, TemplateVariables.before(template, turns.subList(0, turn), tools));
      assertArrayEquals(sent, Arrays.copyOf(learned.ids(), sent.length));
      for (int i = 0; i < learned.targets().length; i++) {
        assertEquals(i < sent.length - 1, learned.targets()[i] == Sequence.IGNORED, "target " + i);
      }
      int[] answer =
          Arrays.copyOfRange(learned.targets(), sent.length - 1, learned.targets().length - 1);
      AnswerParser parser =
          reading.parser(OfferedTools.of(tools), reading.thinksAfter(sent, tokenizer));
      same(turns.get(turn), read(reading, parser, tokenizer, answer));
    }
    return calls;
  }

  /// An answer's ids as a server reads them: one token after another.
  private static Answer read(
      AnswerReading reading, AnswerParser parser, Tokenizer tokenizer, int[] ids) {
    var stream = tokenizer.stream();
    var parts = new ArrayList<AnswerPart>();
    for (int id : ids) {
      parts.addAll(reading.add(parser, id, stream.add(id)));
    }
    return Answer.of(parts, parser.end(false));
  }

  private static void same(Message turn, Answer read) {
    assertEquals(List.of(), read.unread());
    assertEquals(turn.toolCalls().size(), read.calls().size(), read.toString());
    for (int i = 0; i < read.calls().size(); i++) {
      Answer.Call call = read.calls().get(i);
      JsonNode function = JSON.valueToTree(turn.toolCalls().get(i)).path("function");
      assertEquals("", call.defect());
      assertEquals(function.path("name").asString(), call.name());
      assertEquals(function.path("arguments"), JSON.readTree(call.arguments()), call.arguments());
    }
  }
}
