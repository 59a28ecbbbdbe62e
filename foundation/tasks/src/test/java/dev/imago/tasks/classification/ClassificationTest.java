package dev.imago.tasks.classification;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Split;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Measure;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.EncodeOptions;
import dev.imago.tokenizers.Side;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.tokenizers.TokenizerParts;
import dev.imago.tokenizers.Truncation;
import dev.imago.tokenizers.processors.SpecialToken;
import dev.imago.tokenizers.processors.TemplateProcessing;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClassificationTest {
  private static final Classification TASK = new Classification(List.of("sport", "money"));

  @TempDir Path folder;

  private static ClassifiedText text(int id, String text, String label) {
    return new ClassifiedText("f#" + id, text, label, "f");
  }

  private Tokenizer tokenizer() throws Exception {
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(280).minimumFrequency(1),
            List.of("the team won the game and the bank lent money").iterator(),
            TrainingProgress.NONE);
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    return tokenizer;
  }

  @Test
  void aTextIsItsTokensAndItsTargetTheClass() throws Exception {
    Tokenizer tokenizer = tokenizer();
    LabelLines.write(
        folder, Split.TRAIN, List.of(text(1, "the bank", "money"), text(2, "the game", "sport")));
    Encoded encoded = TASK.encoder(folder).encode(folder, Split.TRAIN, 100);
    assertArrayEquals(tokenizer.encodeOrdinary("the bank"), encoded.sequences().getFirst().ids());
    assertArrayEquals(new int[] {1}, encoded.sequences().getFirst().targets());
    assertArrayEquals(new int[] {0}, encoded.sequences().getLast().targets());
    assertEquals(List.of(), encoded.notes());
  }

  @Test
  void aLongTextIsCutAndCounted() throws Exception {
    Tokenizer tokenizer = tokenizer();
    String longer = "the bank lent money and the team won";
    LabelLines.write(
        folder, Split.TRAIN, List.of(text(1, longer, "money"), text(2, "the", "sport")));
    Encoded encoded = TASK.encoder(folder).encode(folder, Split.TRAIN, 3);
    int[] whole = tokenizer.encodeOrdinary(longer);
    assertTrue(whole.length > 3);
    assertArrayEquals(java.util.Arrays.copyOf(whole, 3), encoded.sequences().getFirst().ids());
    assertTrue(
        encoded.notes().getFirst().startsWith("train: 1 of 2 texts are longer than 3 tokens"),
        encoded.notes().getFirst());
  }

  /// One text is cut as two are, and as Hugging Face's tokenizers do.
  @ParameterizedTest
  @EnumSource(Side.class)
  void aLongTextIsCutOnTheSideThatTheTokenizerSays(Side side) throws Exception {
    TokenizerParts parts = tokenizer().parts();
    var tokenizer =
        new Tokenizer(
            new TokenizerParts(
                parts.normalizer(),
                parts.preTokenizer(),
                parts.model(),
                TemplateProcessing.around(new SpecialToken("a", 1), new SpecialToken("b", 2)),
                parts.decoder(),
                parts.added(),
                Truncation.to(99, side),
                null));
    EncodeOptions options = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);
    String longer = "the bank lent money and the team won";
    for (int longest = 2; longest < 12; longest++) {
      int[] cut = TextTask.question(longer, "", tokenizer, longest).ids();
      assertArrayEquals(
          tokenizer.encoding(longer, null, options, Truncation.to(longest, side)).ids(), cut);
      assertEquals(1, cut[0]);
      assertEquals(2, cut[cut.length - 1]);
    }
  }

  @Test
  void aLabelThatTheTaskDoesNotHaveIsRefused() throws Exception {
    tokenizer();
    LabelLines.write(folder, Split.TRAIN, List.of(text(1, "the bank", "weather")));
    var encoder = TASK.encoder(folder);
    var error = assertThrows(InputException.class, () -> encoder.encode(folder, Split.TRAIN, 100));
    assertTrue(error.getMessage().contains("label = «weather»"), error.getMessage());
  }

  @Test
  void theLabelsSayTheirTask() {
    Tasks.write(folder, TASK);
    assertEquals(TASK, Tasks.read(folder));
    assertTrue(Tasks.fits(new Output.Classes(List.of("sport", "money")), TASK));
    assertTrue(!Tasks.fits(new Output.Classes(List.of("money", "sport")), TASK));
    assertTrue(!Tasks.fits(new Output.Tags(List.of("sport", "money")), TASK));
  }

  @Test
  void theLikeliestClassIsThePrediction() {
    var question = new Question(new int[] {1, 2}, new int[] {0}, false);
    var asked = List.of(question);
    var text = text(1, "the bank", "money");
    assertEquals(
        List.of("money"),
        TASK.predict(
            text, asked, Collections.singletonList(new float[][] {{0.1f, 0.3f}}), Readout.PLAIN));
    assertEquals(
        List.of("sport"),
        TASK.predict(
            text, asked, Collections.singletonList(new float[][] {{2f, -1f}}), Readout.PLAIN));
  }

  /// Recorded: `f1_score([0,1,2,0,1,2], [0,2,1,0,0,1], average="macro")` of scikit-learn.
  @Test
  void theMeasuresAreThoseOfScikitLearn() {
    List<List<String>> gold = labels(0, 1, 2, 0, 1, 2);
    List<List<String>> told = labels(0, 2, 1, 0, 0, 1);
    List<Measure> measures = TASK.measures(gold, told);
    int[] all = IntStream.range(0, 6).toArray();
    assertEquals("accuracy", measures.get(0).name());
    assertEquals(2 / 6.0, measures.get(0).of().applyAsDouble(all), 1e-12);
    assertEquals("macro-f1", measures.get(1).name());
    assertEquals(0.26666666666666666, measures.get(1).of().applyAsDouble(all), 1e-12);
    // A class that is told and is not there counts with 0, as in scikit-learn.
    int[] some = {0, 1};
    assertEquals((1.0 + 0 + 0) / 3, measures.get(1).of().applyAsDouble(some), 1e-12);
  }

  private static List<List<String>> labels(int... classes) {
    return IntStream.of(classes).mapToObj(c -> List.of("c" + c)).toList();
  }

  @Test
  void theBaselinesKnowTheCommonestClassAndWordsThatTell() {
    var train = new ArrayList<ClassifiedText>();
    for (int i = 0; i < 20; i++) {
      train.add(text(i, "the bank lent money " + i, "money"));
      train.add(text(100 + i, "球队赢了比赛" + i, "sport"));
    }
    train.add(text(200, "the bank", "money"));
    var baselines = TASK.baselines(train);
    assertEquals("majority", baselines.get(0).name());
    assertEquals(List.of("money"), baselines.get(0).predict(text(1, "球队", "sport")));
    assertEquals("naive-bayes", baselines.get(1).name());
    assertEquals(List.of("sport"), baselines.get(1).predict(text(1, "球队输了", "sport")));
    assertEquals(List.of("money"), baselines.get(1).predict(text(1, "a Bank", "money")));
  }
}
