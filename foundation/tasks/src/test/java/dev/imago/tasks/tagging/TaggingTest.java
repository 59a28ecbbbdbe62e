package dev.imago.tasks.tagging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.model.Readout;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertTrue(rows.given().notes().contains("1 tags I-… begin a span and became B-…"));
    assertTrue(rows.given().notes().contains("3 tags S-…, U-…, E-… and M-… became B-… and I-…"));
  }

  @Test
  void aTagThatIsNoneIsRefusedWithItsLine() {
    var error = assertThrows(InputException.class, () -> read(null, "a O\n\nb O\nc NN\n"));
    assertTrue(error.getMessage().startsWith("f, line 4: tag = «NN»"), error.getMessage());
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
