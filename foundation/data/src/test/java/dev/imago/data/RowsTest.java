package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.Rows.Format;
import dev.imago.data.Rows.Item;
import dev.imago.fixtures.Cases;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {
  @TempDir Path folder;

  private static List<String> read(Format format, String text) throws IOException {
    return read(format, text, 1000);
  }

  private static List<String> read(Format format, String text, int maxChars) throws IOException {
    try (Rows rows = Rows.of(new StringReader(text), format, maxChars)) {
      return told(rows);
    }
  }

  private static List<String> told(Rows rows) throws IOException {
    var all = new ArrayList<String>();
    for (Item item = rows.next(); item != null; item = rows.next()) {
      all.add(
          switch (item) {
            case Item.Row row -> row.line() + " " + row.value().toString().replace('"', '\'');
            case Item.Broken broken ->
                broken.line() + ":" + broken.column() + " broken: " + broken.why();
          });
    }
    assertNull(rows.next());
    return all;
  }

  @Test
  void anObjectCutOffIsToldWithoutTheParsersSettings() throws IOException {
    assertEquals(
        List.of("2:1 broken: Unexpected end-of-input: expected close marker for Object"),
        read(Format.JSON, "{\"a\": 1\n"));
  }

  @Test
  void aBrokenLineOfJsonlIsToldWithLineAndColumnAndSpoilsNoOther() throws IOException {
    List<String> rows =
        read(
            Format.JSONL,
            "{\"a\":1}\r\n\n{\"a\":x}\n{\"a\":\"" + "y".repeat(1000) + "\"}\n{\"a\":2}");
    assertEquals(4, rows.size(), rows.toString());
    assertEquals("1 {'a':1}", rows.get(0));
    assertTrue(rows.get(1).startsWith("3:6 broken: "), rows.get(1));
    assertEquals("4:1 broken: a row of more than 1,000 characters", rows.get(2));
    assertEquals("5 {'a':2}", rows.get(3));
  }

  @Test
  void anArrayGivesItsElementsAndEndsWhereItBreaks() throws IOException {
    assertEquals(
        List.of("2 {'a':1}", "3 {'a':2}", "4 'x'"),
        read(Format.JSON, "[\n{\"a\":1},\n {\"a\":2},\n\"x\"]"));
    List<String> cut = read(Format.JSON, "[{\"a\":1},\n{\"a\":");
    assertEquals("1 {'a':1}", cut.get(0));
    assertTrue(cut.get(1).startsWith("2:"), cut.toString());
    assertEquals(2, cut.size());
    assertEquals(
        List.of("1 {'a':1}", "2:1 broken: a row of more than 100 characters"),
        read(Format.JSON, "[{\"a\":1},\n{\"b\":\"" + "y".repeat(100_000) + "\"},{\"a\":2}]", 100));
  }

  @Test
  void anObjectThatHoldsArraysOfObjectsGivesTheirElements() throws IOException {
    assertEquals(
        List.of("1 {'a':1}", "1 {'a':2}"),
        read(Format.JSON, "{\"version\":\"1\",\"data\":[{\"a\":1},{\"a\":2}]}"));
    assertEquals(
        List.of("1 {'column1':'hi','column2':'greeting'}"),
        read(Format.JSON, "{\"train\":[[\"hi\",\"greeting\"]]}"));
    assertEquals(
        List.of("1 {'a':1}", "1 {'a':2}"), read(Format.JSON, "{\"x\":{\"a\":1},\"y\":{\"a\":2}}"));
  }

  @Test
  void anObjectWithATextOfItsOwnIsOneRow() throws IOException {
    String poem = "{'title':'t','paragraphs':['p','q'],'origin':[{'a':1},{'b':2}]}";
    assertEquals(List.of("1 " + poem), read(Format.JSON, poem.replace('\'', '"')));
  }

  @Test
  void jsonThatIsLinesAndLinesThatAreJsonAreReadAsWhatTheyAre() throws IOException {
    assertEquals(List.of("1 {'a':1}", "2 {'a':2}"), read(Format.JSON, "{\"a\":1}\n{\"a\":2}\n"));
    assertEquals(
        List.of("2 {'a':1}", "3 {'a':2}"), read(Format.JSONL, "[\n{\"a\":1},\n{\"a\":2}\n]\n"));
    assertEquals(
        List.of("1 {'a':1}", "4 {'a':2}"), read(Format.JSONL, "{\n\"a\":1\n}\n{\n\"a\":2\n}\n"));
  }

  @Test
  void csvIsReadAsRfc4180HasIt() throws IOException {
    assertEquals(
        List.of(
            "2 {'label':'1','text':'a, 'b''}",
            "3 {'label':'0','text':'two\\nlines'}",
            "5 {'label':'2','text':''}"),
        read(Format.CSV, "label,text\r\n1,\"a, \"\"b\"\"\"\r\n0,\"two\nlines\"\r\n2,\r\n").stream()
            .map(row -> row.replace("\\'", "'"))
            .toList());
  }

  @Test
  void aTableWithoutNamesGetsNumberedColumns() throws IOException {
    assertEquals(
        List.of("1 {'column1':'good film','column2':'1'}", "2 {'column1':'bad','column2':'0'}"),
        read(Format.CSV, "good film,1\nbad,0\n"));
    assertEquals(
        List.of("2 {'id':'1','words':'" + "long ".repeat(20) + "'}"),
        read(Format.TSV, "id\twords\n1\t" + "long ".repeat(20)));
    assertEquals(List.of("2 {'text':'x','sort':'y'}"), read(Format.CSV, "text;sort\nx;y"));
  }

  @Test
  void quotesInTabSeparatedFilesMeanThemselvesUnlessTheyCloseAField() throws IOException {
    assertEquals(
        List.of("2 {'text':'5' wide'}", "3 {'text':'\\'quoted\\' here'}", "4 {'text':'whole'}"),
        read(Format.TSV, "text\n5\" wide\n\"quoted\" here\n\"whole\"\n").stream()
            .map(row -> row.replace("5\\'", "5'"))
            .toList());
  }

  @Test
  void aQuoteLeftOpenIsToldAndTheLinesAfterItAreRead() throws IOException {
    assertEquals(
        List.of(
            "2 {'n':'1','text':'a'}",
            "3:3 broken: a quote that is not closed",
            "4 {'n':'3','text':'c'}"),
        read(Format.CSV, "n,text\n1,a\n2,\"b\n3,c\n"));
  }

  @Test
  void filesAreOpenedByTheirEndingInAnyEncodingPackedOrNot() throws IOException {
    Path file = folder.resolve("评论.csv.gz");
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write(
          "标签,评论\n1,房间很大，服务也不错，下次还会来的\n0,早餐太差，我们都没有吃完就走了\n".getBytes(Charset.forName("GB18030")));
    }
    try (Rows rows = Rows.open(file, null)) {
      assertEquals(
          List.of("2 {'标签':'1','评论':'房间很大，服务也不错，下次还会来的'}", "3 {'标签':'0','评论':'早餐太差，我们都没有吃完就走了'}"),
          told(rows));
    }
    assertThrows(IllegalArgumentException.class, () -> Rows.open(folder.resolve("a.txt"), null));
  }

  @Test
  void noDamageEndsInAnythingButRowsAndBrokenPlaces() throws IOException {
    byte[] good =
        "[{\"text\":\"a\\u00e9\",\"n\":[1,2,{\"x\":null}]},\n\"q\",{\"a\":\"b,c\"}]\n\"x\",\"y\ny\"\n"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    var random = new Random(7);
    for (int i = 0; i < Cases.of(1_000); i++) {
      byte[] broken = good.clone();
      for (int hits = random.nextInt(1, 8); hits > 0; hits--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      Format format = Format.values()[i % 4];
      try (Rows rows =
          Rows.of(new TextReader(new ByteArrayInputStream(broken), null), format, 1000)) {
        while (rows.next() != null) {}
      } catch (NotTextException e) {
        assertTrue(!String.valueOf(e.getMessage()).isEmpty());
      }
    }
  }
}
