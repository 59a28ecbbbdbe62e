package dev.imago.tasks.span;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.model.Calibration;
import dev.imago.model.Readout;
import dev.imago.tasks.LabelIds;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelReader.Settings;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpanAnsweringTest {
  private static final SpanAnswering TASK = SpanAnswering.of(true);
  private static final String CONTEXT =
      IntStream.range(0, 40).mapToObj(i -> "word" + i).collect(Collectors.joining(" "))
          + ". 😀 The tower stands in Paris, by the river.";

  private static Tokenizer tokenizer;

  @TempDir Path folder;

  @BeforeAll
  static void trainTokenizer() throws Exception {
    tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(300).minimumFrequency(1),
            List.of("Where is the tower? The tower stands in Paris").iterator(),
            TrainingProgress.NONE);
  }

  private static AskedText asked(String answer) {
    int at = CONTEXT.codePointCount(0, CONTEXT.indexOf(answer));
    return new AskedText(
        "f#1", "Where is it?", CONTEXT, List.of(new AskedText.Marked(answer, at)), "f");
  }

  private static Sequence targets(AskedText example, Question window) {
    return TASK.sequence(example, window, new LabelIds(List.of()), Path.of("labels"));
  }

  /// Scores of a model that knows the targets; a window without the answer is less sure.
  private static List<float[][]> knowing(AskedText example, List<Question> windows) {
    var scores = new ArrayList<float[][]>();
    for (Question window : windows) {
      int[] right = targets(example, window).targets();
      float[][] rows = new float[right.length][2];
      float sure = right[0] == Sequence.IGNORED ? 6 : 3;
      for (int i = 0; i < rows.length; i++) {
        rows[i][0] = right[i] == 0 || right[i] == 2 ? sure : -3;
        rows[i][1] = right[i] == 1 || right[i] == 2 ? sure : -3;
      }
      scores.add(rows);
    }
    return scores;
  }

  @Test
  void aLongTextIsAskedInWindowsThatOverlapAndItsAnswerFound() {
    AskedText example = asked("in Paris");
    List<Question> windows = TASK.questions(example, tokenizer, 48);
    assertTrue(windows.size() > 3, windows.size() + " windows");
    long read = 0;
    for (Question window : windows) {
      assertTrue(window.ids().length <= 48);
      read += Arrays.stream(window.starts()).filter(s -> s >= 0).count();
    }
    assertTrue(read > tokenizer.encodeOrdinary(CONTEXT).length, "none overlaps");
    List<String> told = TASK.predict(example, windows, knowing(example, windows), Readout.PLAIN);
    assertEquals("in Paris", told.getFirst().strip());
  }

  @Test
  void thatThereIsNoAnswerIsToldWhereItIsLikelier() {
    var example = new AskedText("f#1", "Who?", CONTEXT, List.of(), "f");
    List<Question> windows = TASK.questions(example, tokenizer, 64);
    List<float[][]> scores = knowing(example, windows);
    var by = new Readout(TASK.calibrated(Calibration.NONE));
    assertEquals(List.of(), TASK.predict(example, windows, scores, by));
    var fitted = new NoAnswerThreshold(Calibration.NONE);
    fitted.add(example, windows, scores);
    assertEquals(1, fitted.f1(0.5));
    assertEquals(0, fitted.f1(1));
    Calibration late = Calibration.NONE.withThresholds(List.of(1.0));
    assertEquals(late, TASK.calibrated(late));
    assertTrue(!TASK.predict(example, windows, scores, new Readout(late)).isEmpty());
    List<FoundAnswer> always =
        FoundAnswer.of(
            CONTEXT, windows, scores, Calibration.NONE, SpanAnswering.wanted(CONTEXT, false));
    assertTrue(!always.getFirst().text().isEmpty());
    assertEquals(1, always.stream().mapToDouble(FoundAnswer::score).sum(), 1e-9);
  }

  @Test
  void aWindowWithoutAllOfTheAnswerIsToTellItsFirstToken() {
    AskedText example = asked("in Paris");
    List<Question> windows = TASK.questions(example, tokenizer, 48);
    assertEquals(2, targets(example, windows.getFirst()).targets()[0]);
    long with =
        windows.stream().filter(w -> targets(example, w).targets()[0] == Sequence.IGNORED).count();
    assertTrue(with >= 1 && with < windows.size(), with + " windows with the answer");
  }

  @Test
  void squadsFormIsReadAndWrongPlacesAreMended() throws Exception {
    var rows = new SpanRows(Settings.FOUND);
    String squad =
        """
        {"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": "😀 Oslo is in Norway.",
          "qas": [
            {"id": "1", "question": "Where is Oslo?", "answers": [{"text": "Norway", "answer_start": 13}]},
            {"id": "2", "question": "Which city?", "answers": [{"text": "Oslo", "answer_start": 5}]},
            {"id": "3", "question": "Who?", "is_impossible": true, "answers": []},
            {"id": "4", "question": "When?", "answers": [{"text": "1905", "answer_start": 3}]},
            {"id": "5", "question": "", "answers": [{"text": "Oslo", "answer_start": 2}]}]}]}]}
        """;
    rows.read("f.json", new StringReader(squad), Rows.Format.JSON);
    List<AskedText> taken = rows.given().examples();
    assertEquals(3, taken.size());
    assertEquals(new AskedText.Marked("Norway", 13), taken.get(0).answers().getFirst());
    assertEquals(new AskedText.Marked("Oslo", 2), taken.get(1).answers().getFirst());
    assertEquals(SpanAnswering.of(true), rows.task());
    String notes = rows.given().notes().toString();
    assertTrue(notes.contains("1 answers do not stand where"), notes);
    assertTrue(
        notes.contains("1, an answer that is not in its text (first: f.json, line 1"), notes);
    assertTrue(notes.contains("1, no question"), notes);
  }

  @Test
  void rowsOfTheHubAndOfAnyNamesAreRead() throws Exception {
    var hub = new SpanRows(Settings.FOUND);
    String row =
        """
        {"question": "q?", "context": "a b", "answers": {"text": ["b"], "answer_start": [2]}}
        """;
    hub.read("f", new StringReader(row), Rows.Format.JSONL);
    assertEquals(
        List.of(new AskedText.Marked("b", 2)), hub.given().examples().getFirst().answers());
    var columns = Map.of("question", "ask", "context", "story", "answer", "reply");
    var named = new SpanRows(new Settings("", "", List.of(), columns));
    named.read(
        "f",
        new StringReader("{\"ask\":\"q?\",\"story\":\"a b\",\"reply\":\"b\"}\n"),
        Rows.Format.JSONL);
    assertEquals(SpanAnswering.of(false), named.task());
    var none = new SpanRows(Settings.FOUND);
    none.read(
        "f",
        new StringReader("{\"question\":\"q?\",\"context\":\"a b\",\"answer\":\"\"}\n"),
        Rows.Format.JSONL);
    assertThrows(IllegalArgumentException.class, none::task);
  }

  @Test
  void whatIsWrittenIsRead() {
    Tasks.write(folder, TASK);
    assertEquals(TASK, Tasks.read(folder));
    AskedText example = asked("in Paris");
    LabelLines.write(folder, Split.TRAIN, List.of(example));
    assertEquals(List.of(example), TASK.examples(folder, Split.TRAIN));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AskedText("f#1", "q", "short", List.of(new AskedText.Marked("long", 3)), "f"));
  }

  /// The first five as SQuAD 2.0's `compute_exact` and `compute_f1`, the last as CMRC 2018's
  /// `calc_em_score` and `calc_f1_score` have them.
  @Test
  void theMeasuresAreThoseOfSquadAndCmrc() {
    List<List<String>> gold =
        List.of(
            List.of("the Eiffel Tower"),
            List.of("in the year 1889"),
            List.of("Paris", "Paris, France"),
            List.of(),
            List.of("a river"),
            List.of("巴黎的铁塔"));
    List<List<String>> told =
        List.of(
            List.of("Eiffel tower!"),
            List.of("1889"),
            List.of("in Paris France"),
            List.of(),
            List.of(),
            List.of("铁塔，巴黎"));
    List<Measure> measures = TASK.measures(gold, told);
    double[] f1 = new double[6];
    for (int i = 0; i < f1.length; i++) {
      f1[i] = measures.get(0).of().applyAsDouble(new int[] {i});
    }
    assertArrayEquals(new double[] {1, 0.5, 0.8, 1, 0, 4 / 9.0}, f1, 1e-12);
    assertEquals(2 / 6.0, measures.get(1).of().applyAsDouble(new int[] {0, 1, 2, 3, 4, 5}), 1e-12);
  }
}
