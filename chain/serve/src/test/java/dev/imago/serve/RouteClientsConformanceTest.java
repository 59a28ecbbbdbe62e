package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.LanguageModel;
import dev.imago.templates.ChatMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// OpenAI's and Anthropic's own clients on responses, files, batches and messages of a real model.
@Tag("conformance")
class RouteClientsConformanceTest {
  private static final Path SCRIPTS = Path.of(System.getProperty("imago.root"), "conformance");

  @TempDir Path folder;

  /// What a client saw, and what the engine says to the same chat.
  private record Seen(JsonNode seen, String answer, int prompt) {}

  private Seen ask(String module, String script) throws Exception {
    return ask(
        List.of("node", "--input-type=module", "-"),
        ClientsConformanceTest.node(module),
        SCRIPTS.resolve(script));
  }

  /// @param script the peer's standard input, or null
  private Seen ask(List<String> command, Path where, @Nullable Path script) throws Exception {
    Path written = TinyModel.write(folder.resolve("model"));
    Files.writeString(
        written.resolve("tokenizer_config.json"),
        Running.JSON.writeValueAsString(
            Map.of(
                "eos_token", "<|endoftext|>", "chat_template", ClientsConformanceTest.TEMPLATE)));
    try (LanguageModel model = LanguageModel.open(written, 1)) {
      var chat =
          List.of(new ChatMessage("system", "Be brief."), new ChatMessage("user", "Grüße, 你好 🦋"));
      int[] prompt = model.chatTemplate().encodeChat(model.tokenizer(), chat, true);
      String answer = ClientsConformanceTest.answer(model, prompt);
      try (Server server = Server.start(Running.config(folder), model, System.err)) {
        JsonNode seen =
            ClientsConformanceTest.run(folder, command, where, script, server.address().toString());
        return new Seen(seen, answer, prompt.length);
      }
    }
  }

  @Test
  void openAisClientForNodeFollowsResponsesFilesAndBatches() throws Exception {
    follows(ask("openai", "openai_routes.mjs"));
  }

  @Test
  void openAisClientForPythonFollowsResponsesFilesAndBatches() throws Exception {
    Seen all = ask(ClientsConformanceTest.python("openai_routes.py"), folder, null);
    follows(all);
    String cancelled = all.seen().path("cancelled").asString(); // or it had ended before
    assertTrue(List.of("cancelled", "incomplete").contains(cancelled), cancelled);
  }

  private static void follows(Seen all) {
    JsonNode seen = all.seen();
    for (String same : List.of("text", "streamed", "final", "fetched", "background")) {
      assertEquals(all.answer(), seen.path(same).asString(), same);
    }
    assertEquals("incomplete", seen.path("status").asString());
    assertEquals("response.incomplete", seen.path("last").asString());
    assertTrue(seen.path("numbers").asBoolean());
    assertEquals(
        "[%d,24,%d]".formatted(all.prompt(), all.prompt() + 24), seen.path("usage").toString());
    assertEquals("[[\"now\",{}]]", seen.path("call").toString());
    assertTrue(seen.path("follows").asBoolean());
    assertEquals(
        "[\"message\",\"function_call\",\"function_call_output\"]", seen.path("items").toString());
    assertEquals(404, seen.path("deleted").asInt());
    assertEquals("[\"requests.jsonl\"]", seen.path("files").toString());
    assertEquals("[\"completed\",2]", seen.path("batch").toString());
    assertEquals(
        Running.JSON.valueToTree(List.of(all.answer(), all.answer())), seen.path("answers"));
    assertEquals(
        "[[\"BadRequestError\",400,\"max_output_tokens\"],[\"BadRequestError\",400,\"truncation\"],"
            + "[\"NotFoundError\",404,\"model\"]]",
        seen.path("errors").toString());
  }

  @Test
  void anthropicsClientReadsMessages() throws Exception {
    Seen all = ask("@anthropic-ai/sdk", "anthropic_client.mjs");
    JsonNode seen = all.seen();
    assertEquals(all.answer(), seen.path("text").asString());
    assertEquals(all.answer(), seen.path("streamed").asString());
    assertEquals("max_tokens", seen.path("reason").asString());
    assertEquals("max_tokens", seen.path("streamedReason").asString());
    String usage = "[%d,24]".formatted(all.prompt());
    assertEquals(usage, seen.path("usage").toString());
    assertEquals(usage, seen.path("streamedUsage").toString());
    assertEquals(all.prompt(), seen.path("counted").asInt());
    assertEquals("[\"tool_use\",[[\"now\",{}]]]", seen.path("call").toString());
    assertEquals("assistant", seen.path("after").asString());
    assertEquals(
        "[[\"NotFoundError\",404,\"not_found_error\"],"
            + "[\"BadRequestError\",400,\"invalid_request_error\"],"
            + "[\"BadRequestError\",400,\"invalid_request_error\"]]",
        seen.path("errors").toString());
  }
}
