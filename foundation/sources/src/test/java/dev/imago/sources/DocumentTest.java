package dev.imago.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {
  @TempDir Path folder;

  private Path zip(String name, String... namesAndParts) throws IOException {
    Path file = folder.resolve(name);
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < namesAndParts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndParts[i]));
        zip.write(namesAndParts[i + 1].getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  @Test
  void wordsParagraphsHeadingsListsAndTablesAreRead() throws IOException {
    String w = " xmlns:w='w' xmlns:mc='mc'";
    Path file =
        zip(
            "a.docx",
            "word/document.xml",
            "<w:document"
                + w
                + "><w:body><w:p><w:pPr><w:pStyle"
                + " w:val='Heading2'/></w:pPr><w:r><w:t>Head</w:t></w:r></w:p><w:p><w:r><w:t>One"
                + " </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:r><w:t>two.</w:t></w:r></w:p>"
                + "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>item</w:t></w:r></w:p>"
                + "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>more</w:t></w:r></w:p>"
                + "<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"
                + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr>"
                + "<w:tr><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>d</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
                + "</w:body></w:document>",
            "docProps/core.xml",
            "<p xmlns:dc='d'><dc:title>T</dc:title><dc:creator>Ann</dc:creator></p>");
    DocumentText read = OfficeText.read(file);
    assertEquals("## Head\n\nOne two.\n\n- item\n- more\n\nbox\n\na\tb\n\td", read.text());
    assertEquals("T", read.tags().get("title"));
    assertEquals("Ann", read.tags().get("author"));
  }

  @Test
  void aLongTextMayHaveAnyNumberOfXmlsOwnEntities() throws IOException {
    Path file =
        zip(
            "long.docx",
            "word/document.xml",
            "<w xmlns:w='w'><w:p><w:t>" + "&amp;".repeat(150_000) + "</w:t></w:p></w>");
    assertEquals("&".repeat(150_000), OfficeText.read(file).text());
  }

  @Test
  void sheetsHaveTheirSharedTextsDatesAndColumns() throws IOException {
    Path file =
        zip(
            "a.xlsx",
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='Data' sheetId='1'"
                + " r:id='rId1'/></sheets></workbook>",
            "xl/_rels/workbook.xml.rels",
            "<R><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></R>",
            "xl/sharedStrings.xml",
            "<sst><si><t>name</t></si><si><r><t>b</t></r><r><t>c</t></r><rPh><t>x</t></rPh></si></sst>",
            "xl/styles.xml",
            "<s><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></s>",
            "xl/worksheets/sheet1.xml",
            "<w><sheetData><row><c r='A1' t='s'><v>0</v></c><c r='C1'"
                + " t='s'><v>1</v></c></row><row><c r='B2' s='1'><v>45292</v></c><c"
                + " r='C2'><v>1.5</v></c></row></sheetData></w>");
    assertEquals("# Data\n\nname\t\tbc\n\t2024-01-01\t1.5\n", OfficeText.read(file).text());
  }

  @Test
  void slidesComeInTheirOrderWithTitles() throws IOException {
    String slide =
        "<p:sld xmlns:p='p' xmlns:a='a'><p:sp><p:nvPr><p:ph"
            + " type='title'/></p:nvPr><a:p><a:r><a:t>%s</a:t></a:r></a:p></p:sp><p:sp><a:p><a:r><a:t>text</a:t></a:r></a:p></p:sp></p:sld>";
    Path file =
        zip(
            "a.pptx",
            "ppt/presentation.xml",
            "<p xmlns:r='r'><sldIdLst><sldId id='256' r:id='b'/><sldId id='257'"
                + " r:id='a'/></sldIdLst></p>",
            "ppt/_rels/presentation.xml.rels",
            "<R><Relationship Id='a' Target='slides/slide1.xml'/><Relationship Id='b'"
                + " Target='slides/slide2.xml'/></R>",
            "ppt/slides/slide1.xml",
            slide.formatted("Second"),
            "ppt/slides/slide2.xml",
            slide.formatted("First"));
    assertEquals("# First\n\ntext\n\n# Second\n\ntext", OfficeText.read(file).text());
  }

  @Test
  void openDocumentsAreRead() throws IOException {
    Path file =
        zip(
            "a.odt",
            "META-INF/manifest.xml",
            "<m/>",
            "content.xml",
            "<o xmlns:text='t' xmlns:table='b'><text:h"
                + " text:outline-level='1'>Head</text:h><text:p>One<text:s/>two\n"
                + " three<text:line-break/>four</text:p>"
                + "<text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
                + "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table></o>");
    assertEquals("# Head\n\nOne two three\nfour\n\n- item\n\na\tb", OfficeText.read(file).text());
  }

  @Test
  void documentsThatAreNoneOrEncryptedSaySo() throws IOException {
    Path none = Files.writeString(folder.resolve("none.docx"), "PK no");
    assertTrue(
        assertThrows(IOException.class, () -> OfficeText.read(none))
            .getMessage()
            .contains("no zip"));
    Path other = zip("other.docx", "a.txt", "x");
    assertTrue(
        assertThrows(IOException.class, () -> OfficeText.read(other))
            .getMessage()
            .contains("no document"));
    Path encrypted =
        zip("e.odt", "content.xml", "…", "META-INF/manifest.xml", "<m><encryption-data/></m>");
    assertTrue(
        assertThrows(IOException.class, () -> OfficeText.read(encrypted))
            .getMessage()
            .contains("encrypted"));
  }

  @Test
  void rtfIsReadInTheEncodingsOfItsFonts() throws IOException {
    String rtf =
        "{\\r"
            + "tf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset128"
            + " Gothic;}}{\\info{\\title A title}}{\\*\\generator x;}\\f0 Caf\\'e9 \\u8364?5\\par"
            + " \\f1\\'93\\'fa\\'96\\'7b\\f0\\par {\\v hidden}shown{\\pict 0123}\\par a\\cell"
            + " b\\cell\\r"
            + "ow}";
    DocumentText read = RtfText.read(rtf.getBytes(StandardCharsets.ISO_8859_1));
    assertEquals("Café €5\n\n日本\n\nshown\n\na\tb", read.text());
    assertEquals("A title", read.tags().get("title"));
  }

  private static void line(PDPageContentStream page, float x, float y, String text)
      throws IOException {
    page.beginText();
    page.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 10);
    page.newLineAtOffset(x, y);
    page.showText(text);
    page.endText();
  }

  @Test
  void columnsOfAPdfComeOneAfterAnotherWithoutRunningHeads() throws IOException {
    Path file = folder.resolve("a.pdf");
    try (var document = new PDDocument()) {
      for (int n = 1; n <= 3; n++) {
        var page = new PDPage();
        document.addPage(page);
        try (var out = new PDPageContentStream(document, page)) {
          line(out, 60, 760, "A running head");
          line(out, 300, 30, String.valueOf(n));
          for (int i = 0; i < 8; i++) {
            // Row by row, as some writers have it.
            float y = 700 - 12 * i;
            line(
                out,
                60,
                y,
                i == 3
                    ? "the word is hyphen-"
                    : "left column of page %d line %d and so on".formatted(n, i));
            line(out, 330, y, "right column of page %d line %d and so on".formatted(n, i));
          }
        }
      }
      document.save(file.toFile());
    }
    DocumentText read = PdfText.read(file);
    assertFalse(read.text().contains("running"), read.text());
    assertTrue(
        read.text().contains("left column of page 1 line 0 and so on left column of page 1 line 1"),
        read.text());
    assertTrue(read.text().contains("hyphenleft"), read.text());
    assertTrue(
        read.text().indexOf("left column of page 1 line 7")
            < read.text().indexOf("right column of page 1 line 0"),
        read.text());
    assertEquals("3", read.tags().get("pages"));
    assertEquals(3, read.pageStarts().size());
    assertTrue(read.text().startsWith("left column of page 3 line 0", read.pageStarts().get(2)));
  }

  @Test
  void subtitlesAreWhatIsSaid() {
    String srt =
        "1\r\n"
            + "00:00:01,000 --> 00:00:02,000\r\n"
            + "<i>Hello</i>\r\n"
            + "there.\r\n\r\n"
            + "2\r\n"
            + "00:00:03,000 --> 00:00:04,000\r\n"
            + "{\\an8}Bye &amp; so.\r\n";
    assertEquals("Hello there.\nBye & so.", Subtitles.text(srt));
    String vtt =
        "WEBVTT - title\n\n"
            + "NOTE no text\n\n"
            + "STYLE\n"
            + "::cue {}\n\n"
            + "id\n"
            + "00:01.000 --> 00:02.000 align:start\n"
            + "<v Ann>Yes\n\n"
            + "00:02.000 --> 00:03.000\n"
            + "rolling\n\n"
            + "00:03.000 --> 00:04.000\n"
            + "rolling on\n";
    assertEquals("Ann: Yes\nrolling on", Subtitles.text(vtt));
    // A voice of many classes that never ends.
    assertEquals("", Subtitles.plain("<v" + ".a".repeat(5000)));
    assertTrue(Subtitles.is(srt) && Subtitles.is(vtt) && !Subtitles.is("a text"));
  }

  @Test
  void theWebsOwnCuesAreReadWithoutTheirMarkup() throws IOException {
    try (var files = Files.list(SharedFiles.file("webvtt/wpt-file-parsing"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".vtt")).toList()) {
        for (String cue : Subtitles.cues(Files.readString(file))) {
          assertFalse(cue.contains("-->"), file + ": " + cue);
        }
      }
    }
  }

  @Test
  void aDocumentThatEndsItsReaderCostsItselfAlone() throws Exception {
    String huge = "a".repeat(60 << 20);
    Path bomb =
        zip(
            "bomb.docx",
            "word/document.xml",
            "<w xmlns:w='w'><w:p><w:r><w:t>" + huge + "</w:t></w:r></w:p></w>");
    Path fine = Files.writeString(folder.resolve("fine.rtf"), "{\\rtf1 fine}");
    Path broken = Files.writeString(folder.resolve("broken.pdf"), "%PDF-1.4 nothing");
    try (var process = new DocumentProcess(60, 64)) {
      assertEquals("fine", process.read(fine, DocumentKind.RTF, 1000).text());
      String ended =
          assertThrows(IOException.class, () -> process.read(bomb, DocumentKind.OFFICE, 1 << 30))
              .getMessage();
      assertTrue(ended.contains("documentMegabytes = 64"), ended);
      assertEquals("fine", process.read(fine, DocumentKind.RTF, 1000).text());
      String refused =
          assertThrows(IOException.class, () -> process.read(broken, DocumentKind.PDF, 1000))
              .getMessage();
      assertFalse(refused.isBlank());
      assertEquals("fine", process.read(fine, DocumentKind.RTF, 1000).text());
    }
  }

  @Test
  void aTableThatIsWrittenIsReadAsItWas() throws Exception {
    Path file = folder.resolve("a.parquet");
    var columns =
        java.util.List.of(
            new ParquetWriter.Column("text", ParquetWriter.Type.STRING),
            new ParquetWriter.Column("n", ParquetWriter.Type.INT64),
            new ParquetWriter.Column("x", ParquetWriter.Type.DOUBLE),
            new ParquetWriter.Column("good", ParquetWriter.Type.BOOLEAN));
    try (var out = Files.newOutputStream(file);
        var writer = new ParquetWriter(out, columns, 20_000)) {
      for (int i = 0; i < 1000; i++) {
        writer.row(
            i % 7 == 0
                ? new @org.jspecify.annotations.Nullable Object[4]
                : new Object[] {"Text № " + i, (long) -i, i / 4.0, i % 2 == 0});
      }
    }
    var lines = new java.io.ByteArrayOutputStream();
    ParquetRows.write(file, lines);
    String[] rows = lines.toString(StandardCharsets.UTF_8).split("\n");
    assertEquals(1000, rows.length);
    assertEquals("{\"text\":null,\"n\":null,\"x\":null,\"good\":null}", rows[7]);
    assertEquals("{\"text\":\"Text № 998\",\"n\":-998,\"x\":249.5,\"good\":true}", rows[998]);
  }
}
