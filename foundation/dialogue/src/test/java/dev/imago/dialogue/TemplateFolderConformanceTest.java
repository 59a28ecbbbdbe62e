package dev.imago.dialogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.templates.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Calls as every template of a folder writes them (`IMAGO_TEMPLATES`, such as llama.cpp's
/// `models/templates`), read at every cut. Prints what came of each.
@Tag("conformance")
class TemplateFolderConformanceTest {
  private static final List<String> ENDS =
      List.of(
          "<|im_end|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "</s>",
          "<|return|>",
          "<|END_OF_TURN_TOKEN|>",
          "<|end_of_text|>",
          "<｜end▁of▁sentence｜>",
          "<|endoftext|>",
          "<turn|>",
          "<end_of_turn>",
          "[e~[",
          "<seed:eos>",
          "<|eos|>",
          "<|message_sep|>",
          "<SPECIAL_12>",
          "<|assistant_end|>",
          "<|role_end|>",
          "</assistant>",
          "<|end|>",
          "<sep>",
          "<|eot|>",
          "<|end_of_msg|>",
          "<|START_OF_TURN_TOKEN|>",
          "<end_of_sentence>",
          "<｜Assistant｜>");

  private static Map<String, Object> call(int index) {
    var arguments = new LinkedHashMap<String, Object>();
    arguments.put("place", "Haÿ-\"les\" 东京 & <b>\nx" + index);
    arguments.put("days", 2 + index);
    arguments.put("raw", index == 0);
    arguments.put("tags", List.of("a", "b]"));
    return Map.of(
        "id",
        "abcdefgh" + index,
        "type",
        "function",
        "function",
        Map.of("name", "weather", "arguments", arguments));
  }

  private static final Map<String, Object> TOOL =
      Map.of(
          "type",
          "function",
          "function",
          Map.of(
              "name",
              "weather",
              "description",
              "Weather.",
              "parameters",
              Map.of(
                  "type",
                  "object",
                  "required",
                  List.of("place"),
                  "properties",
                  Map.of(
                      "place", Map.of("type", "string", "description", "Where"),
                      "days", Map.of("type", "integer", "description", "How many"),
                      "raw", Map.of("type", "boolean", "description", "Whether"),
                      "tags",
                          Map.of(
                              "type",
                              "array",
                              "items",
                              Map.of("type", "string"),
                              "description",
                              "Which")))));

  private static String rendered(ChatTemplate template, List<Object> messages, boolean answering) {
    return template.render(
        Map.of(
            "messages",
            List.copyOf(messages),
            "tools",
            List.of(TOOL),
            "add_generation_prompt",
            answering));
  }

  /// What a template teaches the model to say, without what ends it; null where it writes no calls.
  private static String answer(ChatTemplate template, int calls) {
    var messages = new ArrayList<Object>(List.of(Map.of("role", "user", "content", "Rain?")));
    String before = rendered(template, messages, true);
    var all = new ArrayList<Object>();
    for (int i = 0; i < calls; i++) {
      all.add(call(i));
    }
    messages.add(Map.of("role", "assistant", "content", "", "tool_calls", all));
    String whole = rendered(template, messages, false);
    int common = 0;
    while (common < Math.min(before.length(), whole.length())
        && before.charAt(common) == whole.charAt(common)) {
      common++;
    }
    int tag = before.lastIndexOf('<', common - 1); // not within a tag
    String answer = whole.substring(tag > before.lastIndexOf('>', common - 1) ? tag : common);
    for (String end : ENDS) {
      int at = answer.indexOf(end);
      answer = at < 0 ? answer : answer.substring(0, at);
    }
    return answer.strip();
  }

  private static String outcome(Path file, int calls) throws IOException {
    ChatTemplate template;
    String answer;
    try {
      template =
          ChatTemplate.of(
              Files.readString(file),
              Map.of("bos_token", "<s>", "eos_token", "</s>"),
              Clock.systemUTC());
      answer = answer(template, calls);
    } catch (RuntimeException e) {
      return "not rendered: " + e.getMessage();
    }
    AnswerForm form = AnswerForm.of(template);
    if (form.calls() instanceof CallSyntax.None) {
      return (answer.contains("weather") ? "OTHER FORM: " : "no calls: ") + answer;
    }
    try {
      int written = (answer.contains("x0") ? 1 : 0) + (answer.contains("x1") ? 1 : 0);
      if (written < calls) {
        return "written are " + written;
      }
      String thought = form.thinking() == null ? "" : form.thinking().close();
      if (!thought.isEmpty() && answer.startsWith(thought)) {
        answer = answer.substring(thought.length()); // of thoughts that the prompt began
      }
      Answer read = CutAnswers.atEveryCut(form, OfferedTools.of(List.of(TOOL)), answer, false);
      for (int i = 0; i < calls; i++) {
        Answer.Call call = read.calls().get(i);
        assertEquals("weather", call.name());
        assertEquals("", call.defect());
        assertEquals(
            JsonMapper.shared().valueToTree(((Map<?, ?>) call(i).get("function")).get("arguments")),
            JsonMapper.shared().readTree(call.arguments()));
      }
      assertEquals(calls, read.calls().size());
      assertEquals("", read.text().strip());
      return "read as " + form.calls().getClass().getSimpleName();
    } catch (RuntimeException | AssertionError e) {
      return "WRONG as " + form.calls().getClass().getSimpleName() + ": " + e + "\n" + answer;
    }
  }

  @Test
  void calls_are_read_as_their_templates_wrote_them() throws IOException {
    String folder = System.getenv("IMAGO_TEMPLATES");
    assumeTrue(folder != null, "IMAGO_TEMPLATES names no folder of chat templates");
    var wrong = new TreeMap<String, String>();
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jinja")).sorted().toList()) {
        for (int calls : new int[] {1, 2}) {
          String outcome = outcome(file, calls);
          System.out.println(file.getFileName() + " × " + calls + ": " + outcome);
          if (outcome.startsWith("WRONG")) {
            wrong.put(file.getFileName() + " × " + calls, outcome);
          }
        }
      }
    }
    assertEquals(Map.of(), wrong);
  }
}
