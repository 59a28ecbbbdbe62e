package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Artifact;
import dev.imago.core.ConfigException;
import dev.imago.core.InService;
import dev.imago.core.InputException;
import dev.imago.core.Workspace;
import dev.imago.data.Scores;
import dev.imago.data.ServiceDecision;
import dev.imago.data.Weights;
import dev.imago.fixtures.FakeRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Models come into service by what was measured of them, and go back.
class PromotionTest {
  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void models() throws Exception {
    workspace = new Workspace(folder);
    for (char model : "abc".toCharArray()) {
      artifact("weights", model, "config.json", "{}");
    }
    scores('1', "WORSE", 'a', 'b');
    scores('2', "UNDECIDED", 'a', 'b');
  }

  private static String hash(char digit) {
    return String.valueOf(digit).repeat(64);
  }

  private Path artifact(String kind, char digit, String file, String text) throws Exception {
    Path to = Files.createDirectories(folder.resolve("artifacts/" + kind + "/" + hash(digit)));
    Files.writeString(to.resolve(file), text);
    Files.writeString(
        to.resolve("manifest.json"),
        "{\"kind\":\"%s\",\"hash\":\"%s\",\"files\":[{\"path\":\"%s\",\"bytes\":%d,\"sha256\":\"%s\",\"modifiedMillis\":0}]}"
            .formatted(kind, hash(digit), file, text.length(), hash('0')));
    return to;
  }

  private void scores(char digit, String outcome, char... measured) throws Exception {
    Path to =
        artifact(
            "scores",
            digit,
            "scores.json",
            """
            {"scores":[],"verdicts":[
              {"claim":"the tuned model beats the untuned one by ROUGE-L","outcome":"%s",
               "difference":{"name":"rouge-l.tuned-minus-untuned","value":-1.5,"low":-2,"high":-1,"n":40}},
              {"claim":"the tuned model beats retrieval by ROUGE-L","outcome":"WORSE",
               "difference":{"name":"rouge-l.tuned-minus-retrieval","value":-9,"low":-10,"high":-8,"n":40}}]}
            """
                .formatted(outcome));
    String inputs =
        new String(measured)
            .chars()
            .mapToObj(m -> "{\"kind\":\"weights\",\"hash\":\"%s\"}".formatted(hash((char) m)))
            .collect(Collectors.joining(","));
    Files.writeString(
        to.resolve("provenance.json"),
        "{\"stage\":\"evaluate\",\"stageVersion\":3,\"inputs\":[%s],\"configJson\":\"{}\",\"seed\":1,\"codeVersion\":\"\",\"machine\":\"\",\"started\":\"2026-01-01T00:00:00Z\",\"finished\":\"2026-01-01T00:00:00Z\"}"
            .formatted(inputs));
  }

  private Said imago(String... words) {
    Object[] line = new Object[words.length + 2];
    line[0] = "--workspace";
    line[1] = folder;
    System.arraycopy(words, 0, line, 2, words.length);
    return Said.imago(line);
  }

  private String serving() {
    return InService.read(workspace).orElseThrow().model().substring(0, 9);
  }

  private List<JsonNode> decisions() throws Exception {
    return Files.readAllLines(folder.resolve("serving/decisions.jsonl")).stream()
        .map(JsonMapper.shared()::readTree)
        .toList();
  }

  private void refused(String because, String... words) {
    Said said = imago(words);
    assertNotEquals(0, said.exit(), Arrays.toString(words) + said.out());
    assertTrue(said.err().contains(because), said.err());
  }

  @Test
  void aPackedModelComesIntoServiceToo() throws Exception {
    artifact("weights", 'd', "model.gguf", "GGUF");
    assertEquals(0, imago("promote", "weights/dddd").exit());
    assertEquals("weights/d", serving());
    refused("is no model that is served", "promote", "scores/1111");
    Files.writeString(
        artifact("scores", '3', "scores.json", "{\"protocol\":{\"pairs\":0},\"verdicts\":[]}")
            .resolve("provenance.json"),
        Files.readString(folder.resolve("artifacts/scores/" + hash('1') + "/provenance.json"))
            .replace(hash('a'), hash('d'))
            .replace(hash('b'), hash('a')));
    refused("measured no answers", "promote", "weights/aaaa", "--scores", "scores/3333");
  }

  @Test
  void aModelThatIsNotWorseComesIntoServiceAndGoesBackAgain() throws Exception {
    refused("no model is in service", "rollback");
    assertEquals(0, imago("promote", "weights/aaaa").exit());
    assertEquals("weights/a", serving());
    refused("nothing tells whether", "promote", "weights/bbbb");
    refused("rouge-l is worse", "promote", "weights/bbbb", "--scores", "scores/1111");
    refused(
        "no «bleu»",
        "promote",
        "weights/bbbb",
        "--scores",
        "scores/2222,scores/2222",
        "--metric",
        "bleu");
    refused("give --scores", "promote", "weights/bbbb", "--metric", "bleu");
    refused("give --new", "promote", "weights/bbbb", "--scores", "scores/2222", "--margin", "1");
    refused("say why", "promote", "weights/bbbb", "--force", " ");
    assertEquals("weights/a", serving());
    JsonNode no = decisions().getLast();
    assertEquals(false, no.path("promoted").booleanValue());
    assertEquals(-1.5, no.path("measures").path(0).path("difference").asDouble());
    assertEquals(1, no.path("measures").size(), "retrieval is not in service");
    Said yes = imago("promote", "weights/bbbb", "--scores", "scores/2222");
    assertEquals(0, yes.exit(), yes.err());
    assertTrue(yes.out().contains("rouge-l.tuned-minus-untuned"), yes.out());
    assertEquals("weights/b", serving());
    refused("was not measured", "promote", "weights/cccc", "--scores", "scores/2222");
    // The scores say how b is beside a, not how a is beside b.
    refused("compares others with", "promote", "weights/aaaa", "--scores", "scores/2222");
    assertEquals(0, imago("promote", "weights/cccc", "--force", "asked for").exit());
    assertEquals("asked for", decisions().getLast().path("forced").asString());
    assertEquals(0, imago("rollback", "--because", "wrong").exit());
    assertEquals("weights/b", serving());
    assertEquals(0, imago("rollback").exit());
    assertEquals("weights/a", serving());
    refused("the first model", "rollback");
    assertEquals(
        List.of("promote", "promote", "promote", "promote", "rollback", "rollback"),
        decisions().stream().map(d -> d.path("act").asString()).toList());
  }

  private int steps;

  private Weights weights(char digit) {
    Artifact found = workspace.find("weights/" + hash(digit));
    return new Weights(found.ref(), found.folder());
  }

  private JsonNode step(char model, char... scores) throws Exception {
    var run = new FakeRun(folder.resolve("runs/" + steps++), 1);
    var all = new ArrayList<Scores>();
    for (char one : scores) {
      Artifact found = workspace.find("scores/" + hash(one));
      all.add(new Scores(found.ref(), found.folder()));
    }
    var inputs = new PromoteModel.Inputs(weights(model), Optional.empty(), all);
    var made = new PromoteModel(folder).run(inputs, new PromoteModel.Config(List.of()), run);
    return JsonMapper.shared()
        .readTree(made.decision().folder().resolve(ServiceDecision.FILE).toFile());
  }

  @Test
  void aStepOfARecipePromotesByTheSameGateAndIsMeasuredBesideWhatIsInService() throws Exception {
    var stage = new ModelInService(folder);
    var config = new ModelInService.Config();
    var run = new FakeRun(folder.resolve("runs/one"), 1);
    var none = stage.run(new ModelInService.Inputs(weights('c')), config, run);
    assertEquals(hash('c'), none.model().ref().hash());
    assertEquals(0, imago("promote", "weights/aaaa").exit());
    var served = stage.run(new ModelInService.Inputs(weights('c')), config, run);
    assertEquals(hash('a'), served.model().ref().hash());
    assertEquals("weights/" + hash('a'), stage.external(config));
    JsonNode no = step('b', '2', '1');
    assertEquals(false, no.path("promoted").booleanValue(), no.toString());
    assertTrue(no.path("against").path(0).asString().contains("rouge-l is worse"), no.toString());
    assertEquals("weights/a", serving());
    JsonNode yes = step('b', '2');
    assertEquals(true, yes.path("promoted").booleanValue(), yes.toString());
    assertEquals("weights/b", serving());
    assertEquals("it is in service already", step('b', '2').path("because").asString());
    assertEquals(3, decisions().size(), "two promotions and a refusal");
    assertThrows(InputException.class, () -> step('c', '2'));
    assertThrows(ConfigException.class, () -> step('c'));
  }
}
