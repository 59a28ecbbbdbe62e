package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.fixtures.FakeRun;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.classification.ClassifiedText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldOutFoldTest {
  private static final Classification TASK = new Classification(List.of("a", "b"));

  @TempDir Path folder;

  private Labels labels(int rows) throws Exception {
    Path to = Files.createDirectories(folder.resolve("labels"));
    var train = new ArrayList<ClassifiedText>();
    var held = new ArrayList<ClassifiedText>();
    for (int i = 0; i < rows; i++) {
      var one = new ClassifiedText("f#" + i, "text " + i, i % 4 == 0 ? "a" : "b", "f");
      (i % 5 == 0 ? held : train).add(one);
    }
    LabelLines.write(to, Split.TRAIN, train);
    LabelLines.write(to, Split.HELDOUT, held);
    Tasks.write(to, TASK);
    return new Labels(new Ref("labels", "0".repeat(64)), to);
  }

  private Labels fold(Labels labels, int folds, int fold) {
    var run = new FakeRun(folder.resolve("run-" + fold), 1);
    var config = new HoldOutFold.Config(folds, fold);
    return new HoldOutFold().run(new HoldOutFold.Inputs(labels), config, run).labels();
  }

  @Test
  void eachRowIsHeldOutOnceAndEachClassIsInEachFoldAlike() throws Exception {
    Labels all = labels(48);
    var heldOut = new HashSet<String>();
    for (int fold = 1; fold <= 4; fold++) {
      Labels one = fold(all, 4, fold);
      assertEquals(TASK, Tasks.read(one.folder()));
      List<ClassifiedText> held = TASK.examples(one.folder(), Split.HELDOUT);
      List<ClassifiedText> train = TASK.examples(one.folder(), Split.TRAIN);
      assertEquals(12, held.size());
      assertEquals(3, held.stream().filter(e -> e.label().equals("a")).count());
      assertEquals(36, train.size());
      assertTrue(held.stream().allMatch(e -> heldOut.add(e.id())), "held out twice");
      assertTrue(train.stream().noneMatch(held::contains));
    }
    assertEquals(48, heldOut.size());
  }

  @Test
  void answersAreDealtOutToEachPromptAtOnce() throws Exception {
    Path to = Files.createDirectories(folder.resolve("answers"));
    var train = new ArrayList<Example>();
    var held = new ArrayList<Example>();
    for (int i = 0; i < 24; i++) {
      var one = new Example("f#" + i, "prompt " + i / 2, "answer " + i, "f");
      (i % 6 == 0 ? held : train).add(one);
    }
    Examples.write(to, Split.TRAIN, train);
    Examples.write(to, Split.HELDOUT, held);
    Labels all = new Labels(new Ref("labels", "0".repeat(64)), to);
    var heldOut = new HashSet<String>();
    for (int fold = 1; fold <= 3; fold++) {
      Path one = fold(all, 3, fold).folder();
      assertEquals("answer", Tasks.read(one).name());
      List<Example> apart = Examples.read(one, Split.HELDOUT);
      assertEquals(8, apart.size());
      assertTrue(apart.stream().allMatch(e -> heldOut.add(e.id())), "held out twice");
      assertEquals(16, Examples.read(one, Split.TRAIN).size());
      for (Example other : Examples.read(one, Split.TRAIN)) {
        assertTrue(apart.stream().noneMatch(e -> e.prompt().equals(other.prompt())));
      }
    }
    assertEquals(24, heldOut.size());
  }

  @Test
  void whatCannotBeDealtOutIsRefused() throws Exception {
    Labels few = labels(3);
    assertThrows(InputException.class, () -> fold(few, 5, 1));
    assertThrows(ConfigException.class, () -> new HoldOutFold.Config(4, 5));
  }
}
