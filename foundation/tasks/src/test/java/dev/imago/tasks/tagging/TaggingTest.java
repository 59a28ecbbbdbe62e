package dev.imago.tasks.tagging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.model.Calibration;
import dev.imago.model.Readout;
import dev.imago.model.Transitions;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelReader.Settings;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaggingTest {
  private static final Tagging TASK = new Tagging(List.of("O", "B-LOC", "I-LOC"));
  private static final TaggedWords SENTENCE =
      new TaggedWords(
          "f#1",
          List.of("In", "New", "York", ",", "he", "slept"),
          List.of("O", "B-LOC", "I-LOC", "O", "O", "O"),
          "f");

  @TempDir Path folder;

  private Tokenizer tokenizer() throws Exception {
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(270).minimumFrequency(1),
            List.of("he slept in the yard").iterator(),
            TrainingProgress.NONE);
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    return tokenizer;
  }

  private static TagRows read(Rows.Format format, String text) throws Exception {
    var rows = new TagRows(Settings.FOUND);
    rows.read("f", new StringReader(text), format);
    return rows;
  }

  @Test
  void theFirstTokenOfAWordCarriesItsTag() throws Exception {
    Tokenizer tokenizer = tokenizer();
    LabelLines.write(folder, Split.TRAIN, List.of(SENTENCE));
    Encoded encoded = TASK.encoder(folder).encode(folder, Split.TRAIN, 100);
    Sequence one = encoded.sequences().getFirst();
    assertEquals("In New York , he slept", tokenizer.decode(one.ids()));
    int at = 0;
    for (int w = 0; w < SENTENCE.words().size(); w++) {
      String word = (w == 0 ? "" : " ") + SENTENCE.words().get(w);
      int pieces = tokenizer.encodeOrdinary(word).length;
      assertEquals(
          TASK.labels().indexOf(SENTENCE.tags().get(w)), one.targets()[at], "of «" + word + "»");
      for (int i = at + 1; i < at + pieces; i++) {
        assertEquals(Sequence.IGNORED, one.targets()[i]);
      }
      at += pieces;
    }
    assertEquals(at, one.ids().length);
  }

  @Test
  void wordsBehindTheEndAreCountedAndNoneIsCutInHalf() throws Exception {
    Tokenizer tokenizer = tokenizer();
    LabelLines.write(folder, Split.TRAIN, List.of(SENTENCE));
    int two = tokenizer.encodeOrdinary("In").length + tokenizer.encodeOrdinary(" New").length;
    Encoded encoded = TASK.encoder(folder).encode(folder, Split.TRAIN, two + 1);
    assertEquals("In New", tokenizer.decode(encoded.sequences().getFirst().ids()));
    assertTrue(
        encoded.notes().getFirst().contains("their last words, 4 in all"),
        encoded.notes().getFirst());
    Question question = TASK.questions(SENTENCE, tokenizer, two + 1).getFirst();
    assertEquals(4, question.cut());
    float[][] scores = new float[question.ids().length][3];
    assertEquals(
        List.of("O", "O", "O", "O", "O", "O"),
        TASK.predict(
            SENTENCE, List.of(question), Collections.singletonList(scores), Readout.PLAIN));
  }

  @Test
  void aTextsWordsAreFoundWhereTheyStand() {
    String text = "Don't e-mail @joe, 3.5 km 在东京。";
    assertEquals(
        List.of("Don't", "e-mail", "@joe", ",", "3.5", "km", "在", "东", "京", "。"),
        Word.of(text).stream().map(Word::text).toList());
    Word.of(text).forEach(w -> assertEquals(w.text(), text.substring(w.start(), w.end())));
    assertEquals(List.of(), Word.of("  \n"));
  }

  @Test
  void spansOfATextHaveTheirPlacesAndMeanProbability() throws Exception {
    Tokenizer tokenizer = tokenizer();
    List<Word> words = Word.of("he saw New York");
    Question question = Tagging.question(words, tokenizer, 100);
    float[][] scores = new float[question.ids().length][3];
    for (float[] row : scores) {
      row[0] = 5;
    }
    scores[question.rows()[2]] = new float[] {0, (float) Math.log(3), 0};
    scores[question.rows()[3]] = new float[] {0, 0, (float) Math.log(2)};
    List<Tagging.Entity> entities =
        Tagging.entities(words, question, scores, TASK.labels(), Readout.PLAIN);
    assertEquals(1, entities.size());
    assertEquals("LOC", entities.getFirst().type());
    assertEquals(7, entities.getFirst().start());
    assertEquals(15, entities.getFirst().end());
    assertEquals((3 / 5.0 + 2 / 4.0) / 2, entities.getFirst().score(), 1e-6);
  }

  @Test
  void columnsAndRowsOfJsonAreRead() throws Exception {
    TagRows columns = read(null, "In O\nOslo B-LOC\n\nAnn B-PER\n");
    assertEquals(List.of("O", "B-LOC", "I-LOC", "B-PER", "I-PER"), columns.task().labels());
    assertEquals(
        new TaggedWords("f#1", List.of("In", "Oslo"), List.of("O", "B-LOC"), "f"),
        columns.given().examples().getFirst());
    TagRows json =
        read(Rows.Format.JSONL, "{\"tokens\":[\"In\",\"Oslo\"],\"ner_tags\":[\"O\",\"B-LOC\"]}\n");
    assertEquals(
        List.of(new TaggedWords("f#1", List.of("In", "Oslo"), List.of("O", "B-LOC"), "f")),
        json.given().examples());
  }

  @Test
  void otherSchemesBecomeBioAndItIsTold() throws Exception {
    TagRows rows = read(null, "a I-X\nb I-X\nc S-X\nd B-Y\ne M-Y\nf E-Y\ng O\n");
    assertEquals(
        List.of("B-X", "I-X", "B-X", "B-Y", "I-Y", "I-Y", "O"),
        rows.given().examples().getFirst().tags());
    String notes = rows.given().notes().toString();
    assertTrue(notes.contains("tags are in the scheme BMES"), notes);
    assertTrue(notes.contains("2 tags break the scheme BMES (first: f, line 1, I-X)"), notes);
  }

  @Test
  void aTagThatIsNoneIsRefusedWithItsLine() {
    var error = assertThrows(InputException.class, () -> read(null, "a O\n\nb O\nc NN\n").given());
    assertTrue(error.getMessage().startsWith("f, line 4: tag = «NN»"), error.getMessage());
  }

  /// The same two neighbours and one word apart, in every scheme.
  @ParameterizedTest
  @CsvSource({
    "IOB1, I-X I-X B-X O I-Y",
    "IOE1, I-X E-X I-X O I-Y",
    "IOE2, I-X E-X E-X O E-Y",
    "IOBES, B-X E-X S-X O S-Y",
    "BILOU, B-X L-X U-X O U-Y",
    "IOBES, X-B X-E X-S O Y-S",
  })
  void everySchemeIsRecognisedAndTold(String scheme, String tags) throws Exception {
    var lines = new StringBuilder();
    for (String tag : tags.split(" ")) {
      lines.append("w ").append(tag).append('\n');
    }
    TagRows rows = read(null, lines.toString());
    assertEquals(
        List.of("B-X", "I-X", "B-X", "O", "B-Y"), rows.given().examples().getFirst().tags());
    assertEquals(
        List.of("tags are in the scheme %s and became IOB2 (BIO)".formatted(scheme)),
        rows.given().notes());
  }

  @Test
  void tagsThatBreakBioAreCountedWithTheirPlace() throws Exception {
    TagRows rows = read(null, "a B-X\nb I-X\n\nc B-Y\n\nd O\ne I-Y\n");
    assertEquals(List.of("O", "B-Y"), rows.given().examples().getLast().tags());
    String notes = rows.given().notes().toString();
    assertTrue(notes.contains("1 tags break the scheme IOB2 (first: f, line 7, I-Y)"), notes);
  }

  @Test
  void aTextWithSpansOfItsCharactersBecomesWordsWithTags() throws Exception {
    TagRows rows =
        read(
            Rows.Format.JSONL,
            """
            {"text": "😀 Ann lives in New York.", "entities": [[2, 5, "PER"], [15, 23, "LOC"]]}
            {"text": "In Oslo", "spans": [{"start": 3, "end": 6, "label": "LOC"}]}
            {"text": "In Oslo", "label": [[3, 90, "LOC"]]}
            {"text": "nothing here", "entities": []}
            """);
    List<TaggedWords> taken = rows.given().examples();
    assertEquals(3, taken.size());
    assertEquals(List.of("😀", "Ann", "lives", "in", "New", "York", "."), taken.getFirst().words());
    assertEquals(List.of("O", "B-PER", "O", "O", "B-LOC", "I-LOC", "O"), taken.getFirst().tags());
    assertEquals(List.of("O", "B-LOC"), taken.get(1).tags());
    String notes = rows.given().notes().toString();
    assertTrue(notes.contains("1, a span outside of its text (first: f, line 3)"), notes);
    assertTrue(notes.contains("1 spans begin or end within a word"), notes);
  }

  @Test
  void partsOfSpeechOfConllUAreClassesOfWords() throws Exception {
    String file =
        """
        # text = It's late
        1-2\tIt's\t_\t_\t_\t_\t_\t_\t_\t_
        1\tIt\tit\tPRON\tPRP\t_\t3\tnsubj\t_\t_
        2\t's\tbe\tAUX\tVBZ\t_\t3\tcop\t_\t_
        3\tlate\tlate\tADJ\tJJ\t_\t0\troot\t_\t_

        """;
    TagRows rows = read(null, file);
    assertEquals(List.of("It", "'s", "late"), rows.given().examples().getFirst().words());
    Tagging task = rows.task();
    assertEquals(List.of("ADJ", "AUX", "PRON"), task.labels());
    var gold = List.of(List.of("PRON", "AUX", "ADJ"));
    var told = List.of(List.of("PRON", "ADJ", "ADJ"));
    assertEquals("tag-accuracy", task.measures(gold, told).getFirst().name());
    assertEquals(
        2 / 3.0, task.measures(gold, told).getFirst().of().applyAsDouble(new int[] {0}), 1e-12);
    var finer = new TagRows(new Settings("", "xpos", List.of()));
    finer.read("f", new StringReader(file), null);
    assertEquals(List.of("JJ", "PRP", "VBZ"), finer.task().labels());
  }

  @Test
  void aCrfTellsTheTagsOfASentenceTogether() {
    var question = new Question(new int[] {1, 2}, new int[] {0, 1}, false);
    float[][] scores = {{0, 1, 0}, {0.4f, 0.5f, 0}};
    float[][] between = {{0, 0, -9}, {0, -9, 3}, {0, 0, 0}};
    var by =
        new Readout(
            Calibration.NONE, Optional.of(new Transitions(between, new float[3], new float[3])));
    var words = new TaggedWords("1", List.of("New", "York"), List.of("B-LOC", "I-LOC"), "f");
    assertEquals(
        List.of("B-LOC", "B-LOC"),
        TASK.predict(words, List.of(question), List.of(scores, scores), Readout.PLAIN));
    assertEquals(
        List.of("B-LOC", "I-LOC"),
        TASK.withChain().predict(words, List.of(question), List.of(scores, scores), by));
    assertTrue(Tasks.fits(TASK.withChain().output(), TASK));
  }

  @Test
  void tagsWithoutASpanAreNoTask() throws Exception {
    TagRows rows = read(null, "a O\nb O\n");
    assertThrows(IllegalArgumentException.class, rows::task);
  }

  @Test
  void theBaselineTellsTheCommonestTagOfAWord() {
    var train =
        List.of(
            new TaggedWords("1", List.of("Oslo", "x"), List.of("B-LOC", "O"), "f"),
            new TaggedWords("2", List.of("Oslo"), List.of("B-LOC"), "f"),
            new TaggedWords("3", List.of("Oslo"), List.of("O"), "f"));
    var asked = new TaggedWords("4", List.of("Oslo", "new"), List.of("O", "O"), "f");
    assertEquals(List.of("B-LOC", "O"), TASK.baselines(train).getFirst().predict(asked));
  }

  @Test
  void theLabelsSayTheirTask() {
    Tasks.write(folder, TASK);
    assertEquals(TASK, Tasks.read(folder));
    assertArrayEquals(
        new String[] {"O", "B-LOC", "I-LOC"}, Tasks.read(folder).output().names().toArray());
  }
}
