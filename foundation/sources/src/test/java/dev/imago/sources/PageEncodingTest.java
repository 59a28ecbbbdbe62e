package dev.imago.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageEncodingTest {
  private static String declared(String page) {
    Charset found = PageEncoding.declared(page.getBytes(StandardCharsets.ISO_8859_1));
    return found == null ? "" : found.name();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      textBlock =
          """
          <meta charset=gb2312> → GB18030
          <META CHARSET = "Big5"> → Big5-HKSCS
          <meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'> → windows-1252
          <meta charset=utf-16> → UTF-8
          <!-- <meta charset=koi8-r> --><meta charset=euc-kr> → x-windows-949
          <a title="<meta charset=koi8-r>"><meta charset=shift_jis> → windows-31j
          <?xml version="1.0" encoding="windows-1251"?><html> → windows-1251
          """)
  void whatAPageDeclaresIsReadAsTheWebReadsIt(String page, String encoding) {
    assertEquals(encoding, declared(page));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<metacharset=utf-8>",
        "<meta content='text/html; charset=utf-8'>",
        "<meta charset=nonsense>",
        "<meta charset='utf-8",
        "<!-- <meta charset=utf-8>",
        "<a href='x"
      })
  void whatIsNoDeclarationIsNone(String page) {
    assertEquals("", declared(page));
  }

  @Test
  void labelsAreThoseOfTheStandard() {
    assertEquals("windows-1252", String.valueOf(PageEncoding.of(" ASCII ")));
    assertEquals("GB18030", String.valueOf(PageEncoding.of("gb_2312-80")));
    assertNull(PageEncoding.of("utf-7"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tests1.dat", "tests2.dat", "test-yahoo-jp.dat"})
  void theVectorsOfHtml5libHold(String name) throws IOException {
    String all =
        Files.readString(
            SharedFiles.file("html5lib_encoding/" + name), StandardCharsets.ISO_8859_1);
    for (String vector : all.split("(?m)^#data\n")) {
      int at = vector.indexOf("\n#encoding\n");
      if (at < 0) {
        continue;
      }
      byte[] page = vector.substring(0, at).getBytes(StandardCharsets.ISO_8859_1);
      String label = vector.substring(at + "\n#encoding\n".length()).strip().split("\n")[0];
      Charset declared =
          PageEncoding.declared(
              Arrays.copyOf(page, Math.min(page.length, PageEncoding.HEAD_BYTES)));
      boolean mark = page.length > 2 && page[0] == (byte) 0xef && page[1] == (byte) 0xbb;
      Charset found =
          mark
              ? StandardCharsets.UTF_8
              : declared == null ? Charset.forName("windows-1252") : declared;
      assertEquals(PageEncoding.of(label), found, vector);
    }
  }
}
