// Past 400 lines: each form of rows that people have.
package dev.imago.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Ref;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.fixtures.FakeRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class GivenLabelsTest {
  @TempDir Path folder;
  private int runs;

  private Path file(String name, String text) throws IOException {
    return file(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Path file(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve("rows").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private static String pairs(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"prompt\":\"question %d\",\"completion\":\"answer %d\"}".formatted(i, i))
        .collect(Collectors.joining("\n"));
  }

  private Annotate.Config config(Path... labels) {
    return config(List.of(labels), "", "", "", false);
  }

  private static Annotate.Config config(
      List<Path> labels, String prompt, String completion, String encoding, boolean besideRules) {
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    labels.forEach(label -> settings.withArray("labels").add(label.toString()));
    settings.put("promptField", prompt).put("completionField", completion);
    settings.put("encoding", encoding).put("besideRules", besideRules);
    return Binder.bind("annotate", settings, Annotate.Config.defaults());
  }

  private Corpus corpus(List<String> train, List<String> heldout) throws IOException {
    Path of = Files.createDirectories(folder.resolve("corpus" + runs++));
    try (var trains = new Documents.Writer(of, "train");
        var heldouts = new Documents.Writer(of, "heldout")) {
      train.forEach(text -> trains.write(document(text)));
      heldout.forEach(text -> heldouts.write(document(text)));
    }
    return new Corpus(new Ref("corpus", "0".repeat(64)), of);
  }

  private static Document document(String text) {
    return new Document("d.txt", text, "d", Map.of("kind", "prose", "language", "en"));
  }

  private FakeRun run() {
    return new FakeRun(folder.resolve("run" + runs++), 1);
  }

  private Labels labels(Annotate.Config config, FakeRun run) throws Exception {
    return labels(corpus(List.of("A text."), List.of("Another.")), config, run);
  }

  private static Labels labels(Corpus corpus, Annotate.Config config, FakeRun run)
      throws Exception {
    return new Annotate().run(new Annotate.Inputs(corpus), config, run).labels();
  }

  private static List<String> prompts(Labels labels, Split split) {
    return Examples.read(labels.folder(), split).stream().map(Example::prompt).toList();
  }

  @Test
  void rowsOfAnyFormAreReadAndToldByTheirForm() throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      out.write(pairs(0, 30).getBytes(StandardCharsets.UTF_8));
    }
    file("a.jsonl.gz", packed.toByteArray());
    file("b.json", "[{\"instruction\":\"i\",\"input\":\"\",\"output\":\"o\"}]");
    file("sub/c.csv", "question,answer\n\"q, 1\",a\n".getBytes(StandardCharsets.UTF_8));
    file("d.txt", "no rows");
    FakeRun run = run();
    Labels labels = labels(config(folder.resolve("rows")), run);
    assertEquals(
        List.of("1 row read as Alpaca", "31 rows read as prompt and completion"),
        run.notes().subList(0, 2));
    var all = new HashSet<>(prompts(labels, Split.TRAIN));
    all.addAll(prompts(labels, Split.HELDOUT));
    assertEquals(32, all.size());
    assertTrue(all.containsAll(List.of("i", "q, 1", "question 0")), all.toString());
    assertTrue(
        Examples.read(labels.folder(), Split.TRAIN).stream()
            .anyMatch(e -> e.id().matches("rows/a.jsonl.gz#\\d+")));
  }

  @Test
  void chineseInItsOwnEncodingsIsRead() throws Exception {
    String rows =
        IntStream.range(0, 200)
            .mapToObj(i -> "第%d个问题是什么？\t这是第%d个回答，说明得很清楚。\n".formatted(i, i))
            .collect(Collectors.joining("", "问题\t答案\n", ""));
    for (String encoding : List.of("UTF-8", "GB18030", "UTF-16LE")) {
      byte[] bytes = rows.getBytes(Charset.forName(encoding));
      Path file = file(encoding + ".tsv", bytes);
      String named = encoding.equals("UTF-16LE") ? encoding : "";
      FakeRun run = run();
      Labels labels = labels(config(List.of(file), "", "", named, false), run);
      assertEquals(
          190, prompts(labels, Split.TRAIN).size(), encoding + ": " + run.notes().toString());
      assertTrue(prompts(labels, Split.TRAIN).getFirst().contains("个问题是什么？"), encoding);
    }
  }

  @Test
  void conversationsKeepTheirTurns() throws Exception {
    Path file =
        file(
            "talk.json",
            """
            [{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "a"},
              {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"},
              {"role": "assistant", "content": "d"}]}]
            """);
    Example example = Examples.read(labels(config(file), run()).folder(), Split.TRAIN).getFirst();
    assertEquals(5, example.messages().size());
    assertEquals("c", example.prompt());
    assertEquals("d", example.completion());
    assertEquals("talk.json#1", example.id());
  }

  @Test
  void aFileOfOldLabelsHasNoTurnsAndReadsAsBefore() throws Exception {
    Path of = Files.createDirectories(folder.resolve("old"));
    Files.writeString(
        of.resolve("train.jsonl"),
        "{\"id\":\"x\",\"prompt\":\"p\",\"completion\":\"c\",\"source\":\"s\"}\n");
    Example example = Examples.read(of, Split.TRAIN).getFirst();
    assertEquals(new Example("x", "p", "c", "s"), example);
    Examples.write(of, Split.HELDOUT, List.of(example));
    assertEquals(
        Files.readString(of.resolve("train.jsonl")),
        Files.readString(of.resolve("heldout.jsonl")),
        "a pair is written without turns");
  }

  @Test
  void pairsOfAnswersKeepBothAndSayTheirTask() throws Exception {
    Path rows =
        file(
            "preferences.jsonl",
            IntStream.range(0, 20)
                    .mapToObj(
                        i ->
                            "{\"prompt\":\"question %d\",\"chosen\":\"good %d\",\"rejected\":\"bad %d\"}"
                                .formatted(i, i, i))
                    .collect(Collectors.joining("\n"))
                + "\n{\"prompt\":\"alone\",\"chosen\":\"good\",\"rejected\":\"\"}");
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    fields.put("task", "preference");
    fields.put("labels", rows.toString());
    FakeRun run = run();
    Labels labels = labels(Binder.bind("annotate", fields, new Annotate().defaults()), run);
    assertTrue(Files.readString(labels.folder().resolve("task.json")).contains("preference"));
    List<Example> all = new ArrayList<>(Examples.read(labels.folder(), Split.TRAIN));
    all.addAll(Examples.read(labels.folder(), Split.HELDOUT));
    assertEquals(20, all.size());
    for (Example example : all) {
      assertEquals(example.completion().replace("good", "bad"), example.rejected());
      assertEquals(example.rejected(), example.worse().turns().getLast().content());
    }
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("no rejected answer")),
        run.notes().toString());
  }

  @Test
  void answersThatPeopleJudgedKeepTheirLabelsAndSayTheirTask() throws Exception {
    Path rows =
        file(
            "unpaired.jsonl",
            IntStream.range(0, 20)
                    .mapToObj(
                        i ->
                            "{\"prompt\":\"question %d\",\"completion\":\"answer %d\",\"label\":%s}"
                                .formatted(i, i, i % 2 == 0))
                    .collect(Collectors.joining("\n"))
                + "\n{\"prompt\":\"question 3\",\"completion\":\"answer 3\",\"label\":true}"
                + "\n{\"prompt\":\"nobody\",\"completion\":\"said\"}");
    ObjectNode fields = JsonMapper.shared().createObjectNode();
    fields.put("task", "unpaired");
    fields.put("labels", rows.toString());
    FakeRun run = run();
    Labels labels = labels(Binder.bind("annotate", fields, new Annotate().defaults()), run);
    assertTrue(Files.readString(labels.folder().resolve("task.json")).contains("unpaired"));
    List<Example> all = new ArrayList<>(Examples.read(labels.folder(), Split.TRAIN));
    all.addAll(Examples.read(labels.folder(), Split.HELDOUT));
    assertEquals(20, all.size());
    for (Example example : all) {
      int number = Integer.parseInt(example.completion().replace("answer ", ""));
      assertEquals(number % 2 == 0, example.label());
    }
    String notes = run.notes().toString();
    assertTrue(notes.contains("1 no label (first: "), notes);
    assertTrue(notes.contains("1 the same answer with the other label (first: "), notes);
  }

  @Test
  void duplicatesAndEmptyAnswersAreCountedAndTold() throws Exception {
    String rows =
        pairs(0, 40)
            + "\n{\"prompt\":\"question 3\",\"completion\":\"answer 3\"}\n"
            + "{\"prompt\":\"nobody\",\"completion\":\" \"}\n{\"prompt\":\"cut\n";
    FakeRun run = run();
    Labels labels = labels(config(file("a.jsonl", rows)), run);
    String notes = run.notes().toString();
    assertTrue(
        notes.contains(
            "3 of 43 rows are left out: 1 an empty answer (first: a.jsonl, line 42), 1 broken"
                + " (first: a.jsonl, line 43"),
        notes);
    assertTrue(notes.contains("1 the same again (first: a.jsonl, line 41)"), notes);
    assertEquals(32, prompts(labels, Split.TRAIN).size());
    assertEquals(8, prompts(labels, Split.HELDOUT).size());
  }

  @Test
  void moreThanATenthLeftOutIsToldWithAnExample() throws Exception {
    String rows = pairs(0, 10) + "\n{\"title\":\"t\"}\n{\"title\":\"t\"}\n";
    FakeRun run = run();
    labels(config(file("a.jsonl", rows)), run);
    String all = String.join("\n", run.notes());
    assertTrue(all.contains("2 for «no known form»"), all);
    assertTrue(all.contains("a.jsonl, line 11 with title"), all);
    assertTrue(all.contains("annotate.promptField"), all);
  }

  @Test
  void rowsOfNoKnownFormNameTheirFields() throws Exception {
    Path file = file("a.csv", "label,review\n1,good\n0,bad\n");
    var error = assertThrows(InputException.class, () -> labels(config(file), run()));
    assertTrue(error.getMessage().contains("their fields are label, review"), error.getMessage());
    assertTrue(error.getMessage().contains("annotate.promptField"), error.getMessage());
    Labels named = labels(config(List.of(file), "review", "label", "", false), run());
    assertEquals("1", Examples.read(named.folder(), Split.TRAIN).getFirst().completion());
    var wrong =
        assertThrows(
            InputException.class,
            () -> labels(config(List.of(file), "reviw", "label", "", false), run()));
    assertTrue(wrong.getMessage().contains("promptField = «reviw»"), wrong.getMessage());
  }

  @Test
  void whatIsNotThereIsRefusedBeforeWork() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    for (Path place : List.of(folder.resolve("none.json"), empty)) {
      var config = config(place);
      assertThrows(ConfigException.class, () -> new Annotate().check(config));
    }
    var error =
        assertThrows(ConfigException.class, () -> config(List.of(), "", "", "GB-OF-NOBODY", false));
    assertTrue(error.getMessage().contains("GB18030"), error.getMessage());
  }

  @Test
  void aChangedFileIsOtherLabels() throws Exception {
    Path file = file("a.jsonl", pairs(0, 5));
    String before = new Annotate().external(config(file));
    Files.writeString(file, pairs(0, 6));
    assertNotEquals(before, new Annotate().external(config(file)));
    assertEquals("", new Annotate().external(Annotate.Config.defaults()));
  }

  @Test
  void aRowMoreMovesFewOthersToTheOtherSide() throws Exception {
    Labels some = labels(config(file("a.jsonl", pairs(0, 400))), run());
    Labels more = labels(config(file("b.jsonl", pairs(0, 401))), run());
    var held = new HashSet<>(prompts(some, Split.HELDOUT));
    assertEquals(20, held.size());
    held.removeAll(prompts(more, Split.HELDOUT));
    assertTrue(held.size() <= 1, held.toString());
  }

  @Test
  void rowsThatAskTheSameStandOnOneSide() throws Exception {
    String rows =
        IntStream.range(0, 200)
            .mapToObj(i -> "{\"prompt\":\"p%d\",\"completion\":\"answer %d\"}".formatted(i / 2, i))
            .collect(Collectors.joining("\n"));
    Labels labels = labels(config(file("a.jsonl", rows)), run());
    var both = new HashSet<>(prompts(labels, Split.HELDOUT));
    assertTrue(both.size() >= 5);
    both.retainAll(prompts(labels, Split.TRAIN));
    assertEquals(new HashSet<>(), both);
    assertEquals(200, prompts(labels, Split.TRAIN).size() + prompts(labels, Split.HELDOUT).size());
  }

  @Test
  void rowsTakeThePlaceOfPairsByRuleOrStandBesideThem() throws Exception {
    Corpus corpus =
        corpus(
            List.of("The first sentence is here. The second one follows it."), List.of("No more."));
    Path file = file("a.jsonl", pairs(0, 20));
    Labels alone = labels(corpus, config(file), run());
    assertEquals(16, prompts(alone, Split.TRAIN).size());
    FakeRun run = run();
    Labels beside = labels(corpus, config(List.of(file), "", "", "", true), run);
    assertEquals(17, prompts(beside, Split.TRAIN).size());
    assertEquals(List.of("pairs: train", "16", "0", "1"), run.row("Labelled", "pairs: train"));
  }

  @Test
  void anAnswerThatPreTrainingReadsIsNotHeldOut() throws Exception {
    var texts =
        IntStream.range(0, 100)
            .mapToObj("This is answer number %d, a long one."::formatted)
            .toList();
    String rows =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    "{\"prompt\":\"q%d\",\"completion\":\"This is answer number %d, a long one.\"}"
                        .formatted(i, i))
            .collect(Collectors.joining("\n"));
    Corpus corpus = corpus(texts.subList(0, 95), texts.subList(95, 100));
    FakeRun run = run();
    Labels labels = labels(corpus, config(file("a.jsonl", rows)), run);
    assertEquals(
        List.of("q95", "q96", "q97", "q98", "q99"),
        prompts(labels, Split.HELDOUT).stream().sorted().toList());
    assertTrue(run.notes().stream().noneMatch(n -> n.contains("flatters")), run.notes().toString());

    FakeRun all = run();
    Labels leaking = labels(corpus(texts, List.of("x")), config(file("a.jsonl", rows)), all);
    assertEquals(2, prompts(leaking, Split.HELDOUT).size());
    assertTrue(all.notes().stream().anyMatch(n -> n.contains("flatters")), all.notes().toString());
  }

  @Test
  void howManyAreHeldOut() {
    assertEquals(
        List.of(0, 1, 1, 1, 2, 10, 10, 50, 5000),
        java.util.stream.Stream.of(1, 2, 4, 9, 10, 50, 100, 1000, 100_000)
            .map(n -> Holdout.size(n, 0.05))
            .toList());
    assertEquals(0, Holdout.size(1000, 0));
  }

  private static Annotate.Config translating(String more, Path... labels) {
    ObjectNode settings = (ObjectNode) JsonMapper.shared().readTree("{%s}".formatted(more));
    settings.put("task", "translate");
    List.of(labels).forEach(label -> settings.withArray("labels").add(label.toString()));
    return Binder.bind("annotate", settings, Annotate.Config.defaults());
  }

  private static List<String> both(Labels labels, Split split) {
    return Examples.read(labels.folder(), split).stream()
        .map(e -> e.prompt() + " > " + e.completion())
        .sorted()
        .toList();
  }

  @Test
  void twoTextsOfAsManyLinesAreTranslationsOfEachOther() throws Exception {
    Path de = file("train.de", "eins\nzwei\n\nvier\nfünf\nsechs\n");
    Path en = file("train.en", "one\ntwo\nthree\nfour\nfive\nsix\n");
    var run = run();
    Labels labels = labels(translating("'heldoutFraction': 0".replace('\'', '"'), de, en), run);
    assertEquals(
        List.of("eins > one", "fünf > five", "sechs > six", "vier > four", "zwei > two"),
        both(labels, Split.TRAIN));
    assertEquals("train.de#1", Examples.read(labels.folder(), Split.TRAIN).getFirst().id());
    assertTrue(Files.readString(labels.folder().resolve("task.json")).contains("\"translate\""));
    assertTrue(
        run.notes().stream().anyMatch(n -> n.contains("1 an empty line of one of the texts")),
        run.notes().toString());
  }

  @Test
  void textsThatDoNotBelongTogetherAreRefused() throws Exception {
    Path de = file("train.de", "eins\nzwei\n");
    Path en = file("train.en", "one\n");
    var unlike = assertThrows(InputException.class, () -> labels(translating("", de, en), run()));
    assertTrue(unlike.getMessage().startsWith("train.de has 2 lines and train.en has 1: "));
    var alone = assertThrows(InputException.class, () -> labels(translating("", de), run()));
    assertTrue(alone.getMessage().contains("--labels train.de --labels train.en"));
  }

  @Test
  void rowsOfTwoTextsNeedNoNames() throws Exception {
    String none = "\"heldoutFraction\": 0";
    Path named =
        file("a.jsonl", "{\"de\":\"eins\",\"en\":\"one\"}\n{\"de\":\"zwei\",\"en\":\"two\"}");
    var run = run();
    assertEquals(
        List.of("eins > one", "zwei > two"),
        both(labels(translating(none, named), run), Split.TRAIN));
    assertTrue(
        run.notes()
            .contains(
                "source = «de», target = «en»; annotate.promptField and annotate.completionField"
                    + " name others"));
    Path nested = file("b.jsonl", "{\"translation\":{\"de\":\"eins\",\"en\":\"one\"}}");
    assertEquals(
        List.of("eins > one"), both(labels(translating(none, nested), run()), Split.TRAIN));
    Path columns = file("deu.txt", "eins\tone\tby me\nzwei\ttwo\tby me\n");
    assertEquals(
        List.of("eins > one", "zwei > two"),
        both(labels(translating(none, columns), run()), Split.TRAIN));
    String turned = none + ", \"promptField\": \"en\", \"completionField\": \"de\"";
    assertEquals(
        List.of("one > eins", "two > zwei"),
        both(labels(translating(turned, named), run()), Split.TRAIN));
  }

  @Test
  void filesOfOneNameHaveRowsOfTheirOwn() throws Exception {
    Path one = file("one/train.jsonl", pairs(0, 40));
    Path other = file("other/train.jsonl", pairs(40, 80));
    Labels labels = labels(config(one, other), run());
    List<String> ids =
        Stream.of(Split.TRAIN, Split.HELDOUT)
            .flatMap(split -> Examples.read(labels.folder(), split).stream())
            .map(Example::id)
            .toList();
    assertEquals(80, new HashSet<>(ids).size(), ids.toString());
    assertTrue(ids.contains("train.jsonl#40") && ids.contains("train.jsonl~2#40"), ids.toString());
  }

  @Test
  void rowsThatAreHeldOutByNameAreNotTrainedOn() throws Exception {
    Path train = file("train.jsonl", pairs(0, 30));
    Path test = file("test.jsonl", pairs(28, 33));
    var run = run();
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    settings.withArray("labels").add(train.toString());
    settings.withArray("heldoutLabels").add(test.toString());
    Labels labels = labels(Binder.bind("annotate", settings, Annotate.Config.defaults()), run);
    assertEquals(5, prompts(labels, Split.HELDOUT).size());
    assertEquals(28, prompts(labels, Split.TRAIN).size());
    assertFalse(prompts(labels, Split.TRAIN).contains("question 28"));
    String notes = run.notes().toString();
    assertTrue(notes.contains("2 held out, too (first: train.jsonl, line 29)"), notes);
    assertTrue(
        Examples.read(labels.folder(), Split.TRAIN).stream()
            .anyMatch(e -> e.id().equals("train.jsonl#1")),
        "a row's number is that of its file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'anchor':'a','positive':'b','negative':'c'}",
        "{'Query':'a','pos':['b','x'],'neg':['c']}",
        "{'sentence1':'a','sentence2':'b','negative_1':'c'}",
        "{'left':'a','right':'b','wrong':'c'}",
      })
  void textsThatBelongTogetherAreReadByManyNames(String row) throws Exception {
    Path file = file("rows.jsonl", row.replace('\'', '"'));
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    settings.put("task", "embed").put("heldoutFraction", 0);
    settings.withArray("labels").add(file.toString());
    Labels labels = labels(Binder.bind("annotate", settings, Annotate.Config.defaults()), run());
    Example example = Examples.read(labels.folder(), Split.TRAIN).getFirst();
    assertEquals("a b c", example.prompt() + " " + example.completion() + " " + example.rejected());
    assertTrue(Files.readString(labels.folder().resolve("task.json")).contains("\"embed\""));
  }

  @Test
  void whichFieldsBelongTogetherAndWhatIsNotReadIsToldOnce() throws Exception {
    String row = "{'id':%d,'sentence_A':'a %d','sentence_B':'b','score':5}\n";
    Path file = file("rows.jsonl", (row.formatted(1, 1) + row.formatted(2, 2)).replace('\'', '"'));
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    settings.put("task", "embed").put("heldoutFraction", 0);
    settings.withArray("labels").add(file.toString());
    var run = run();
    labels(Binder.bind("annotate", settings, Annotate.Config.defaults()), run);
    String told = "anchor = «sentence_A», positive = «sentence_B»; not read: id, score; ";
    assertEquals(
        1, run.notes().stream().filter(n -> n.startsWith(told)).count(), run.notes().toString());
  }
}
