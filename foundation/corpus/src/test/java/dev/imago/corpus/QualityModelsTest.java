package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.linear.LinearFile;
import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearSettings;
import dev.imago.linear.LinearTrainer;
import dev.imago.ngram.NgramSettings;
import dev.imago.ngram.NgramTrainer;
import dev.imago.ngram.WordIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class QualityModelsTest {
  @TempDir Path folder;

  private Path classifier() {
    var examples = new ArrayList<LinearTrainer.Example>();
    for (String what : List.of("river", "forest", "castle", "bridge")) {
      examples.add(new LinearTrainer.Example("the " + what + " was built in spring", "good"));
      examples.add(new LinearTrainer.Example("click here to buy a cheap " + what, "bad"));
    }
    Path file = folder.resolve("good.linear");
    LinearFile.write(
        LinearTrainer.train(examples, LinearSettings.of(LinearKind.LOGISTIC), 1), file);
    return file;
  }

  private static Optional<BrokenRule> ask(QualityRules settings, String text) {
    return Rule.firstBroken(QualityModels.rules(settings), new Prose(text));
  }

  @Test
  void aClassifierDropsWhatItCallsBad() {
    var settings = new QualityRules(classifier().toString(), "good", 0.5, "", 0, 1000, List.of());
    assertEquals(Optional.empty(), ask(settings, "a mill was built in the spring"));
    BrokenRule broken = ask(settings, "click here to buy cheap shoes").orElseThrow();
    assertEquals("quality-classifier", broken.rule());
    assertTrue(broken.measured() < 0.5);
    var other = new QualityRules(classifier().toString(), "fine", 0.5, "", 0, 1000, List.of());
    assertTrue(
        assertThrows(ConfigException.class, () -> QualityModels.rules(other))
            .getMessage()
            .contains("bad, good"));
  }

  @Test
  void aModelOfWordsDropsWhatIsUnlikelyToIt() {
    Path file = folder.resolve("good.ngram");
    var words = new WordIds();
    try (var trainer = new NgramTrainer(NgramSettings.of(2), words, folder.resolve("runs"))) {
      for (String line :
          List.of("the old bridge was built", "the new bridge was old", "a bridge was built")) {
        trainer.add(Arrays.stream(line.split(" ")).mapToInt(words::add).toArray());
      }
      trainer.write(file);
    }
    var settings = new QualityRules("", "good", 0.5, file.toString(), 0, 8, List.of());
    assertEquals(Optional.empty(), ask(settings, "the bridge was built\n\nthe old bridge was old"));
    BrokenRule broken = ask(settings, "old a built the was the new").orElseThrow();
    assertEquals("ngram-perplexity", broken.rule());
    assertTrue(broken.measured() > 8);
    QualityRules asked = percentiles(List.of(10.0, 90.0)).ngrams(file.toString());
    Rule<Prose> unbounded = QualityModels.rules(asked).getFirst();
    assertEquals(Double.POSITIVE_INFINITY, unbounded.most(), "no corpus has been measured yet");
  }

  private static QualityRules percentiles(List<Double> given) {
    return new QualityRules("", "good", 0.5, "", 0, 1000, given);
  }

  @Test
  void percentilesAreOfWhatWasMeasured() {
    var measured = new Distribution("ngram-perplexity", "ours");
    for (int i = 100; i >= 0; i--) {
      measured.add(new RuleMeasure("ngram-perplexity", "ours", i, 0, 1));
    }
    assertEquals(
        new QualityRules("", "good", 0.5, "", 10, 90, List.of()),
        percentiles(List.of(10.0, 90.0)).bounded(measured));
    assertEquals(
        new QualityRules("", "good", 0.5, "", 0, 1e12, List.of()),
        percentiles(List.of(0.0, 100.0)).bounded(measured));
    assertThrows(
        InputException.class,
        () -> percentiles(List.of(0.0, 90.0)).bounded(new Distribution("none", "ours")));
    assertThrows(
        ConfigException.class,
        () -> new QualityRules("", "good", 0.5, "", 0, 800, List.of(10.0, 90.0)),
        "which of the two is meant?");
    for (List<Double> wrong : List.of(List.of(1.0), List.of(90.0, 10.0), List.of(0.0, 101.0))) {
      assertThrows(ConfigException.class, () -> percentiles(wrong));
    }
  }

  @Test
  void boundsOfPerplexitiesWithoutAModelAreRefusedByName() {
    for (QualityRules unmeasured :
        List.of(
            percentiles(List.of(10.0, 90.0)),
            new QualityRules("", "good", 0.5, "", 2, 1000, List.of()),
            new QualityRules("", "good", 0.5, "", 0, 800, List.of()))) {
      String message =
          String.valueOf(assertThrows(ConfigException.class, unmeasured::checkModel).getMessage());
      assertTrue(
          message.matches("prepare.prose.quality.(percentiles|m..Perplexity) = .*no n-gram.*"),
          message);
      unmeasured.ngrams("good.ngrams").checkModel();
    }
    QualityRules.defaults().checkModel();
  }

  @Test
  void percentilesAreNamedAsWhatSetTheBound() {
    CorpusRules rules = CorpusRules.defaults();
    String json = "{\"prose\": {\"quality\": {\"percentiles\": [10, 90]}}}";
    assertEquals(
        List.of("prose.quality.percentiles=[10.0, 90.0]"),
        Binder.bind("prepare", (ObjectNode) JsonMapper.shared().readTree(json), rules)
            .settings("ngram-perplexity"));
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "no model");
    for (QualityRules wrong :
        List.of(
            new QualityRules(text.toString(), "good", 0.5, "", 0, 1000, List.of()),
            new QualityRules("", "good", 0.5, text.toString(), 0, 1000, List.of()),
            new QualityRules(
                "", "good", 0.5, folder.resolve("none").toString(), 0, 1000, List.of()))) {
      assertThrows(InputException.class, () -> QualityModels.rules(wrong));
    }
  }

  @Test
  void nothingIsAskedWhereNoModelIsNamed() {
    QualityRules none = QualityRules.defaults();
    assertEquals(List.of(), QualityModels.rules(none));
    assertThrows(
        ConfigException.class, () -> new QualityRules("", "good", 2, "", 0, 1000, List.of()));
  }
}
