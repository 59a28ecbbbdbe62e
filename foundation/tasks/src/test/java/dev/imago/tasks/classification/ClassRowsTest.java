package dev.imago.tasks.classification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Rows;
import dev.imago.tasks.LabelReader.Settings;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassRowsTest {
  private static ClassRows read(Settings settings, Rows.Format format, String text)
      throws Exception {
    var rows = new ClassRows(settings);
    rows.read("f", new StringReader(text), format);
    return rows;
  }

  private static List<String> taken(ClassRows rows) {
    return rows.given().examples().stream().map(e -> e.label() + ":" + e.text()).toList();
  }

  @Test
  void columnsBetweenTabsAreATextAndTheNumberOfItsClass() throws Exception {
    var settings = new Settings("", "", List.of("finance", "realty", "stocks"));
    var rows = read(settings, null, "体验巅峰 创新概览\t2\n铁树开花 组图\t0\n同步首秀 港股回调\t2\n");
    assertEquals(List.of("stocks:体验巅峰 创新概览", "finance:铁树开花 组图", "stocks:同步首秀 港股回调"), taken(rows));
    assertEquals(List.of("finance", "realty", "stocks"), rows.task().labels());
  }

  @Test
  void numbersWithoutNamesAreInTheOrderOfTheirValue() throws Exception {
    var rows = read(Settings.FOUND, null, "a b c d\t10\ne f g h\t9\ni j k l\t10\nm n o p\t9\n");
    assertEquals(List.of("9", "10"), rows.task().labels());
  }

  @Test
  void fieldsAreFoundByTheirNames() throws Exception {
    var rows = read(Settings.FOUND, Rows.Format.CSV, "label,review\n1,\"good, very\"\n0,bad\n");
    assertEquals(List.of("1:good, very", "0:bad"), taken(rows));
    assertTrue(rows.given().notes().contains("f: text = review, class = label"));
    String json = "{\"category\":\"x\",\"text\":\"one\"}\n{\"category\":\"y\",\"text\":\"two\"}\n";
    assertEquals(List.of("x:one", "y:two"), taken(read(Settings.FOUND, Rows.Format.JSONL, json)));
  }

  @Test
  void fieldsThatAreNamedComeFirst() throws Exception {
    var settings = new Settings("b", "c", List.of());
    String text = "text,label,b,c\nlong text here,1,short,no\nother text there,0,small,yes\n";
    assertEquals(List.of("no:short", "yes:small"), taken(read(settings, Rows.Format.CSV, text)));
    var wrong = new Settings("", "colour", List.of());
    var error = assertThrows(InputException.class, () -> read(wrong, Rows.Format.CSV, text));
    assertTrue(
        error.getMessage().contains("labelField = «colour» is no field"), error.getMessage());
  }

  @Test
  void aClassThatIsNotInTheListIsRefusedWithItsLine() {
    var settings = new Settings("", "", List.of("no", "yes"));
    var error =
        assertThrows(
            InputException.class, () -> read(settings, null, "some words\t0\nmore words\t2\n"));
    assertTrue(error.getMessage().startsWith("f, line 2: class = «2»"), error.getMessage());
  }

  @Test
  void rowsWithoutTextOrClassAreLeftOutAndTold() throws Exception {
    String json =
        "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\" \",\"label\":\"x\"}\n{\"text\":\"b\"}\n";
    var rows = read(Settings.FOUND, Rows.Format.JSONL, json);
    assertEquals(List.of("x:a"), taken(rows));
    assertTrue(rows.given().notes().contains("left out: 1, no text (first: f, line 2)"));
    assertTrue(rows.given().notes().contains("left out: 1, no class (first: f, line 3)"));
  }

  @Test
  void oneClassAloneIsNoTask() throws Exception {
    var rows = read(Settings.FOUND, null, "some words\t1\nmore words\t1\n");
    var error = assertThrows(IllegalArgumentException.class, rows::task);
    assertTrue(error.getMessage().startsWith("classes = 1 («1»), and"), error.getMessage());
  }

  @Test
  void aTextWithoutAnythingBesideItHasNoClass() {
    var error =
        assertThrows(InputException.class, () -> read(Settings.FOUND, null, "one\ntwo\nthree\n"));
    assertTrue(error.getMessage().contains("annotate.labelField"), error.getMessage());
  }

  @Test
  void pairsOfInferenceSetsAreReadTogetherHoweverTheirClassesAreWritten() throws Exception {
    var rows = new ClassRows(Settings.FOUND);
    rows.read(
        "SICK.txt",
        new StringReader(
            "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n"
                + "1\tit is\tit was\t4.5\tNEUTRAL\n2\tit is so\tit is\t3.2\tENTAILMENT\n"
                + "4\tso it is\tso it goes\t4.7\tNEUTRAL\n"),
        null);
    rows.read(
        "ocnli.json.gz",
        new StringReader(
            "{\"level\":\"easy\",\"sentence1\":\"是\",\"sentence2\":\"不是\",\"label\":\"contradiction\"}\n"
                + "{\"level\":\"easy\",\"sentence1\":\"是\",\"sentence2\":\"在\",\"label\":\"-\"}\n"
                + "{\"level\":\"easy\",\"sentence1\":\"是\",\"sentence2\":\"有\",\"label\":\"neutral\"}\n"),
        Rows.Format.JSONL);
    assertEquals(List.of("ENTAILMENT", "NEUTRAL", "contradiction"), rows.task().labels());
    assertEquals("有", rows.given().examples().getLast().pair());
    assertTrue(
        rows.given().notes().contains("ocnli.json.gz: class «neutral» is «NEUTRAL» of SICK.txt"),
        rows.given().notes().toString());
  }

  @Test
  void classesOfOneFileThatDifferInCaseAreTwo() throws Exception {
    assertEquals(
        List.of("US", "us"),
        read(Settings.FOUND, null, "they are\tUS\nwe are\tus\n").task().labels());
  }
}
