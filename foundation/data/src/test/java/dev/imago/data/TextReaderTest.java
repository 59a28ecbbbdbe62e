package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.data.TextEncoding.Certainty;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextReaderTest {
  private static final String CHINESE = "今天的天气很好，我们一起去公园里走了走。他说这个地方从前是没有水的，后来人们才挖了一条小河。";
  private static final String TAIWANESE = "今天的天氣很好，我們一起去公園裡走了走。他說這個地方從前是沒有水的，後來人們才挖了一條小河。";
  private static final String JAPANESE = "今日はとても天気がよかったので、みんなで公園まで歩いて行きました。川の水はまだ冷たいです。";
  private static final String KOREAN = "오늘은 날씨가 아주 좋아서 우리는 함께 공원까지 걸어갔다. 강물은 아직 차가웠다.";
  private static final String RUSSIAN =
      "Сегодня очень хорошая погода, и мы вместе пошли в парк. Вода в реке ещё холодная.";
  private static final String FRENCH =
      "Hier, il a fait très beau et nous sommes allés à pied jusqu'au café près de la forêt.";
  private static final String TYPOGRAPHIC =
      "“It’s late,” she said — and the café was closed… for £5.";

  private static TextReader reader(byte[] bytes, @Nullable Charset named) {
    return new TextReader(new ByteArrayInputStream(bytes), named);
  }

  private static String text(String language) {
    return switch (language) {
      case "zh" -> CHINESE;
      case "tw" -> TAIWANESE;
      case "ja" -> JAPANESE;
      case "ko" -> KOREAN;
      case "ru" -> RUSSIAN;
      case "fr" -> FRENCH;
      default -> TYPOGRAPHIC;
    };
  }

  /// Two bytes of one edition and four of another are the same character.
  @ParameterizedTest
  @CsvSource({
    "fe51, 20087",
    "95329031, 20087",
    "fe91, 241fe",
    "fe59, 9fb4",
    "fe7e, 9fb9",
    "82359132, 9fb9"
  })
  void aCharacterThatEditionsOfGb18030WriteOtherwiseIsOne(String bytes, String codePoint)
      throws IOException {
    var all = new ByteArrayOutputStream();
    all.writeBytes(CHINESE.getBytes(Charset.forName("GB18030")));
    // More than one buffer full, so that what grows does so at its edge, too.
    for (int i = 0; i < 10_000; i++) {
      all.writeBytes(HexFormat.of().parseHex(bytes));
    }
    assertEquals(
        CHINESE + Character.toString(Integer.parseInt(codePoint, 16)).repeat(10_000),
        reader(all.toByteArray(), Charset.forName("GB18030")).readAll());
  }

  @Test
  void privateUseInUtf8StaysAsItIs() throws IOException {
    String text = CHINESE + "\ue816\ue829";
    assertEquals(text, reader(text.getBytes(StandardCharsets.UTF_8), null).readAll());
  }

  @ParameterizedTest
  @CsvSource({
    "zh, UTF-8, UTF-8",
    "zh, GB18030, GB18030",
    "tw, GB18030, GB18030",
    "tw, Big5, Big5",
    "zh, UTF-16LE, UTF-16LE",
    "tw, UTF-16BE, UTF-16BE",
    "ja, Shift_JIS, Shift_JIS",
    "ja, EUC-JP, EUC-JP",
    "ko, EUC-KR, EUC-KR",
    "ru, windows-1251, windows-1251",
    "ru, KOI8-R, KOI8-R",
    "fr, ISO-8859-1, ISO-8859-1",
    "fr, UTF-16LE, UTF-16LE",
    "fr, UTF-32BE, UTF-32BE",
    "en, windows-1252, windows-1252",
    "en, UTF-8, UTF-8"
  })
  void commonEncodingsAreFoundFromTheirBytes(String language, String charset, String label)
      throws IOException {
    String text = "Title 1\n\n" + text(language) + "\n";
    var reader = reader(text.getBytes(Charset.forName(charset)), null);
    assertEquals(text, reader.readAll());
    assertEquals(label, reader.encoding().label());
    assertEquals(0, reader.replaced());
  }

  @Test
  void pinyinAndSignsAmongPlainWordsAreFoundInGb18030() throws IOException {
    for (String text :
        new String[] {
          "tiān dì xuán huáng, yǔ zhòu hóng huāng", "It is 25° – or 30°C — hot é × 2 ≥ 1 😀"
        }) {
      var reader = reader(text.getBytes(Charset.forName("GB18030")), null);
      assertEquals(text, reader.readAll());
      assertEquals("GB18030", reader.encoding().label());
    }
  }

  @Test
  void anEncodingIsFoundBehindAnyAmountOfAscii() throws IOException {
    String text = "plain words\n".repeat(100_000) + FRENCH;
    var reader = reader(text.getBytes(StandardCharsets.ISO_8859_1), null);
    assertEquals(text, reader.readAll());
    assertEquals(StandardCharsets.ISO_8859_1, reader.encoding().charset());
  }

  @Test
  void whatIsValidUtf8StaysUtf8WhateverIsNamed() throws IOException {
    byte[] bytes = CHINESE.getBytes(StandardCharsets.UTF_8);
    var reader = reader(bytes, Charset.forName("GB18030"));
    assertEquals(CHINESE, reader.readAll());
    assertEquals(bytes.length, reader.bytes());
  }

  @Test
  void theNamedEncodingReadsWhatIsNotUtf8() throws IOException {
    var reader = reader("naïve".getBytes(StandardCharsets.ISO_8859_1), Charset.forName("GB18030"));
    reader.readAll();
    assertEquals("GB18030", reader.encoding().label());
    String czech = "Příliš žluťoučký kůň";
    assertEquals(
        czech,
        reader(czech.getBytes(Charset.forName("windows-1250")), Charset.forName("windows-1250"))
            .readAll());
  }

  @Test
  void aByteOrderMarkDecidesAndIsDropped() throws IOException {
    for (String charset : new String[] {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "GB18030"}) {
      byte[] bytes = ("\ufeff" + CHINESE).getBytes(Charset.forName(charset));
      var reader = reader(bytes, StandardCharsets.ISO_8859_1);
      assertEquals(CHINESE, reader.readAll());
      assertEquals(charset, reader.encoding().label());
      assertEquals(Certainty.CERTAIN, reader.encoding().certainty());
    }
  }

  @Test
  void aFewBrokenBytesInUtf8AreReplacedAndCounted() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(CHINESE.getBytes(StandardCharsets.UTF_8));
    int at = bytes.size();
    bytes.write(0xff);
    bytes.writeBytes(CHINESE.getBytes(StandardCharsets.UTF_8));
    bytes.write(0xe4);
    var reader = reader(bytes.toByteArray(), null);
    assertEquals(CHINESE + "\ufffd" + CHINESE + "\ufffd", reader.readAll());
    assertEquals(StandardCharsets.UTF_8, reader.encoding().charset());
    assertEquals(2, reader.replaced());
    assertEquals(at, reader.firstReplaced());
  }

  @Test
  void fewBytesMakeAnEncodingDoubtful() throws IOException {
    var reader = reader("a café".getBytes(StandardCharsets.ISO_8859_1), null);
    assertEquals("a café", reader.readAll());
    assertEquals(Certainty.DOUBTFUL, reader.encoding().certainty());
  }

  @Test
  void binaryContentIsNoText() {
    for (byte[] bytes : new byte[][] {{'a', 0, 'b'}, noise(5000)}) {
      var e = assertThrows(NotTextException.class, () -> reader(bytes, null).readAll());
      assertTrue(e.binary(), e.getMessage());
    }
  }

  private static byte[] noise(int length) {
    var bytes = new byte[length];
    new java.util.Random(1).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aStreamThatComesInPiecesReadsTheSame() throws IOException {
    byte[] bytes = (CHINESE.repeat(400) + "😀").getBytes(Charset.forName("GB18030"));
    var pieces =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] to, int offset, int length) {
            return super.read(to, offset, Math.min(length, 3));
          }
        };
    var reader = new TextReader(pieces, null);
    assertEquals(CHINESE.repeat(400) + "😀", reader.readAll());
    assertFalse(reader.replaced() > 0);
  }
}
