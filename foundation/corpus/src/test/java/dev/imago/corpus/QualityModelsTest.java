package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    var settings = new QualityRules(classifier().toString(), "good", 0.5, "", 1000);
    assertEquals(Optional.empty(), ask(settings, "a mill was built in the spring"));
    BrokenRule broken = ask(settings, "click here to buy cheap shoes").orElseThrow();
    assertEquals("quality-classifier", broken.rule());
    assertTrue(broken.measured() < 0.5);
    var other = new QualityRules(classifier().toString(), "fine", 0.5, "", 1000);
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
    var settings = new QualityRules("", "good", 0.5, file.toString(), 8);
    assertEquals(Optional.empty(), ask(settings, "the bridge was built\n\nthe old bridge was old"));
    BrokenRule broken = ask(settings, "old a built the was the new").orElseThrow();
    assertEquals("quality-perplexity", broken.rule());
    assertTrue(broken.measured() > 8);
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "no model");
    for (QualityRules wrong :
        List.of(
            new QualityRules(text.toString(), "good", 0.5, "", 1000),
            new QualityRules("", "good", 0.5, text.toString(), 1000),
            new QualityRules("", "good", 0.5, folder.resolve("none").toString(), 1000))) {
      assertThrows(InputException.class, () -> QualityModels.rules(wrong));
    }
  }

  @Test
  void nothingIsAskedWhereNoModelIsNamed() {
    assertEquals(List.of(), QualityModels.rules(QualityRules.defaults()));
    assertThrows(ConfigException.class, () -> new QualityRules("", "good", 2, "", 1000));
  }
}
