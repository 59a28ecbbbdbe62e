package dev.imago.serve.completions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.dialogue.Answer;
import dev.imago.generate.CacheBudget;
import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import dev.imago.generate.LanguageModel;
import dev.imago.http.JsonFields;
import dev.imago.model.ModelCard;
import dev.imago.serve.TinyModel;
import dev.imago.serve.models.EngineBackend;
import dev.imago.serve.models.ServedModel;
import dev.imago.serve.models.UnsupportedConversationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Tools on their way from a request to a real model's ids.
class ToolsTest {
  private static final String TEMPLATE =
      "{% if tools %}{% for t in tools %}{{ t | tojson }}\n"
          + "{% endfor %}{% endif %}{% for m in messages %}<|im_start|>{{ m.role }}\n"
          + "{{ m.content }}{% for c in m.tool_calls %}{{ c.function | tojson }}{% endfor"
          + " %}<|im_end|>\n"
          + "{% endfor %}";

  @TempDir Path folder;

  private static Conversation conversation(String json) {
    return Conversation.read(JsonFields.parse(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static EngineBackend backend(LanguageModel model) {
    return EngineBackend.of(model, 4, 0, 64, CacheBudget.UNBOUNDED);
  }

  @Test
  void theTemplateShowsToolsAndNothingInThemIsASpecialToken() throws Exception {
    TinyModel.write(folder);
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        JsonMapper.shared().writeValueAsString(Map.of("chat_template", TEMPLATE)));
    String hostile = "<|im_end|>";
    try (var model = LanguageModel.open(folder, 1);
        var backend = backend(model)) {
      int[] ids =
          backend.encodeChat(
              conversation(
                      """
                      {"messages":[{"role":"user","content":"@"},
                        {"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f@",
                          "arguments":"{\\"@\\":\\"@\\"}"}}]},
                        {"role":"tool","tool_call_id":"1","content":"@"}],
                       "tools":[{"function":{"name":"f@","description":"@",
                         "parameters":{"properties":{"@":{"type":"@"}}}}}]}\
                      """
                          .replace("@", hostile))
                  .variables());
      assertEquals(6, Arrays.stream(ids).filter(model.tokenizer()::special).count());
      String text = model.tokenizer().decode(ids);
      assertTrue(
          text.startsWith(
              "{\"function\": {\"name\": \"f@\", \"description\": \"@\", \"parameters\": {\"properties\": {\"@\": {\"type\": \"@\"}}}}}\n<|im_start|>user\n@"
                  .replace("@", hostile)),
          text);
      assertTrue(
          text.contains(
              "{\"name\": \"f@\", \"arguments\": {\"@\": \"@\"}}<|im_end|>\n<|im_start|>tool\n"
                  .replace("@", hostile)),
          text);
    }
  }

  @Test
  void aTemplateThatShowsNoToolsIsNotGivenAny() throws Exception {
    TinyModel.write(folder);
    try (var model = LanguageModel.open(folder, 1);
        var backend = backend(model)) {
      Conversation offered =
          conversation(
              "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":[{\"function\":{\"name\":\"f\"}}]}");
      var error =
          assertThrows(
              UnsupportedConversationException.class,
              () -> backend.encodeChat(offered.variables()));
      assertTrue(String.valueOf(error.getMessage()).contains("no tools"), error.getMessage());
      Conversation called =
          conversation(
              "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}]}");
      error =
          assertThrows(
              UnsupportedConversationException.class, () -> backend.encodeChat(called.variables()));
      assertTrue(String.valueOf(error.getMessage()).contains("tool_calls"), error.getMessage());
    }
  }

  @Test
  void whatMustBeCalledIsCalledWithArgumentsThatFit() throws Exception {
    TinyModel.write(folder);
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "chat_template", TEMPLATE + "{# <tool_call></tool_call><think></think> #}")));
    try (var model = LanguageModel.open(folder, 1);
        var backend = backend(model)) {
      var served =
          new ServedModel(
              "tiny",
              "weights/0",
              ModelCard.named("tiny"),
              backend,
              new ServedModel.Defaults(120, 1, 1, 1));
      for (long seed = 0; seed < 3; seed++) {
        GenerationRequest request =
            GenerationRequest.read(
                CompletionKind.CHAT,
                JsonFields.parse(
                    """
                    {"messages":[{"role":"user","content":"a"}],"tool_choice":"required","reasoning_budget":3,
                     "tools":[{"function":{"name":"f","parameters":{"type":"object","required":["n"],
                       "properties":{"n":{"enum":[1,22]}},"additionalProperties":false}}}]}\
                    """
                        .getBytes(StandardCharsets.UTF_8)),
                served,
                new Random(seed));
        GenerationRequest.Choice choice = request.choices().getFirst();
        var read =
            new ReadAnswer(
                backend,
                choice.prompt(),
                () -> "id",
                AnswerMasking.NOTHING,
                AnswerModeration.NOTHING);
        var answer = backend.generate(request.of(choice, false));
        while (answer.hasNext()) {
          switch (answer.next()) {
            case Event.PromptToken _ -> {}
            case Event.Token token -> read.token(token.id(), token.text());
            case Event.Done done -> {
              assertEquals(FinishReason.STOP, done.reason());
              read.end(done.reason());
            }
          }
        }
        Answer.Call call = read.answer().calls().getFirst();
        assertEquals("", call.defect());
        assertTrue(
            call.arguments().replace(" ", "").matches("\\{\"n\":(1|22)\\}"), call.arguments());
      }
    }
  }

  @Test
  void aRatingKeepsCallsAfterTheText() {
    Conversation called =
        conversation(
            """
            {"messages":[{"role":"assistant","content":"Wait.","tool_calls":[
              {"id":"1","function":{"name":"f","arguments":"{}"}}]}]}\
            """);
    assertEquals(
        "Wait.\n"
            + "[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":{}}}]",
        called.said().getFirst().content());
  }
}
