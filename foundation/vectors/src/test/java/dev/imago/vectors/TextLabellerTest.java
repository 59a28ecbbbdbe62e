package dev.imago.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Beside fastText's own answers, which `conformance/fasttext_models.py` wrote.
class TextLabellerTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"labels.bin", "labels.ftz", "labels-hs.bin", "labels-ova.bin"})
  void labelsAreFastTexts(String name) throws IOException {
    var labeller = new TextLabeller(FastTextFile.read(FastTextFileTest.resource(name)));
    List<String> lines = FastTextFileTest.lines("lines.txt");
    List<String> told = FastTextFileTest.lines(name + ".told");
    for (int i = 0; i < lines.size(); i++) {
      String[] fields = told.get(i).split(" ");
      List<TextLabeller.Told> ours = labeller.labels(lines.get(i), 3);
      for (int k = 0; k < ours.size(); k++) {
        double expected = Double.parseDouble(fields[2 * k + 1]);
        assertEquals(expected, ours.get(k).probability(), 5e-5, lines.get(i));
        boolean tied =
            k + 1 < ours.size() && expected - Double.parseDouble(fields[2 * k + 3]) < 1e-4
                || k > 0 && Double.parseDouble(fields[2 * k - 1]) - expected < 1e-4
                || k == ours.size() - 1;
        if (!tied) {
          assertEquals(fields[2 * k], TextLabeller.PREFIX + ours.get(k).label(), lines.get(i));
        }
      }
    }
  }

  static List<LabelledLine> texts() {
    var random = new Random(3);
    var texts = new ArrayList<LabelledLine>();
    for (int i = 0; i < 400; i++) {
      int label = random.nextInt(5);
      var line = new StringBuilder();
      for (int w = 0; w < 6; w++) {
        line.append(
                random.nextBoolean()
                    ? "common" + random.nextInt(9)
                    : "w" + (label * 10 + random.nextInt(10)))
            .append(' ');
      }
      texts.add(new LabelledLine(line.toString(), List.of("l" + label)));
    }
    return texts;
  }

  private static double right(TextLabeller labeller) {
    return texts().stream()
            .filter(
                t -> labeller.labels(t.text(), 1).getFirst().label().equals(t.labels().getFirst()))
            .count()
        / 400.0;
  }

  private static LabellerSettings settings(OutputLoss loss) {
    return new LabellerSettings(loss, 8, 15, 0.5, 2, 2, 3, 300, 1, 0, 3);
  }

  @ParameterizedTest
  @EnumSource(OutputLoss.class)
  void labelsAreLearnedAndKeptByTheFile(OutputLoss loss) throws Exception {
    TextLabeller one = new LabellerTrainer(texts(), settings(loss), 1, 2).train(_ -> {});
    assertTrue(right(one) > 0.93, loss + " " + right(one));
    Path file = folder.resolve("m.bin");
    FastTextFile.write(one.model(), file);
    var again = new TextLabeller(FastTextFile.read(file));
    assertEquals(one.labels("w3 w14 common1", 5), again.labels("w3 w14 common1", 5));
    TextLabeller same = new LabellerTrainer(texts(), settings(loss), 1, 2).train(_ -> {});
    assertArrayEquals(
        ((DenseMatrix) one.model().input()).values(),
        ((DenseMatrix) same.model().input()).values());
  }

  @Test
  void quantisingKeepsTheLabels() throws Exception {
    TextLabeller whole =
        new LabellerTrainer(texts(), settings(OutputLoss.SOFTMAX), 1, 1).train(_ -> {});
    for (int cutoff : new int[] {0, 280}) {
      FastTextModel small = Quantizing.quantized(whole.model(), cutoff, 2, true, false, 1);
      Path file = folder.resolve("m.ftz");
      FastTextFile.write(small, file);
      var again = new TextLabeller(FastTextFile.read(file));
      assertTrue(right(again) > 0.9, cutoff + " " + right(again));
    }
  }

  @Test
  void severalLabelsAreToldOneAgainstAll() throws Exception {
    var texts = new ArrayList<LabelledLine>();
    for (int i = 0; i < 100; i++) {
      texts.add(new LabelledLine("a", List.of("x")));
      texts.add(new LabelledLine("a b", List.of("x", "y")));
      texts.add(new LabelledLine("c", List.of()));
    }
    TextLabeller made =
        new LabellerTrainer(texts, settings(OutputLoss.ONE_AGAINST_ALL), 1, 1).train(_ -> {});
    assertTrue(made.labels("a b", 2).getLast().probability() > 0.7, "" + made.labels("a b", 2));
    assertTrue(made.labels("a", 2).getLast().probability() < 0.3, "" + made.labels("a", 2));
  }

  @Test
  void whatCannotBeLearnedIsToldWhy() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new LabellerTrainer(
                List.of(new LabelledLine("a", List.of())), settings(OutputLoss.SOFTMAX), 1, 1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new LabellerTrainer(
                List.of(new LabelledLine("a", List.of("two words"))),
                settings(OutputLoss.SOFTMAX),
                1,
                1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TextLabeller(FastTextFile.read(FastTextFileTest.resource("words.bin"))));
  }
}
