package dev.imago.templates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.templates.jinja.RandomTemplates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Our chat templates against transformers': see `conformance/README.md`.
@Tag("conformance")
class ChatTemplateConformanceTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-07-26T09:05:07.001234Z"), ZoneOffset.UTC);
  private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

  private static final int CHATS_A_TEMPLATE = 300;
  private static final int RANDOM_TEMPLATES = 6_000;

  @TempDir private Path folder;

  private record Case(String template, Map<String, Object> variables) {}

  @BeforeEach
  void needPeers() {
    assumeTrue(
        System.getenv("IMAGO_PEERS") != null, "IMAGO_PEERS does not name a Python with the peers");
  }

  private JsonNode transformers(String act, List<Case> cases) throws Exception {
    Path asked = Files.write(folder.resolve("cases.json"), JSON.writeValueAsBytes(cases));
    Path answers = folder.resolve("answers.json");
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                System.getenv("IMAGO_PEERS"),
                ROOT.resolve("conformance/chat_templates.py").toString(),
                act,
                asked.toString(),
                answers.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(log));
    return JSON.readTree(Files.readAllBytes(answers));
  }

  /// Requires the same text, or the same refusal, of every case.
  ///
  /// @return how many had a text
  private int compare(String act, List<Case> cases, Function<Case, String> ours) throws Exception {
    JsonNode theirs = transformers(act, cases);
    int rendered = 0;
    for (int i = 0; i < cases.size(); i++) {
      JsonNode expected = theirs.get(i);
      if (expected.has("skipped")) {
        continue;
      }
      // Through JSON, as the other side reads it.
      Case one =
          new Case(
              cases.get(i).template(),
              JSON.convertValue(JSON.valueToTree(cases.get(i).variables()), Map.class));
      String got;
      try {
        got = ours.apply(one);
      } catch (IllegalArgumentException e) {
        String words = expected.path("refused").asString("");
        assertTrue(
            expected.has("refused") && String.valueOf(e.getMessage()).endsWith(words),
            () -> e.getMessage() + "\nnot " + expected + "\nof " + one);
        continue;
      }
      assertEquals(expected.path("text").asString("refused"), got, one::toString);
      rendered++;
    }
    return rendered;
  }

  private static String render(Case one) {
    return ChatTemplate.of(one.template, TOKENS, CLOCK).render(one.variables);
  }

  private static List<String> realTemplates() throws IOException {
    String named = System.getenv("IMAGO_SHARED");
    Path templates =
        (named == null ? ROOT.resolve("../shared") : Path.of(named)).resolve("data/chat_templates");
    assumeTrue(Files.isDirectory(templates), "the shared data is not beside the repository");
    var all = new ArrayList<String>();
    try (Stream<Path> found = Files.list(templates)) {
      for (Path file : found.filter(f -> f.toString().endsWith(".jinja")).sorted().toList()) {
        all.add(Files.readString(file));
      }
    }
    all.add(ChatTemplate.CHATML);
    return all;
  }

  private static List<Case> realCases(long seed) throws IOException {
    var chats = new RandomChats(seed);
    var cases = new ArrayList<Case>();
    for (String template : realTemplates()) {
      for (int i = 0; i < CHATS_A_TEMPLATE; i++) {
        cases.add(new Case(template, chats.next()));
      }
    }
    return cases;
  }

  @Test
  void realTemplatesRenderAsTransformersRendersThem() throws Exception {
    List<Case> cases = realCases(31);
    int rendered = compare("render", cases, ChatTemplateConformanceTest::render);
    assertTrue(rendered > cases.size() / 2, rendered + " of " + cases.size() + " were rendered");
  }

  @Test
  void theLastMessageIsContinuedAsTransformersContinuesIt() throws Exception {
    var cases = new ArrayList<Case>();
    for (Case one : realCases(32)) {
      if (one.variables.get("messages") instanceof List<?> messages && !messages.isEmpty()) {
        one.variables.remove("add_generation_prompt");
        cases.add(one);
      }
    }
    int rendered =
        compare(
            "continue",
            cases,
            one -> ChatTemplate.of(one.template, TOKENS, CLOCK).renderToContinue(one.variables));
    assertTrue(rendered > cases.size() / 4, rendered + " of " + cases.size() + " were rendered");
  }

  @Test
  void randomTemplatesRenderAsTransformersRendersThem() throws Exception {
    var templates = new RandomTemplates(33);
    var cases = new ArrayList<Case>();
    for (int i = 0; i < RANDOM_TEMPLATES; i++) {
      cases.add(new Case(templates.next(), RandomTemplates.VARIABLES));
    }
    int rendered = compare("render", cases, ChatTemplateConformanceTest::render);
    assertTrue(rendered > cases.size() / 5, rendered + " of " + cases.size() + " were rendered");
  }

  @Test
  void theFeaturesTextsAreStillTransformers() throws Exception {
    var variables =
        JSON.readValue(RandomTemplates.class.getResourceAsStream("variables.json"), Map.class);
    var cases = new ArrayList<Case>();
    JsonNode features = JSON.readTree(RandomTemplates.class.getResourceAsStream("features.json"));
    for (JsonNode feature : features) {
      cases.add(new Case(feature.get("template").asString(), variables));
    }
    JsonNode theirs = transformers("render", cases);
    for (int i = 0; i < cases.size(); i++) {
      assertEquals(features.get(i).path("text"), theirs.get(i).path("text"), cases.get(i).template);
    }
  }
}
