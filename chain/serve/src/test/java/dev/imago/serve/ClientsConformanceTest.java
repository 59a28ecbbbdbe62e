package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.model.Output;
import dev.imago.templates.ChatMessage;
import dev.imago.tensor.Operations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// OpenAI's own clients, streaming from a real model: what they read is what the engine says.
@Tag("conformance")
class ClientsConformanceTest {
  private static final Path SCRIPTS = Path.of(System.getProperty("imago.root"), "conformance");

  /// ChatML that names tools and shows calls of them.
  static final String TEMPLATE =
      "{% for t in tools or [] %}{{ t.function.name }} {% endfor %}"
          + "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}"
          + "{% for c in m.tool_calls %}<tool_call>{{ c.function.name }}{% endfor %}"
          + "<|im_end|>\n{% endfor %}"
          + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

  @TempDir Path folder;

  /// What runs a script of OpenAI's client for Python.
  static List<String> python(String script, String... arguments) {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(
        python != null, "skipped: IMAGO_PEERS names no Python with the package openai");
    var words = new ArrayList<>(List.of(python, SCRIPTS.resolve(script).toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  /// Where clients for Node are found.
  static Path node(String module) {
    String peers = System.getenv("IMAGO_NODE_PEERS");
    Assumptions.assumeTrue(
        peers != null && Files.exists(Path.of(peers, "node_modules", module)),
        "skipped: IMAGO_NODE_PEERS names no folder with node_modules/" + module);
    return Path.of(peers);
  }

  @Test
  void theClientForPythonReadsAllOfIt() throws Exception {
    ask(python("openai_client.py"), folder, null);
  }

  @Test
  void theClientForNodeReadsAllOfIt() throws Exception {
    ask(
        List.of("node", "--input-type=module", "-"),
        node("openai"),
        SCRIPTS.resolve("openai_client.mjs"));
  }

  private static List<String> java(String kind) {
    String peers = System.getenv("IMAGO_JAVA_PEERS");
    Assumptions.assumeTrue(
        peers != null && Files.isDirectory(Path.of(peers)),
        "skipped: IMAGO_JAVA_PEERS names no folder with the jars of com.openai:openai-java");
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        Path.of(String.valueOf(peers), "*").toString(),
        SCRIPTS.resolve("OpenAiClient.java").toString(),
        kind);
  }

  @Test
  void theClientForJavaReadsAllOfIt() throws Exception {
    JsonNode seen = ask(java("language"), folder, null);
    String answer = seen.get("chat").stringValue();
    for (String same : List.of("response", "responseStream", "retrieved", "background")) {
      assertEquals(answer, seen.path(same).asString(), same);
    }
    assertEquals("incomplete", seen.path("status").asString());
    assertTrue(seen.path("responseStreamEnd").asBoolean());
    assertEquals("404", seen.path("deleted").path(1).toString());
    String cancelled = seen.path("cancelled").asString(); // or it had ended before
    assertTrue(List.of("cancelled", "incomplete").contains(cancelled), cancelled);
    assertEquals("[\"requests.jsonl\"]", seen.path("files").toString());
    assertEquals("[\"completed\",2]", seen.path("batch").toString());
    String text = seen.get("text").stringValue();
    assertEquals(Running.JSON.valueToTree(List.of(text, text)), seen.path("answers"));
    assertTrue(seen.path("file").asBoolean() && seen.path("removed").asBoolean());
  }

  /// Asks a server of a model that reads.
  private interface Reader {
    JsonNode ask(String kind, String address) throws Exception;
  }

  @Test
  void theClientForJavaReadsVectorsAndVerdicts() throws Exception {
    readVectorsAndVerdicts((kind, address) -> run(folder, java(kind), folder, null, address));
  }

  @Test
  void theClientForPythonReadsVectorsAndVerdicts() throws Exception {
    readVectorsAndVerdicts(
        (kind, address) -> run(folder, python("openai_readers.py", kind), folder, null, address));
  }

  @Test
  void theClientForNodeReadsVectorsAndVerdicts() throws Exception {
    Path where = node("openai");
    readVectorsAndVerdicts(
        (kind, address) ->
            run(
                folder,
                List.of("node", "--input-type=module", "-", kind),
                where,
                SCRIPTS.resolve("openai_readers.mjs"),
                address));
  }

  private void readVectorsAndVerdicts(Reader reader) throws Exception {
    LabellingTest.trainTokenizer();
    Output vectors = new Output.Embedding(Operations.Pooling.FIRST);
    try (Server server = LabellingTest.server(folder, vectors, Map.of())) {
      JsonNode seen = reader.ask("vectors", server.address().toString());
      for (String form : seen.has("packed") ? List.of("vectors", "packed") : List.of("vectors")) {
        assertEquals(0.6, seen.path(form).path(0).path(0).asDouble(), 1e-6);
        assertEquals(0.8, seen.path(form).path(0).path(1).asDouble(), 1e-6);
      }
      assertTrue(seen.path("tokens").asBoolean());
    }
    Output harm = new Output.Classes(List.of("ok", "violence"));
    try (Server server = LabellingTest.server(folder, harm, Map.of())) {
      JsonNode seen = reader.ask("verdicts", server.address().toString());
      assertEquals("[true]", seen.path("flagged").toString());
      assertTrue(seen.path("violence").asBoolean());
      assertEquals(1 / (1 + Math.exp(-2)), seen.path("score").asDouble(), 1e-6);
    }
  }

  /// @param script the peer's standard input, or null
  private JsonNode ask(
      List<String> command, Path where, @org.jspecify.annotations.Nullable Path script)
      throws Exception {
    Path written = TinyModel.write(folder.resolve("model"));
    Files.writeString(
        written.resolve("tokenizer_config.json"),
        Running.JSON.writeValueAsString(
            Map.of("eos_token", "<|endoftext|>", "chat_template", TEMPLATE)));
    try (LanguageModel model = LanguageModel.open(written, 1)) {
      var chat =
          List.of(new ChatMessage("system", "Be brief."), new ChatMessage("user", "Grüße, 你好 🦋"));
      int[] prompt = model.chatTemplate().encodeChat(model.tokenizer(), chat, true);
      String chatAnswer = answer(model, prompt);
      String textAnswer = answer(model, model.tokenizer().encodeOrdinary("Say"));
      JsonNode seen;
      try (Server server = Server.start(Running.config(folder), model, System.err)) {
        seen = run(folder, command, where, script, server.address().toString());
      }
      assertEquals("[\"tiny\"]", seen.get("models").toString());
      assertEquals("tiny", seen.get("model").stringValue());
      assertFalse(chatAnswer.isEmpty());
      assertEquals(chatAnswer, seen.get("chat").stringValue());
      assertEquals(chatAnswer, seen.get("chatStream").stringValue());
      assertEquals("length", seen.get("finish").stringValue());
      assertEquals("length", seen.get("chatStreamFinish").stringValue());
      String usage = "[%d,24,%d]".formatted(prompt.length, prompt.length + 24);
      assertEquals(usage, seen.get("usage").toString());
      assertEquals(usage, seen.get("chatStreamUsage").toString());
      assertEquals(
          Running.JSON.valueToTree(List.of(List.of(0, chatAnswer), List.of(1, chatAnswer))),
          seen.get("choices"));
      assertEquals(seen.get("loop"), seen.get("loopStream"));
      assertEquals("tool_calls", seen.get("loop").get(0).get(0).stringValue());
      assertEquals("[\"tool_calls\",[[\"now\",{}]]]", seen.get("loop").get(1).toString());
      assertEquals("[]", seen.get("loop").get(2).get(1).toString());
      assertEquals(textAnswer, seen.get("text").stringValue());
      assertEquals(textAnswer, seen.get("textStream").stringValue());
      List<String> refused = List.of("temperature", "model", "max_tokens", "verbosity");
      List<String> codes =
          List.of("", "model_not_found", "context_length_exceeded", "unsupported_parameter");
      for (int i = 0; i < refused.size(); i++) {
        JsonNode error = seen.get("errors").get(i);
        String name = i == 1 ? "NotFound" : "BadRequest";
        assertTrue(error.get(0).stringValue().matches(name + "(Error|Exception)"), name);
        assertEquals(i == 1 ? 404 : 400, error.get(1).intValue());
        assertEquals(refused.get(i), error.get(2).stringValue());
        assertEquals(codes.get(i), error.get(3).asString(""));
      }
      return seen;
    }
  }

  static String answer(LanguageModel model, int[] prompt) {
    var text = new StringBuilder();
    try (var engine = new Engine(model, 1, TinyModel.CONTEXT)) {
      var generation = engine.submit(new Request(prompt, Sampling.greedy(24)));
      while (generation.hasNext()) {
        if (generation.next() instanceof Event.Token(int id, String piece, var _)) {
          text.append(piece);
        }
      }
    }
    return text.toString();
  }

  static JsonNode run(
      Path folder,
      List<String> command,
      Path where,
      @org.jspecify.annotations.Nullable Path script,
      String address)
      throws IOException, InterruptedException {
    var withAddress = new ArrayList<>(command);
    withAddress.add(address);
    Path errors = folder.resolve("peer-errors.txt");
    var builder =
        new ProcessBuilder(withAddress).directory(where.toFile()).redirectError(errors.toFile());
    builder.environment().put("PYTHONIOENCODING", "utf-8");
    if (script != null) {
      builder.redirectInput(script.toFile());
    }
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), () -> read(errors));
    return Running.JSON.readTree(out);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
