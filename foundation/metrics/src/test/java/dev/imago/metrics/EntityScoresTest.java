package dev.imago.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EntityScoresTest {
  private static List<String> tags(String text) {
    return Arrays.asList(text.split(" "));
  }

  private static Map<String, Double> scores(List<List<String>> gold, List<List<String>> told) {
    EntityScores scores = EntityScores.of(SpanScheme.CONLLEVAL, gold, told);
    return Map.of(
        "entity-f1", scores.f1(Average.MICRO),
        "entity-precision", scores.precision(Average.MICRO),
        "entity-recall", scores.recall(Average.MICRO),
        "tag-accuracy", scores.tagAccuracy());
  }

  /// The example of seqeval's README: F1 0.50, accuracy 0.80.
  @Test
  void aSpanIsRightWhereTypeAndBothEndsAre() {
    Map<String, Double> scores =
        scores(
            List.of(tags("O O O B-MISC I-MISC I-MISC O"), tags("B-PER I-PER O")),
            List.of(tags("O O B-MISC I-MISC I-MISC I-MISC O"), tags("B-PER I-PER O")));
    assertEquals(0.5, scores.get("entity-f1"), 1e-12);
    assertEquals(0.5, scores.get("entity-precision"), 1e-12);
    assertEquals(0.5, scores.get("entity-recall"), 1e-12);
    assertEquals(0.8, scores.get("tag-accuracy"), 1e-12);
  }

  @Test
  void anInsideTagAfterOutsideOrAnotherTypeBeginsASpanAsInConlleval() {
    assertEquals(
        List.of(new Span("A", 0, 2), new Span("B", 2, 3), new Span("A", 4, 5)),
        SpanScheme.CONLLEVAL.spans(tags("I-A I-A I-B O I-A")));
    assertEquals(
        List.of(new Span("A", 0, 1), new Span("A", 1, 3)),
        SpanScheme.CONLLEVAL.spans(tags("B-A B-A I-A O")));
    assertEquals(List.of(), SpanScheme.CONLLEVAL.spans(List.of()));
  }

  @Test
  void nothingToldIsNoDivisionByNothing() {
    Map<String, Double> scores = scores(List.of(tags("B-A O")), List.of(tags("O O")));
    assertEquals(0, scores.get("entity-f1"));
    assertEquals(0, scores.get("entity-precision"));
    assertEquals(0, scores.get("entity-recall"));
  }

  /// What conlleval prints for its own example of chunks: 961 tokens, 459 phrases, 539 found, 371
  /// correct; precision 68.83, recall 80.83, FB1 74.35.
  @Test
  void conllevalsOwnExampleGivesItsOwnNumbers() throws Exception {
    String shared = System.getenv("IMAGO_SHARED");
    Path root = Path.of(System.getProperty("imago.root", "../.."));
    Path data = shared == null ? root.resolve("../shared") : Path.of(shared);
    Path file = data.resolve("data/seqeval/ground_truth.txt");
    assumeTrue(Files.exists(file), "the shared data are not here");
    var gold = new ArrayList<List<String>>();
    var told = new ArrayList<List<String>>();
    gold.add(new ArrayList<>());
    told.add(new ArrayList<>());
    for (String line : Files.readAllLines(file)) {
      String[] cells = line.strip().split("\\s+");
      if (line.isBlank()) {
        gold.add(new ArrayList<>());
        told.add(new ArrayList<>());
      } else {
        gold.getLast().add(cells[cells.length - 2]);
        told.getLast().add(cells[cells.length - 1]);
      }
    }
    Map<String, Double> scores = scores(gold, told);
    assertEquals(68.83, 100 * scores.get("entity-precision"), 0.005);
    assertEquals(80.83, 100 * scores.get("entity-recall"), 0.005);
    assertEquals(74.35, 100 * scores.get("entity-f1"), 0.005);
  }
}
