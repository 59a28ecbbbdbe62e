package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.corpus.extract.Skip;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectEncodingsTest {
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final String CHINESE = "今天的天气很好，我们一起去公园里走了走。他说这个地方从前是没有水的，后来人们才挖了一条小河。";

  private static final String TAIWANESE = "今天的天氣很好，我們一起去公園裡走了走。他說這個地方從前是沒有水的，後來人們才挖了一條小河。";

  @TempDir Path temporary;
  private Collecting files;

  @BeforeEach
  void folder() {
    files = new Collecting(temporary);
  }

  @Test
  void everyKindOfFileIsReadInItsEncodingAlsoInArchives() throws IOException {
    files.write("a.txt", CHINESE, GB18030);
    files.write("b.jsonl", "{\"text\": \"" + CHINESE + "\"}\n", GB18030);
    files.write("c.json", "[{\"content\": \"" + CHINESE + "\"}]", StandardCharsets.UTF_16LE);
    files.write("d.csv", "label,review\n1,\"" + CHINESE + "\"\n", GB18030);
    files.write("e.tsv", "評論\t標籤\n" + TAIWANESE + "\t1\n", Charset.forName("Big5"));
    files.write("f.txt.gz", Collecting.gzip(CHINESE.getBytes(GB18030)));
    var entries = new TreeMap<String, byte[]>();
    entries.put("x/唐诗三百首.txt", CHINESE.getBytes(StandardCharsets.UTF_16BE));
    entries.put("y.txt", CHINESE.getBytes(GB18030));
    files.write("g.zip", Collecting.zip(entries, GB18030));
    files.write("h.tar", Collecting.tar(entries));
    List<String> texts = files.texts();
    assertEquals(10, texts.size());
    assertEquals(List.of(CHINESE, TAIWANESE), texts.stream().distinct().toList());
    assertTrue(files.ids().contains("in/g.zip!x/唐诗三百首.txt"), files.ids().toString());
    files.note("is in GB18030 by its bytes, and converted");
  }

  @Test
  void aDoubtfulEncodingIsToldAndCanBeNamed() {
    files.write("a.txt", "un café", StandardCharsets.ISO_8859_1);
    assertEquals(List.of("un café"), files.texts());
    assertTrue(files.note("may be in ISO-8859-1").contains("collect.encoding"));
    files.write("a.txt", "žluť", Charset.forName("windows-1250"));
    assertEquals(List.of("žluť"), files.texts("encoding=windows-1250"));
    files.note("in/a.txt is read as windows-1250");
  }

  @Test
  void aFewBrokenBytesAreReplacedAndTold() {
    byte[] text =
        ("Zürich, Genève, Köln, Århus, Málaga " + "plain ").getBytes(StandardCharsets.UTF_8);
    text[text.length - 2] = (byte) 0xff;
    files.write("a.txt", text);
    assertEquals(List.of("Zürich, Genève, Köln, Århus, Málaga plai\ufffd "), files.texts());
    files.note("the first at byte " + (text.length - 2));
  }

  @Test
  void aTextInNoEncodingIsPassedOverAndSaysWhatToDo() {
    files.write("good.txt", "good");
    byte[] odd = new byte[400];
    new java.util.Random(5).nextBytes(odd);
    for (int i = 0; i < odd.length; i++) {
      odd[i] |= (byte) 0x80;
    }
    files.write("odd.txt", odd);
    assertEquals(List.of("in/good.txt"), files.ids());
    assertEquals("1", files.skipped(Skip.ENCODING));
    files.note("name it, such as collect.encoding=GB18030");
  }
}
