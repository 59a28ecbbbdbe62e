package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Ending;
import dev.imago.generate.Penalties;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a request may hold, and what the model is asked for it.
class RequestsTest {
  @TempDir Path folder;
  private Running running;

  @BeforeEach
  void start() {
    running = Running.scripted(folder);
  }

  @AfterEach
  void stop() {
    running.close();
  }

  @Test
  void continuesATextWithTheBlankThatBelongsToItAndAnswersAChatWithout() throws Exception {
    running.post("/v1/completions", "{\"prompt\":\"Say\"}");
    assertTrue(running.backend.asked.take().continued());
    running.chat(Running.hello(""));
    assertFalse(running.backend.asked.take().continued());
  }

  @Test
  void beginsATextAsTheVocabularyAsksUnlessToldNotTo() throws Exception {
    for (List<String> each :
        List.of(
            List.of("\"Say\"", "^Say"),
            List.of("\"Say\",\"add_special_tokens\":false", "Say"),
            List.of("[\"Say\"]", "^Say"),
            List.of("\"\"", "^"),
            List.of("[83,97]", "Sa"),
            List.of("[[83,97]]", "Sa"))) {
      HttpResponse<String> response =
          running.post("/v1/completions", "{\"prompt\":" + each.getFirst() + "}");
      assertEquals(200, response.statusCode(), response.body());
      assertEquals(each.getLast(), running.backend.asked.take().prompt());
    }
    running.post("/v1/completions", "{}");
    assertEquals("^", running.backend.asked.take().prompt(), "no prompt begins a document");
  }

  @Test
  void passesSettingsOn() throws Exception {
    running.chat(
        Running.hello(
            "\"temperature\":0.25,\"top_p\":0.5,\"top_k\":7,\"min_p\":0.1,\"typical_p\":0.9,"
                + "\"repetition_penalty\":1.5,\"presence_penalty\":-0.5,\"frequency_penalty\":2,"
                + "\"logit_bias\":{\"65\":-100},\"seed\":42,\"stop\":[\"a\",\"b\"],"
                + "\"stop_token_ids\":[66,67],\"ignore_eos\":true,\"min_tokens\":2,\"max_completion_tokens\":9"));
    assertEquals(
        new Sampling(
            0.25f,
            new SamplingTruncation(7, 0.5f, 0.1f, 0.9f),
            new Penalties(1.5f, -0.5f, 2f, Map.of(65, -100f)),
            42,
            new Ending(9, 2, true, Set.of(66, 67), List.of("a", "b"))),
        running.backend.asked.take().sampling());
    running.chat(Running.hello("\"repeat_penalty\":1.25,\"top_k\":-1"));
    Sampling other = running.backend.asked.take().sampling();
    assertEquals(1.25f, other.penalties().repetition(), "llama.cpp's name for it");
    assertEquals(0, other.truncation().topK(), "vLLM's word for all");
  }

  @Test
  void takesDefaultsForWhatIsLeftOutOrNull() throws Exception {
    running.chat(Running.hello("\"temperature\":null,\"stop\":\"\\n\\n\",\"n\":1,\"user\":\"me\""));
    running.chat(Running.hello(""));
    var first = running.backend.asked.take().sampling();
    var second = running.backend.asked.take().sampling();
    assertEquals(0.7f, first.temperature());
    assertEquals(0.95f, first.truncation().topP());
    assertEquals(1, first.penalties().repetition());
    assertEquals(List.of("\n\n"), first.ending().stop());
    assertEquals(100 - 11, first.ending().maxTokens(), "what the context leaves");
    assertNotEquals(first.seed(), second.seed());
  }

  @Test
  void readsPartsAndRoles() throws Exception {
    running.chat(
        "{\"messages\":[{\"role\":\"developer\",\"content\":\"Be brief.\"},"
            + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hel\"},{\"type\":\"text\",\"text\":\"lo\"}]}]}");
    assertEquals("system:Be brief.\nuser:Hello\n", running.backend.asked.take().prompt());
  }

  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"rain\",\"parameters\":{\"type\":\"object\"}}}]";
  private static final String CALLED =
      """
      "messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
          "function":{"name":"rain","arguments":"{\\"in\\":\\"Paris\\",\\"days\\":2}"}}]},
        {"role":"tool","tool_call_id":"c1","name":"rain","content":"none"}]\
      """;

  @Test
  void readsToolsCallsAndWhatTheyGave() throws Exception {
    try (var wide =
        new Running(Running.config(folder.resolve("wide")), new ScriptedBackend(1000, "a"))) {
      assertEquals(
          """
          user:hi
          assistant: tool_calls=[{id=c1, type=function, function={name=rain, arguments={in=Paris, days=2}}}]
          tool:none tool_call_id=c1 name=rain
          """,
          asked(wide, "{" + CALLED + "}"));
      String tool = "{type=function, function={name=rain, parameters={type=object}}}\n";
      String free = asked(wide, Running.hello(TOOLS + ",\"tool_choice\":\"auto\""));
      assertTrue(free.endsWith("\n" + tool), free);
      String none = asked(wide, Running.hello(TOOLS + ",\"tool_choice\":\"none\""));
      assertFalse(none.contains("rain"), none);
    }
  }

  private static String asked(Running running, String body) throws Exception {
    HttpResponse<String> response = running.chat(body);
    assertEquals(200, response.statusCode(), response.body());
    return running.backend.asked.take().prompt();
  }

  @Test
  void refusesBrokenCalls() throws Exception {
    String at = "messages[1].tool_calls[0].";
    Running.assertError(
        running.chat("{" + CALLED.replace("{\\\"in\\\"", "[{\\\"in\\\"") + "}"),
        400,
        at + "function.arguments",
        "JSON object in a string");
    Running.assertError(
        running.chat("{" + CALLED.replace("\"id\":\"c1\",", "") + "}"), 400, at + "id", "missing");
    Running.assertError(
        running.chat(
            "{" + CALLED.replace("\"assistant\"", "\"user\"").replace("null", "\"x\"") + "}"),
        400,
        "messages[1].tool_calls",
        "only an assistant");
    Running.assertError(
        running.chat("{" + CALLED.replace("\"tool_call_id\":\"c1\",", "") + "}"),
        400,
        "messages[2].tool_call_id",
        "missing");
  }
}
