package dev.imago.tasks.parsing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Rows;
import dev.imago.data.Split;
import dev.imago.model.Biaffine;
import dev.imago.model.Calibration;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tasks.Encoded;
import dev.imago.tasks.LabelLines;
import dev.imago.tasks.LabelReader.Settings;
import dev.imago.tasks.LabelTask.Baseline;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.Sequence;
import dev.imago.tasks.Tasks;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.vocabularies.BpeTrainer;
import dev.imago.vocabularies.TrainingProgress;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParsingTest {
  private static final String CONLLU =
      """
      # text = he slept
      1\the\the\tPRON\tPRP\t_\t2\tnsubj\t_\t_
      2\tslept\tsleep\tVERB\tVBD\tTense=Past\t0\troot\t_\t_

      1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
      1\tdo\tdo\tAUX\tVB\t_\t3\taux\t_\t_
      2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_
      2.1\tx\t_\t_\t_\t_\t_\t_\t_\t_
      3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_

      1\ta\ta\tDET\tDT\t_\t2\tdet\t_\t_
      2\tb\tb\tNOUN\tNN\t_\t1\tdep\t_\t_

      1\ta\ta\tDET\tDT\t_\t7\tdet\t_\t_

      1\ta\ta\tDET\tDT\t_\t_\t_\t_\t_
      """;

  @TempDir Path folder;

  private static ParseRows read(Rows.Format format, String text) throws Exception {
    var rows = new ParseRows(Settings.FOUND);
    rows.read("f", new StringReader(text), format);
    return rows;
  }

  private Tokenizer tokenizer() throws Exception {
    Tokenizer tokenizer =
        BpeTrainer.train(
            BpeTrainer.Settings.of(270).minimumFrequency(1),
            List.of("he slept in the yard").iterator(),
            TrainingProgress.NONE);
    Files.write(folder.resolve("tokenizer.json"), tokenizer.toJson());
    return tokenizer;
  }

  @Test
  void treesComeFromConlluAndWhatIsNoneIsLeftOutWithItsLine() throws Exception {
    ParseRows rows = read(Rows.Format.COLUMNS, CONLLU);
    List<ParsedWords> trees = rows.given().examples();
    assertEquals(2, trees.size());
    assertEquals(List.of(2, 0), trees.getFirst().heads());
    assertEquals(List.of("do", "n't", "go"), trees.get(1).words());
    assertEquals(List.of("AUX", "PART", "VERB"), trees.get(1).tags());
    assertEquals(List.of("advmod", "aux", "nsubj", "root"), rows.task().labels());
    String notes = rows.given().notes().toString();
    assertTrue(notes.contains("heads that are no tree (first: f, line 11: the heads of word 1"));
    assertTrue(notes.contains("left out: 1, a head that is no number (first: f, line 16)"), notes);
  }

  @Test
  void treesComeFromJsonAndGoToTheirFolderAndBack() throws Exception {
    String row = "{\"words\":[\"he\",\"slept\"],\"heads\":[2,0],\"deprel\":[\"nsubj\",\"root\"]}\n";
    ParseRows rows = read(Rows.Format.JSONL, row);
    ParsedWords tree = rows.given().examples().getFirst();
    LabelLines.write(folder, Split.TRAIN, List.of(tree));
    Tasks.write(folder, rows.task());
    assertEquals(rows.task(), Tasks.read(folder));
    assertEquals(List.of(tree), rows.task().examples(folder, Split.TRAIN));
    var model = new Output.Dependencies(rows.task().labels(), 8, 4);
    assertTrue(Tasks.fits(model, rows.task()), "another width is the model's business");
  }

  @Test
  void aWordsFirstTokenTellsItsHeadsFirstToken() throws Exception {
    Tokenizer tokenizer = tokenizer();
    ParsedWords tree = read(Rows.Format.COLUMNS, CONLLU).given().examples().getFirst();
    var task = new Parsing(List.of("nsubj", "root"));
    LabelLines.write(folder, Split.TRAIN, List.of(tree));
    Encoded encoded = task.encoder(folder).encode(folder, Split.TRAIN, 100);
    Sequence one = encoded.sequences().getFirst();
    int second = tokenizer.encodeOrdinary("he").length;
    assertEquals(Biaffine.target(second, 0, 2), one.targets()[0]);
    assertEquals(Biaffine.target(-1, 1, 2), one.targets()[second]);
    assertEquals(2, Arrays.stream(one.targets()).filter(t -> t >= 0).count());
    Sequence cut = task.encoder(folder).encode(folder, Split.TRAIN, second).sequences().getFirst();
    assertEquals(Biaffine.target(-2, 0, 2), cut.targets()[0]);
  }

  /// Each word's score as a head is its first number, and the root's is 0: of three words the
  /// second is the best head.
  private static Readout scorers(Output.Dependencies output) {
    float[] arcs = {0, 1}; // the bias's row alone counts
    float[] relations = new float[2 * 2 * 2];
    relations[4 + 3] = 1; // «root» by its bias, whatever the words are
    float[] root = {0, 0};
    return new Readout(
        Calibration.NONE,
        Optional.empty(),
        Optional.of(new Biaffine(output, root, arcs, relations)));
  }

  @Test
  void theTreeIsThatOfTheScoresAndWordsBehindTheEndHangOnTheOneBefore() {
    var output = new Output.Dependencies(List.of("dep", "root"), 1, 1);
    var question = new Question(new int[] {5, 6, 7}, new int[] {0, 1, 2, -1}, true);
    // Of a word: as a dependent and as a head of arcs, and the same of relations.
    float[][] scores = {{0, 1, 0, 0}, {0, 9, 0, 0}, {0, 2, 0, 0}};
    var tree =
        new ParsedWords(
            "i",
            List.of("a", "b", "c", "d"),
            List.of(),
            List.of(2, 0, 2, 3),
            List.of("dep", "root", "dep", "dep"),
            "f");
    var task = new Parsing(List.of("dep", "root"));
    List<String> told =
        task.predict(tree, List.of(question), List.<float[][]>of(scores), scorers(output));
    assertEquals(List.of("2 root", "0 root", "2 root", "3 dep"), told);
    List<List<String>> gold = List.of(task.gold(tree));
    int[] all = {0};
    assertEquals(1, task.measures(gold, List.of(told)).get(1).of().applyAsDouble(all));
    assertEquals(0.5, task.measures(gold, List.of(told)).getFirst().of().applyAsDouble(all));
    assertEquals("dep", task.byLabel(gold, List.of(told)).getFirst().getFirst());
  }

  @Test
  void baselinesLearnFromWordsAndPartsOfSpeech() throws Exception {
    List<ParsedWords> train = read(Rows.Format.COLUMNS, CONLLU).given().examples();
    var task = new Parsing(List.of("advmod", "aux", "nsubj", "root"));
    List<Baseline<ParsedWords>> all = task.baselines(train);
    assertEquals(
        List.of("left-neighbour", "part-of-speech"), all.stream().map(Baseline::name).toList());
    assertEquals(List.of("0 root", "1 root"), all.getFirst().predict(train.getFirst()));
    for (ParsedWords tree : train) {
      assertEquals(task.gold(tree), all.get(1).predict(tree));
    }
    List<ParsedWords> untagged =
        train.stream()
            .map(t -> new ParsedWords(t.id(), t.words(), List.of(), t.heads(), t.relations(), ""))
            .toList();
    assertEquals(1, task.baselines(untagged).size());
  }
}
