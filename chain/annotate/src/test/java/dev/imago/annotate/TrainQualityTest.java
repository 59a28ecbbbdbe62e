package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.fixtures.FakeRun;
import dev.imago.linear.LinearFile;
import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearModel;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.classification.ClassifiedText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainQualityTest {
  @TempDir private Path folder;

  private Labels labels(String good) throws Exception {
    Path labels = Files.createDirectories(folder.resolve(good));
    Tasks.write(labels, new Classification(List.of("bad", good)));
    for (Split split : Split.values()) {
      var rows = new ArrayList<ClassifiedText>();
      for (int i = 0; i < 12; i++) {
        rows.add(
            i % 2 == 0
                ? new ClassifiedText("g" + i, "a quiet story of river " + i, good, "x")
                : new ClassifiedText("b" + i, "click here to win prize " + i, "bad", "x"));
      }
      LabelLines.write(labels, split, rows);
    }
    return new Labels(new Ref("labels", "0".repeat(64)), labels);
  }

  @Test
  void aClassifierTellsGoodFromBadAndWhatEachBoundLetsPass() throws Exception {
    var run = new FakeRun(folder.resolve("run"), 1);
    var out =
        new TrainQuality()
            .run(new TrainQuality.Inputs(labels("good")), TrainQuality.Config.defaults(), run);
    LinearModel model = LinearFile.read(out.quality().file());
    assertEquals("good", model.label("the story of a quiet river"));
    assertEquals("bad", model.label("win a prize, click"));
    List<List<String>> rows = run.tables().get("Held-out texts that pass");
    assertTrue(rows.contains(List.of("0.5", "6 of 6", "0 of 6")), rows.toString());
  }

  @Test
  void labelsWithoutGoodOnesAndBrokenSettingsAreRefused() throws Exception {
    Labels other = labels("fine");
    String message =
        String.valueOf(
            assertThrows(
                    InputException.class,
                    () ->
                        new TrainQuality()
                            .run(
                                new TrainQuality.Inputs(other),
                                TrainQuality.Config.defaults(),
                                new FakeRun(folder.resolve("run"), 1)))
                .getMessage());
    assertTrue(message.contains("bad, fine"), message);
    assertThrows(
        ConfigException.class, () -> new TrainQuality.Config("good", LinearKind.LOGISTIC, 0, 1, 1));
  }
}
