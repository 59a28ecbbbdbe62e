package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Cards from lineage, and what may be published.
class CardCommandTest {
  private static final String MODEL = "weights/" + "a".repeat(64);
  private static final String CORPUS = "corpus/" + "c".repeat(64);

  private static final String ANSWERS =
      """
      name: tiny
      license: apache-2.0
      license_file: licence.txt
      authors: The team
      contact: team@example.org
      intended_use: A test.
      out_of_scope_use: All else.
      risks: It is small.
      sources_licence: Written by the team.
      """;

  @TempDir Path folder;
  private Path workspace;
  private Path answers;

  @BeforeEach
  void chain() throws Exception {
    workspace = folder.resolve("ws");
    answers = folder.resolve("answers.yaml");
    Files.writeString(folder.resolve("licence.txt"), "Take it.");
    Files.writeString(answers, ANSWERS);
    corpus("cc0-1.0");
    Path rejects = folder("corpus/" + "d".repeat(64));
    try (var writer = new Documents.Writer(rejects, "rejects")) {
      writer.write(new Document("3", "x", "s", Map.of("rule", "too|short<b>")));
    }
    manifest("corpus/" + "d".repeat(64));
    provenance(CORPUS, "prepare");
    run(
        "prepare",
        "",
        "\"corpus\":\"%s\",\"rejects\":\"corpus/%s\"".formatted(CORPUS, "d".repeat(64)));
    Path model = folder(MODEL);
    Files.writeString(model.resolve("config.json"), "{}");
    Files.writeString(model.resolve("README.md"), "---\nlanguage: en\n---\n");
    manifest(MODEL);
    provenance(MODEL, "pretrain", CORPUS);
    String scores = "scores/" + "e".repeat(64);
    Files.writeString(
        folder(scores).resolve("scores.json"),
        """
        {"scores":[{"name":"chrf.tuned","value":9.5,"low":8.5,"high":10.5,"n":40,"unit":"0–100"},
                   {"name":"chrf.retrieval","value":17,"low":12,"high":22,"n":40,"unit":"0–100"}]}
        """);
    manifest(scores);
    provenance(scores, "evaluate", MODEL);
    run("evaluate", "\"tuned[0]\":\"%s\"".formatted(MODEL), "\"scores\":\"%s\"".formatted(scores));
  }

  private Path folder(String ref) throws Exception {
    return Files.createDirectories(workspace.resolve("artifacts").resolve(ref));
  }

  private void corpus(String licence) throws Exception {
    try (var writer = new Documents.Writer(folder(CORPUS), "train")) {
      writer.write(new Document("1", "One.", "s", Map.of("language", "en", "licence", licence)));
      writer.write(new Document("2", "Two.", "s", Map.of("language", "en")));
    }
    manifest(CORPUS);
  }

  private void manifest(String ref) throws Exception {
    Path to = folder(ref);
    String files;
    try (Stream<Path> all = Files.list(to)) {
      files =
          all.filter(f -> !f.endsWith("manifest.json") && !f.endsWith("provenance.json"))
              .map(
                  f ->
                      "{\"path\":\"%s\",\"bytes\":%d,\"sha256\":\"%s\",\"modifiedMillis\":0}"
                          .formatted(f.getFileName(), f.toFile().length(), "0".repeat(64)))
              .collect(Collectors.joining(","));
    }
    String[] name = ref.split("/");
    Files.writeString(
        to.resolve("manifest.json"),
        "{\"kind\":\"%s\",\"hash\":\"%s\",\"files\":[%s]}".formatted(name[0], name[1], files));
  }

  private void provenance(String ref, String stage, String... inputs) throws Exception {
    String from =
        Stream.of(inputs)
            .map(i -> i.split("/"))
            .map("{\"kind\":\"%s\",\"hash\":\"%s\"}"::formatted)
            .collect(Collectors.joining(","));
    Files.writeString(
        folder(ref).resolve("provenance.json"),
        "{\"stage\":\"%s\",\"stageVersion\":1,\"inputs\":[%s],\"configJson\":\"{}\",\"seed\":7,\"codeVersion\":\"\",\"machine\":\"\",\"started\":\"2026-01-01T00:00:00Z\",\"finished\":\"2026-01-01T00:00:09Z\"}"
            .formatted(stage, from));
  }

  private void run(String stage, String inputs, String outputs) throws Exception {
    Path to = Files.createDirectories(workspace.resolve("runs/20260101-000000-000-" + stage));
    Files.writeString(
        to.resolve("run.json"),
        """
        {"id":"20260101-000000-000-%1$s","recipe":"r","step":"%1$s","stage":"%1$s","stageVersion":1,"key":"k",
         "status":"DONE","inputs":{%2$s},"outputs":{%3$s},"config":{},"seed":7,"threads":1,"codeVersion":"",
         "machine":"","started":"2026-01-01T00:00:00Z","seconds":9,"error":""}
        """
            .formatted(stage, inputs, outputs));
    if (stage.equals("evaluate")) {
      return;
    }
    Files.writeString(
        to.resolve("metrics.jsonl"), "{\"step\":1,\"loss\":2,\"energyJoulesEstimated\":7200}\n");
  }

  private Said imago(Object... words) {
    return Said.imago(
        Stream.concat(Stream.of("--workspace", workspace), Stream.of(words)).toArray());
  }

  @Test
  void tellsWhatLineageKnowsAndMarksTheRest() {
    Said said = imago("card", MODEL);

    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("| cc0-1.0 | 1 |\n| none stated | 1 |"), said.out());
    assertTrue(said.out().contains("| too\\|short&lt;b> | 1 |"), said.out());
    assertTrue(said.out().contains("| chrf.tuned | 9.500 | 8.500 to 10.50 | 40 | 0–100 |"));
    assertTrue(said.out().contains("**[Not answered: intended_use."), said.out());
    assertTrue(said.out().contains("7.200 kJ, an estimate"), said.out());
    assertFalse(said.out().contains("retrieval"), "that is another system's score");
    assertTrue(said.err().contains("open: carbon_intensity"), said.err());
  }

  @Test
  void asksWhatIsOpenAndTakesTheAnswers() throws Exception {
    Path questions = folder.resolve("questions.yaml");
    assertEquals(0, imago("card", MODEL, "--questions", questions).exit());
    String asked = Files.readString(questions);
    assertTrue(asked.contains("\nlicense:\n"), asked);
    assertFalse(asked.contains("base_model"), "it was made from nothing");
    assertEquals(2, imago("card", MODEL, "--questions", questions).exit(), "answers are kept");

    Files.writeString(
        answers,
        ANSWERS
            + "carbon_intensity: {grams_per_kwh: 500, year: 2024, source: a table, region: X}\n");
    Said said = imago("card", MODEL, "--answers", answers);
    assertEquals(0, said.exit(), said.err());
    assertFalse(said.out().contains("Not answered"), said.out());
    JsonNode front = YAMLMapper.shared().readTree(said.out().split("---\n")[1]);
    assertEquals("apache-2.0", front.path("license").asString(""));
    assertEquals(1.0, front.path("co2_eq_emissions").path("emissions").asDouble(), 1e-9);
    JsonNode result = front.path("model-index").path(0).path("results").path(0);
    assertEquals(9.5, result.path("metrics").path(0).path("value").asDouble());
    assertEquals(1, result.path("metrics").size());
  }

  @Test
  void refusesAnswersThatNobodyAskedFor() throws Exception {
    for (String wrong :
        List.of(
            "licence: mit",
            "license: [mit]",
            "carbon_intensity: {grams_per_kwh: -1}",
            "license: {")) {
      Files.writeString(answers, wrong);
      Said said = imago("card", MODEL, "--answers", answers);
      assertEquals(2, said.exit(), wrong + said.err());
    }
    assertEquals(2, imago("card", "scores/" + "e".repeat(64)).exit());
  }

  @Test
  void publishesWhatNothingForbids() throws Exception {
    Path to = folder.resolve("out");
    assertEquals(2, imago("publish", MODEL, "--out", to, "--answers", answers).exit());
    assertFalse(Files.exists(to));
    Files.writeString(
        answers, ANSWERS + "carbon_intensity: {grams_per_kwh: 500, year: 2024, source: a table}\n");

    Said said = imago("publish", MODEL, "--out", to, "--answers", answers);

    assertEquals(0, said.exit(), said.err());
    try (Stream<Path> files = Files.list(to)) {
      assertEquals(
          List.of("LICENSE", "README.md", "config.json"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
    assertEquals("Take it.", Files.readString(to.resolve("LICENSE")));
    assertFalse(Files.readString(to.resolve("README.md")).contains("draft"));
    assertEquals(2, imago("publish", MODEL, "--out", to, "--answers", answers).exit());
  }

  @Test
  void refusesWhereALicenceForbidsAndMarksADraft() throws Exception {
    corpus("https://creativecommons.org/licenses/by-nc-nd/4.0/");
    Path to = folder.resolve("out");
    Said said = imago("publish", MODEL, "--out", to, "--answers", answers);
    assertEquals(2, said.exit());
    assertTrue(said.err().contains("forbidden: 1 documents are under"), said.err());
    assertFalse(Files.exists(to));

    assertEquals(0, imago("publish", MODEL, "--out", to, "--answers", answers, "--draft").exit());
    assertTrue(Files.readString(to.resolve("README.md")).contains("**A draft.**"));
  }

  @Test
  void aCorpusUnderShareAlikeStaysSo() throws Exception {
    corpus("cc0-1.0");
    try (var writer = new Documents.Writer(folder(CORPUS), "heldout")) {
      writer.write(new Document("9", "Nine.", "s", Map.of("licence", "CC-BY-SA-4.0")));
    }
    manifest(CORPUS);
    Path to = folder.resolve("out");
    assertTrue(
        imago("publish", CORPUS, "--out", to, "--answers", answers)
            .err()
            .contains("asks for the same licence"),
        "what is held out goes out, too");
    corpus("CC-BY-SA-4.0");
    Said said = imago("publish", CORPUS, "--out", to, "--answers", answers);
    assertEquals(2, said.exit());
    assertTrue(said.err().contains("asks for the same licence"), said.err());
    Said card = imago("card", CORPUS, "--answers", answers);
    assertTrue(card.out().contains("size_categories:\n- n<1K"), card.out());
    assertEquals("10K<n<100K", CardText.sizeCategory(10_000));
  }
}
