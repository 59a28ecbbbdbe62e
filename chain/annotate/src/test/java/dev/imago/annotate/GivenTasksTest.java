package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.fixtures.FakeRun;
import dev.imago.linear.LinearFile;
import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearSettings;
import dev.imago.linear.LinearTrainer;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.classification.ClassifiedText;
import dev.imago.tasks.tagging.Tagging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class GivenTasksTest {
  @TempDir Path folder;
  private int runs;

  private Annotate.Config config(String task, Path labels, String... settings) {
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    fields.put("task", task);
    fields.put("labels", labels.toString());
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      fields.set(parts[0], JsonMapper.shared().readTree(parts[1]));
    }
    return Binder.bind("annotate", fields, new Annotate().defaults());
  }

  private Corpus corpus(List<String> train, List<String> heldout) throws IOException {
    Path of = Files.createDirectories(folder.resolve("corpus" + runs++));
    try (var trains = new Documents.Writer(of, "train");
        var heldouts = new Documents.Writer(of, "heldout")) {
      for (String text : train) {
        trains.write(new Document("t" + text, text, "s", Map.of()));
      }
      for (String text : heldout) {
        heldouts.write(new Document("h" + text, text, "s", Map.of()));
      }
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), of);
  }

  private FakeRun run() {
    return new FakeRun(folder.resolve("run" + runs++), 1);
  }

  private Labels annotate(FakeRun run, Corpus corpus, Annotate.Config config) throws Exception {
    return new Annotate().run(new Annotate.Inputs(corpus), config, run).labels();
  }

  private static String rows(int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> "some text of number %d\t%s".formatted(i, i % 2 == 0 ? "even" : "odd"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void textsThatPreTrainingDoesNotReadAreHeldOutFirst() throws Exception {
    Path file = Files.writeString(folder.resolve("rows.txt"), rows(40));
    List<String> read = IntStream.range(0, 30).mapToObj(i -> "some text of number " + i).toList();
    List<String> unread =
        IntStream.range(30, 38).mapToObj(i -> "some text of number " + i).toList();
    FakeRun run = run();
    Labels labels =
        annotate(run, corpus(read, unread), config("classify", file, "heldoutFraction=0.25"));
    assertEquals(new Classification(List.of("even", "odd")), Tasks.read(labels.folder()));
    var task = (Classification) Tasks.read(labels.folder());
    List<ClassifiedText> heldout = task.examples(labels.folder(), Split.HELDOUT);
    assertEquals(10, heldout.size());
    assertTrue(heldout.stream().noneMatch(e -> read.contains(e.text())), heldout.toString());
    assertEquals(30, task.examples(labels.folder(), Split.TRAIN).size());
    assertEquals(List.of("all texts", "30", "10"), run.row("Labelled", "all texts"));
    FakeRun more = run();
    annotate(more, corpus(read, unread), config("classify", file, "heldoutFraction=0.5"));
    assertTrue(
        more.notes().stream().anyMatch(n -> n.startsWith("10 of 20 held-out texts stand")),
        more.notes().toString());
  }

  @Test
  void aTextThatStandsTwiceCountsOnceAndItIsTold() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("rows.txt"),
            rows(20) + "\nsome text of number 1\todd\nsome text of number 2\todd\n");
    FakeRun run = run();
    Labels labels = annotate(run, corpus(List.of(), List.of()), config("classify", file));
    var task = (Classification) Tasks.read(labels.folder());
    int all = 0;
    for (Split split : Split.values()) {
      all += task.examples(labels.folder(), split).size();
    }
    assertEquals(20, all);
    assertTrue(run.notes().contains("left out: 1 text, repeated"));
    assertTrue(
        run.notes()
            .contains(
                "left out: 1 text, repeated with other labels, such as rows.txt#3"
                    + " and rows.txt#22: the first counts"),
        run.notes().toString());
  }

  @Test
  void numbersGetTheirNamesFromAFile() throws Exception {
    Path names = Files.writeString(folder.resolve("names.txt"), "finance\nsport\n");
    Path file =
        Files.writeString(
            folder.resolve("rows.txt"), rows(20).replace("even", "0").replace("odd", "1"));
    Labels labels =
        annotate(
            run(),
            corpus(List.of(), List.of()),
            config("classify", file, "labelNames=\"" + names + "\""));
    assertEquals(List.of("finance", "sport"), Tasks.read(labels.folder()).output().names());
  }

  @Test
  void wordsWithTagsAreLabels() throws Exception {
    String sentences =
        IntStream.range(0, 30)
            .mapToObj(i -> "in O\nOslo B-LOC\nx" + i + " O\n\n")
            .collect(Collectors.joining());
    Path file = Files.writeString(folder.resolve("rows.txt"), sentences);
    FakeRun run = run();
    Labels labels = annotate(run, corpus(List.of(), List.of()), config("tag", file));
    assertEquals(new Tagging(List.of("O", "B-LOC", "I-LOC")), Tasks.read(labels.folder()));
    assertEquals("LOC", run.row("Labelled", "LOC").getFirst());
  }

  @Test
  void aSettingThatTheTaskDoesNotReadIsRefusedByName() throws Exception {
    Path file = Files.writeString(folder.resolve("rows.txt"), rows(20));
    for (String given :
        List.of(
            "promptField=\"q\"",
            "completionField=\"a\"",
            "systemField=\"s\"",
            "messagesField=\"m\"",
            "besideRules=true",
            "maxPerFile=5",
            "minWords=2",
            "maxWords=50",
            "maxPromptCharacters=400")) {
      assertRefused(config("classify", file, given), given);
      assertRefused(config("tag", file, given), given);
    }
    for (String given :
        List.of("textField=\"t\"", "labelField=\"l\"", "labelNames=\"" + file + "\"")) {
      assertRefused(config("answer", file, given), given);
      new Annotate().check(config("classify", file, given));
    }
    Path pairs = Files.writeString(folder.resolve("pairs.jsonl"), "{}");
    new Annotate().check(config("answer", pairs, "promptField=\"q\""));
    assertRefused(config("answer", pairs, "minWords=2"), "minWords");
    new Annotate().check(config("answer", pairs, "minWords=2", "besideRules=true"));
    ObjectNode alone = JsonMapper.shared().createObjectNode().put("heldoutFraction", 0.1);
    Annotate.Config none = Binder.bind("annotate", alone, new Annotate().defaults());
    assertRefused(none, "heldoutFraction = 0.1");
  }

  private static void assertRefused(Annotate.Config config, String given) {
    String name = given.split("[ =]", 2)[0];
    var refused = assertThrows(ConfigException.class, () -> new Annotate().check(config), given);
    assertTrue(refused.getMessage().startsWith("annotate." + name + " = "), refused.getMessage());
  }

  @Test
  void whatCannotBeLabelsIsRefused() throws Exception {
    Path one = Files.writeString(folder.resolve("one.txt"), rows(20).replace("odd", "even"));
    Corpus empty = corpus(List.of(), List.of());
    var single =
        assertThrows(InputException.class, () -> annotate(run(), empty, config("classify", one)));
    assertTrue(single.getMessage().contains("classes = 1"), single.getMessage());
    var unknown = assertThrows(ConfigException.class, () -> config("clasify", one));
    assertTrue(unknown.getMessage().contains("classify"), unknown.getMessage());
    ObjectNode none = JsonMapper.shared().createObjectNode().put("task", "tag");
    var missing =
        assertThrows(
            ConfigException.class, () -> Binder.bind("annotate", none, new Annotate().defaults()));
    assertTrue(missing.getMessage().contains("--labels"), missing.getMessage());
    var twice = Files.writeString(folder.resolve("twice.txt"), "a\na\n");
    var config = config("classify", one, "labelNames=\"" + twice + "\"");
    assertThrows(ConfigException.class, () -> new Annotate().external(config));
  }

  @Test
  void rowsThatAreHeldOutByNameAreNotTrainedOn() throws Exception {
    Path train = Files.writeString(folder.resolve("train.tsv"), "text\tlabel\n" + rows(20));
    Path test =
        Files.writeString(
            folder.resolve("test.tsv"),
            "text\tlabel\nsome text of number 4\teven\nanother\todd\nthird\tevne\n");
    String held = "heldoutLabels=[\"" + test + "\"]";
    FakeRun run = run();
    Labels labels = annotate(run, corpus(List.of(), List.of()), config("classify", train, held));
    String note =
        "left out of training, since the held-out part has them: 1 text, such as train.tsv#5 as"
            + " test.tsv#1";
    assertTrue(run.notes().stream().anyMatch(n -> n.startsWith(note)), run.notes().toString());
    assertTrue(
        run.notes()
            .contains(
                "«evne» has no example to train on, and 1 held out (first: test.tsv#3); mend it if"
                    + " it is misspelt: it will not be learned"),
        run.notes().toString());
    var task = (Classification) Tasks.read(labels.folder());
    assertEquals(
        List.of("some text of number 4", "another", "third"),
        task.examples(labels.folder(), Split.HELDOUT).stream().map(ClassifiedText::text).toList());
    assertEquals(19, task.examples(labels.folder(), Split.TRAIN).size());
    String itself = "heldoutLabels=[\"" + train + "\"]";
    var error =
        assertThrows(
            ConfigException.class, () -> new Annotate().check(config("classify", train, itself)));
    assertTrue(error.getMessage().contains("have a file train.tsv each"), error.getMessage());
  }

  /// A model that tells texts of fruit from texts of tools, written as `imago classify train` does.
  private Path classifier() {
    var examples =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    i % 2 == 0
                        ? new LinearTrainer.Example("sweet apple and ripe pear " + i, "fruit")
                        : new LinearTrainer.Example("heavy hammer and long nail " + i, "tool"))
            .toList();
    Path file = folder.resolve("things.linear");
    LinearFile.write(
        LinearTrainer.train(examples, LinearSettings.of(LinearKind.LOGISTIC), 1), file);
    return file;
  }

  private static Annotate.Config classified(Path classifier, String... settings) {
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    fields.put("task", "classify").put("classifier", classifier.toString());
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      fields.set(parts[0], JsonMapper.shared().readTree(parts[1]));
    }
    return Binder.bind("annotate", fields, new Annotate().defaults());
  }

  private static List<String> told(Labels labels, Split split) {
    return ((Classification) Tasks.read(labels.folder()))
        .examples(labels.folder(), split).stream().map(e -> e.text() + ": " + e.label()).toList();
  }

  @Test
  void aClassifierLabelsTheDocumentsThatItIsSureOf() throws Exception {
    Corpus corpus =
        corpus(
            List.of("ripe sweet pear", "a long heavy nail", "nothing of the kind"),
            List.of("sweet apple", "long hammer"));
    FakeRun run = run();
    Labels labels = annotate(run, corpus, classified(classifier(), "minConfidence=0.7"));
    assertEquals(
        List.of("ripe sweet pear: fruit", "a long heavy nail: tool"), told(labels, Split.TRAIN));
    assertEquals(List.of("sweet apple: fruit", "long hammer: tool"), told(labels, Split.HELDOUT));
    assertTrue(
        run.notes().stream().anyMatch(n -> n.startsWith("things.linear labelled 4 of 5 documents")),
        run.notes().toString());
    assertTrue(run.notes().stream().anyMatch(n -> n.startsWith("held-out labels are")));
  }

  @Test
  void besideAClassifierWhatPeopleSaidCountsAndIsWhatMeasures() throws Exception {
    Path rows =
        Files.writeString(
            folder.resolve("rows.tsv"),
            "text\tlabel\nripe sweet pear\ttool\n"
                + IntStream.range(0, 19)
                    .mapToObj(i -> "number %d\t%s\n".formatted(i, i % 2 == 0 ? "fruit" : "tool"))
                    .collect(Collectors.joining()));
    Corpus corpus = corpus(List.of("ripe sweet pear", "a long heavy nail"), List.of("long hammer"));
    Labels labels =
        annotate(
            run(),
            corpus,
            classified(
                classifier(),
                "labels=[\"" + rows + "\"]",
                "minConfidence=0.5",
                "heldoutFraction=0.2"));
    List<String> train = told(labels, Split.TRAIN);
    List<String> heldout = told(labels, Split.HELDOUT);
    assertTrue(train.contains("a long heavy nail: tool"), train.toString());
    assertTrue(
        train.contains("ripe sweet pear: tool") || heldout.contains("ripe sweet pear: tool"));
    assertEquals(21, train.size() + heldout.size());
    assertEquals(4, heldout.size());
    assertTrue(heldout.stream().noneMatch(t -> t.contains("nail") || t.contains("hammer")));
  }

  @Test
  void ofDocumentsThatAreAlikeNoMoreAreHeldThanAreWanted() throws Exception {
    Corpus corpus = corpus(Collections.nCopies(5, "ripe sweet pear"), List.of());
    var documents = new ClassifiedDocuments(classified(classifier(), "maxExamples=1"), List.of());
    int held = documents.of(corpus, Split.TRAIN, run()).size();
    assertTrue(held >= 1 && held <= 2, "held " + held);
  }

  @Test
  void aClassifierIsRefusedWhereItCannotLabel() throws Exception {
    Path file = classifier();
    Path none = folder.resolve("none.linear");
    var missing = assertThrows(ConfigException.class, () -> new Annotate().check(classified(none)));
    assertTrue(missing.getMessage().contains("imago classify train"), missing.getMessage());
    assertRefused(classified(file, "textField=\"t\""), "textField");
    assertRefused(classified(file, "heldoutFraction=0.2"), "heldoutFraction");
    Path rows = Files.writeString(folder.resolve("rows.txt"), rows(20));
    assertRefused(config("classify", rows, "minConfidence=0.5"), "minConfidence");
    assertThrows(ConfigException.class, () -> config("tag", rows, "classifier=\"" + file + "\""));
    Path broken = Files.writeString(folder.resolve("broken.linear"), "no model");
    Corpus corpus = corpus(List.of("ripe sweet pear"), List.of());
    assertThrows(InputException.class, () -> annotate(run(), corpus, classified(broken)));
    var unsure =
        assertThrows(
            InputException.class,
            () -> annotate(run(), corpus, classified(file, "minConfidence=1")));
    assertTrue(unsure.getMessage().contains("annotate.minConfidence"), unsure.getMessage());
    Path names = Files.writeString(folder.resolve("names.txt"), "tool\nplant\n");
    var unknown =
        assertThrows(
            InputException.class,
            () ->
                annotate(
                    run(),
                    corpus,
                    classified(file, "minConfidence=0.5", "labelNames=\"" + names + "\"")));
    assertTrue(unknown.getMessage().contains("«fruit»"), unknown.getMessage());
  }
}
