package dev.imago.dialogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.templates.ChatTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// What real templates write for calls is read as those calls.
class RealTemplatesTest {
  private static final Map<String, Object> ARGUMENTS =
      new LinkedHashMap<>(
          Map.of(
              "place", "l'Haÿ-\"les\" </tool_call> 东京\n{", "days", 2, "tags", List.of("a", "b]")));

  private static Map<String, Object> call(String id) {
    return Map.of(
        "id",
        id,
        "type",
        "function",
        "function",
        Map.of("name", "weather", "arguments", ARGUMENTS));
  }

  @ParameterizedTest
  @CsvSource({
    "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use, 2, false",
    "Qwen-Qwen2.5-7B-Instruct, 2, true",
    "meta-llama-Llama-3.1-8B-Instruct, 1, false",
    "meta-llama-Llama-3.2-3B-Instruct, 1, false",
    "mistralai-Mistral-Nemo-Instruct-2407, 2, false"
  })
  void aCallIsReadAsItsTemplateWroteIt(String name, int count, boolean spoken) throws Exception {
    String shared = System.getenv("IMAGO_SHARED");
    Path file =
        (shared == null
                ? Path.of(System.getProperty("imago.root", ".")).resolve("../shared")
                : Path.of(shared))
            .resolve("data/chat_templates/" + name + ".jinja");
    assumeTrue(Files.exists(file), "skipped: the shared data is not beside the repository");
    ChatTemplate template =
        ChatTemplate.of(
            Files.readString(file),
            Map.of("bos_token", "<s>", "eos_token", "</s>"),
            Clock.systemUTC());
    var tool =
        Map.of(
            "type",
            "function",
            "function",
            Map.of(
                "name", "weather",
                "description", "Weather.",
                "parameters",
                    Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of("place", Map.of("type", "string", "description", "Where")))));
    var messages = new ArrayList<Object>(List.of(Map.of("role", "user", "content", "Rain?")));
    String before = template.render(variables(messages, tool, true));
    var calls = new ArrayList<Object>();
    for (int i = 0; i < count; i++) {
      calls.add(call("abcdefgh" + i));
    }
    String said = spoken ? "Let me look." : "";
    messages.add(Map.of("role", "assistant", "content", said, "tool_calls", calls));
    String whole = template.render(variables(messages, tool, false));
    assertTrue(whole.startsWith(before.stripTrailing()), whole);
    String answer = whole.substring(before.stripTrailing().length());
    for (String end : List.of("<|im_end|>", "<|eot_id|>", "</s>")) {
      int at = answer.lastIndexOf(end);
      answer = at < 0 ? answer : answer.substring(0, at);
    }
    Answer read =
        CutAnswers.atEveryCut(
            AnswerForm.of(template), OfferedTools.of(List.of(tool)), answer.stripLeading(), false);
    assertEquals(said, read.text());
    assertEquals(count, read.calls().size());
    for (Answer.Call call : read.calls()) {
      assertEquals("weather", call.name());
      assertEquals("", call.defect());
      assertEquals(
          JsonMapper.shared().valueToTree(ARGUMENTS),
          JsonMapper.shared().readTree(call.arguments()));
    }
  }

  private static Map<String, Object> variables(
      List<Object> messages, Map<String, Object> tool, boolean answering) {
    return Map.of(
        "messages",
        List.copyOf(messages),
        "tools",
        List.of(tool),
        "add_generation_prompt",
        answering);
  }
}
