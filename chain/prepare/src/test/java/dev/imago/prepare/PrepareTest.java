package dev.imago.prepare;

import static dev.imago.prepare.Preparing.document;
import static dev.imago.prepare.Preparing.ids;
import static dev.imago.prepare.Preparing.many;
import static dev.imago.prepare.Preparing.prose;
import static dev.imago.prepare.Preparing.read;
import static dev.imago.prepare.Preparing.rules;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.corpus.CorpusRules;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Ngrams;
import dev.imago.fixtures.FakeRun;
import dev.imago.ngram.NgramSettings;
import dev.imago.ngram.NgramTrainer;
import dev.imago.ngram.WordIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PrepareTest {
  private Preparing preparing;

  @BeforeEach
  void aFolderOfItsOwn(@TempDir Path temporary) {
    preparing = new Preparing(temporary);
  }

  @Test
  void everyDocumentIsKeptOrRejectedWithItsRuleAndMeasure() throws Exception {
    List<Document> documents = many(20);
    documents.add(document("short", "prose", "the and two words"));
    documents.add(document("later", "prose", prose(3)));
    documents.add(document("nearly", "prose", prose(4) + "One more line of it."));
    documents.add(document("src/A.java", "code", "class A {" + "x".repeat(1200) + "}"));
    FakeRun run = preparing.run(2);
    Prepare.Outputs out = preparing.prepare(documents, rules(0.2, 0), run);
    List<Document> kept = new ArrayList<>(read(out.corpus(), "train"));
    kept.addAll(read(out.corpus(), "heldout"));
    assertEquals(ids(many(20)), ids(kept));
    assertEquals("en", kept.getFirst().tags().get("language"));
    Map<String, Map<String, String>> rejects =
        read(out.rejects(), "rejects").stream()
            .collect(Collectors.toMap(Document::id, Document::tags));
    assertEquals("gopher-words", rejects.get("short").get("rule"));
    assertEquals("4.000", rejects.get("short").get("measured"));
    assertEquals("exact-duplicate", rejects.get("later").get("rule"));
    assertEquals("doc-3", rejects.get("later").get("of"));
    Document stands = kept.stream().filter(d -> d.id().equals("doc-3")).findFirst().orElseThrow();
    assertEquals("2", stands.tags().get("group"), "it and its copy");
    assertEquals("near-duplicate", rejects.get("nearly").get("rule"));
    assertEquals("doc-4", rejects.get("nearly").get("of"));
    assertEquals("code-longest-line", rejects.get("src/A.java").get("rule"));
    assertEquals("1210", rejects.get("src/A.java").get("measured"));
    assertEquals(List.of("in", "24"), run.row("Prepared", "in").subList(0, 2));
    assertEquals("1", run.row("Prepared", "dropped: gopher-words").get(1));
    assertEquals("Rae et al. 2021, A.1.1", run.row("Prepared", "dropped: gopher-words").get(3));
  }

  @Test
  void proseIsKeptBetweenPercentilesOfItsPerplexity(@TempDir Path folder) throws Exception {
    var words = new WordIds();
    try (var trainer = new NgramTrainer(NgramSettings.of(2), words, folder.resolve("runs"))) {
      for (Document each : many(4)) {
        for (String line : each.text().split("\n")) {
          trainer.add(Arrays.stream(line.split(" ")).mapToInt(words::add).toArray());
        }
      }
      trainer.write(folder.resolve("model.ngram"));
    }
    var model = new Ngrams(new Ref("ngram", "0".repeat(64)), folder);
    CorpusRules half =
        Binder.bind(
            "prepare",
            (ObjectNode)
                JsonMapper.shared()
                    .readTree("{\"prose\": {\"quality\": {\"percentiles\": [0, 50]}}}"),
            rules(0.2, 0));
    FakeRun run = preparing.run(2);
    Prepare.Outputs out = preparing.prepare(many(20), model, half, run);
    List<Document> rejects = read(out.rejects(), "rejects");
    assertEquals(9, rejects.size(), "eleven are at most as unlikely as the eleventh");
    assertTrue(rejects.stream().allMatch(d -> d.tags().get("rule").equals("ngram-perplexity")));
    List<String> kept = read(out.corpus(), "train").stream().map(Document::id).toList();
    assertTrue(kept.contains("doc-0") || kept.contains("doc-1"), "the model knows them: " + kept);
    assertTrue(run.notes().stream().anyMatch(n -> n.contains("of 20 documents")), "" + run.notes());
    assertThrows(ConfigException.class, () -> preparing.prepare(many(3), half, preparing.run(1)));
  }

  @Test
  void threadsChangeNothing() throws Exception {
    List<Document> documents = many(300);
    documents.addAll(
        many(40).stream().map(d -> document("copy-" + d.id(), "prose", d.text() + "x")).toList());
    Prepare.Outputs one = preparing.prepare(documents, rules(0.1, 0), preparing.run(1));
    Prepare.Outputs four = preparing.prepare(documents, rules(0.1, 0), preparing.run(4));
    assertEquals(one.corpus().ref(), four.corpus().ref());
    assertEquals(one.rejects().ref(), four.rejects().ref());
    assertEquals(40, read(one.rejects(), "rejects").size());
  }

  @Test
  void otherShardsOfTheSameDocumentsAndAKillChangeNothing() throws Exception {
    List<Document> documents = many(30);
    documents.addAll(
        many(9).stream().map(d -> document("copy-" + d.id(), "prose", d.text() + "x")).toList());
    Prepare.Outputs one = preparing.prepare(documents, rules(0.1, 0), preparing.run(1));
    var inputs = new Prepare.Inputs(preparing.raw(documents, 3), List.of());
    FakeRun killed = preparing.run(2).killedAfter(20);
    assertThrows(FakeRun.Killed.class, () -> new Prepare().run(inputs, rules(0.1, 0), killed));
    Prepare.Outputs three =
        new Prepare().run(inputs, rules(0.1, 0), killed.killedAfter(Long.MAX_VALUE));
    assertEquals(one.corpus().ref(), three.corpus().ref());
    assertEquals(one.rejects().ref(), three.rejects().ref());
  }

  @Test
  void aCorpusWithoutRejectsSaysSo() throws Exception {
    Prepare.Outputs out = preparing.prepare(many(3), rules(0.1, 0), preparing.run(1));
    assertEquals(List.of(), read(out.rejects(), "rejects"));
    assertEquals(1, Documents.shards(out.rejects().folder(), "rejects").size());
  }

  @Test
  void licencesGoOffCodeAndAddressesAreMaskedEverywhere() throws Exception {
    List<Document> documents = many(5);
    String code =
        "package a;\n\n"
            + "/** Written by ann@mail.mit.edu. */\n"
            + "final class Program { int value = compute(1, 2, 3); }\n";
    documents.add(document("src/A.java", "code", "/* Copyright (c) 2020 X */\n" + code));
    documents.add(document("src/B.java", "code", code));
    documents.add(document("c", "prose", prose(99).replace("river", "93.184.216.34")));
    FakeRun run = preparing.run(1);
    Prepare.Outputs out = preparing.prepare(documents, rules(0.1, 0), run);
    List<Document> kept = new ArrayList<>(read(out.corpus(), "train"));
    kept.addAll(read(out.corpus(), "heldout"));
    Document a = kept.stream().filter(d -> d.id().equals("src/A.java")).findFirst().orElseThrow();
    assertEquals(code.replace("ann@mail.mit.edu", "<EMAIL>"), a.text());
    assertEquals("java", a.tags().get("language"));
    assertEquals("1", a.tags().get("masked"));
    // Without its licence, A is B.
    assertEquals("exact-duplicate", read(out.rejects(), "rejects").getFirst().tags().get("rule"));
    assertEquals("1", run.row("Changed", "licence comments stripped (bytes)").get(1));
    assertTrue(kept.stream().noneMatch(d -> d.text().contains("93.184")));
  }

  @Test
  void languagesThatAreNotWantedAreDropped() throws Exception {
    var d = CorpusRules.defaults();
    var english =
        new CorpusRules(
            0.1,
            0,
            List.of(),
            d.languages(),
            List.of("en"),
            d.prose(),
            d.forms(),
            d.code(),
            true,
            true,
            true,
            0.75,
            d.repeats(),
            d.decontaminate(),
            true,
            true,
            List.of(),
            "mask",
            0);
    List<Document> documents = many(5);
    documents.add(document("zh", "prose", "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少".repeat(6)));
    Prepare.Outputs out = preparing.prepare(documents, english, preparing.run(1));
    Document reject = read(out.rejects(), "rejects").getFirst();
    assertEquals("language", reject.tags().get("rule"));
    assertEquals("zh", reject.tags().get("language"));
  }

  @Test
  void whatShrinksIsToldWithAnExampleAndTheSetting() throws Exception {
    List<Document> documents = many(20);
    for (int i = 0; i < 5; i++) {
      documents.add(document("copy-" + i, "prose", prose(i)));
    }
    FakeRun run = preparing.run(1);
    preparing.prepare(documents, rules(0.1, 0), run);
    String told = String.join("\n", run.notes());
    assertTrue(told.contains("5 of 25 documents"), told);
    assertTrue(told.contains("exact-duplicate") && told.contains("doc-0 «"), told);
    assertTrue(told.contains("prepare.exactDuplicates=true"), told);
  }

  @Test
  void tooLittleThatIsLeftIsOneClearError() throws Exception {
    List<Document> documents = List.of(document("a", "code", "x"), document("b", "code", "y"));
    String message =
        String.valueOf(
            assertThrows(
                    InputException.class,
                    () -> preparing.prepare(documents, rules(0.1, 0), preparing.run(1)))
                .getMessage());
    assertTrue(message.startsWith("none of 2 documents is left"), message);
    assertTrue(message.contains("the rule code-characters dropped 2, measuring 1.000"), message);
  }

  @Test
  void whatStandsInATestIsDroppedAndToldWithTaskItemAndWords(@TempDir Path folder)
      throws Exception {
    String question = "How many machines does the doctor in the village by the river own?";
    Path tests = folder.resolve("quiz.jsonl");
    java.nio.file.Files.writeString(tests, "{\"question\": \"" + question + "\"}\n");
    List<Document> documents = many(10);
    documents.add(
        document(
            "leak", "prose", prose(50) + "ann@mail.mit.edu asks: " + question + "\n" + prose(51)));
    var settings = tools.jackson.databind.json.JsonMapper.shared().createObjectNode();
    settings.putObject("decontaminate").putArray("against").add(tests.toString());
    CorpusRules config = dev.imago.core.Binder.bind("prepare", settings, CorpusRules.defaults());
    Prepare.Outputs out = preparing.prepare(documents, config, preparing.run(2));
    Map<String, String> tags = read(out.rejects(), "rejects").getFirst().tags();
    assertEquals(
        "contaminated quiz line 1",
        tags.get("rule") + " " + tags.get("task") + " " + tags.get("item"));
    assertTrue(
        tags.getOrDefault("words", "").contains("<EMAIL> asks: " + question), tags.toString());
    String hit = java.nio.file.Files.readString(out.rejects().folder().resolve(EachDocument.HITS));
    assertTrue(hit.startsWith("{\"document\":\"leak\",\"task\":\"quiz\""), hit);
    assertTrue(!hit.contains("ann@mail"), hit);
    assertTrue(new Prepare().external(config).contains("quiz.jsonl"));
  }

  @Test
  void whatAnEarlierCorpusHasIsLeftOutAndNamesItThere() throws Exception {
    Prepare.Outputs earlier = preparing.prepare(many(10), rules(0.2, 0), preparing.run(1));
    var signed =
        new SignCorpus()
            .run(
                new SignCorpus.Inputs(earlier.corpus()),
                SignCorpus.Config.defaults(),
                preparing.run(2))
            .signatures();
    List<Document> documents = new ArrayList<>();
    for (int i = 5; i < 15; i++) {
      documents.add(document("new-" + i, "prose", prose(i)));
    }
    Prepare.Outputs out = preparing.prepare(documents, List.of(signed), rules(0.2, 0));
    List<Document> rejects = read(out.rejects(), "rejects");
    assertEquals(5, rejects.size());
    for (Document each : rejects) {
      assertEquals(each.id().replace("new-", "doc-"), each.tags().get("of"));
    }
  }

  @Test
  void whoIsForgottenStandsInNoCorpusAndNoReject(@TempDir Path folder) throws Exception {
    List<Document> documents = many(10);
    documents.add(document("doc-3#2", "prose", prose(30)));
    documents.add(document("doc-30", "prose", prose(31)));
    Path forgotten = folder.resolve(Forgotten.NAME);
    CorpusRules rules = rules(0.2, 0);
    assertEquals("", new Prepare(forgotten).external(rules));
    assertTrue(Forgotten.add(forgotten, "doc-3"));
    assertTrue(Forgotten.add(forgotten, "doc-7"));
    assertTrue(!Forgotten.add(forgotten, "doc-7"), "it was there");
    assertTrue(new Prepare(forgotten).external(rules).startsWith("forgotten "));
    Prepare.Outputs out =
        preparing.prepare(new Prepare(forgotten), documents, rules, preparing.run(2));
    List<Document> all = new ArrayList<>(read(out.corpus(), "train"));
    all.addAll(read(out.corpus(), "heldout"));
    all.addAll(read(out.rejects(), "rejects"));
    var left = new java.util.TreeSet<>(ids(documents));
    left.removeAll(List.of("doc-3", "doc-3#2", "doc-7"));
    assertEquals(left, new java.util.TreeSet<>(ids(all)));
  }
}
