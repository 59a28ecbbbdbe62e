package dev.imago.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class CompressionTest {
  /// Two streams by Python's bz2: «first stream\n», and a text that ends in a run.
  private static final byte[] TWO_BZIP2 =
      Base64.getDecoder()
          .decode(
              "QlpoOTFBWSZTWSoEXTgAAAJRgAAQQAAjIhwAIAAxADAgGmJzC0kIJx4u5IpwoSBUCLpwQlpoOTFBWSZTWWMip+gA"
                  + "ABZRgIAQQCAuA5wAAAggACG1I0ZDIQAAINmkrfCkZjh4ocooslXZBHxdyRThQkGMip+g");

  private static final int FIRST_BZIP2_BYTES = 51;

  private static final String BZIP2_TEXT =
      "first stream\n" + "second stream\n".repeat(3) + "a".repeat(300);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(String text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(utf8(text));
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... pieces) {
    var out = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      out.writeBytes(piece);
    }
    return out.toByteArray();
  }

  private static String read(Compression compression, byte[] packed) throws IOException {
    try (InputStream in = compression.open(new ByteArrayInputStream(packed))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void everyMemberOfAGzipIsRead() throws IOException {
    byte[] two = joined(gzip("one "), gzip(""), gzip("two"), new byte[100]);
    assertEquals("one two", read(Compression.GZIP, two));
  }

  @Test
  void aBrokenMemberOfAGzipCostsItself() throws IOException {
    byte[] first = gzip("first");
    byte[] second = gzip("second, which is broken in its middle");
    byte[] third = gzip("third");
    second[14] ^= 0x55;
    second[20] ^= 0x55;
    var in = new GzipMembers(new ByteArrayInputStream(joined(first, second, third)));
    var text = new StringBuilder();
    var errors = new StringBuilder();
    byte[] piece = new byte[100];
    while (true) {
      try {
        int n = in.read(piece);
        if (n < 0) {
          break;
        }
        text.append(new String(piece, 0, n, StandardCharsets.UTF_8)).append('|');
      } catch (IOException e) {
        errors.append(e.getMessage());
      }
    }
    assertTrue(text.toString().startsWith("first|"), text.toString());
    assertTrue(text.toString().endsWith("third|"), text.toString());
    assertTrue(
        errors.toString().startsWith("the gzip member at byte " + first.length + " is broken"),
        errors.toString());
  }

  @Test
  void aPositionInAGzipIsAMembersOffsetAndHowFarWithin() throws IOException {
    byte[] first = gzip("12345");
    var in = new GzipMembers(new ByteArrayInputStream(joined(first, gzip("67890"))));
    in.readAllBytes();
    assertEquals("0", in.apply(0));
    assertEquals("0+4", in.apply(4));
    assertEquals(String.valueOf(first.length), in.apply(5));
    assertEquals(first.length + "+2", in.apply(7));
  }

  @Test
  void whatFollowsAGzipAndIsNoneIsToldAndNoSilentEnd() throws IOException {
    byte[] packed = joined(gzip("text"), utf8("garbage"));
    var e = assertThrows(IOException.class, () -> read(Compression.GZIP, packed));
    assertTrue(e.getMessage().contains("no gzip member begins at byte"), e.getMessage());
  }

  @Test
  void bzip2StreamsAreReadToTheLastSeveralAtOnceOrAsTheyCome() throws IOException {
    assertEquals(BZIP2_TEXT, read(Compression.BZIP2, TWO_BZIP2));
    var one = new Bzip2Stream(new ByteArrayInputStream(TWO_BZIP2));
    assertEquals(BZIP2_TEXT, new String(one.readAllBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aStreamOfBzip2TooLargeToBeCutOutIsReadAfterSmallOnes() throws IOException {
    var slow =
        new ByteArrayInputStream(joined(TWO_BZIP2, TWO_BZIP2)) {
          @Override
          public synchronized int read(byte[] to, int from, int length) {
            return super.read(to, from, Math.min(5, length));
          }
        };
    InputStream in = ParallelBzip2.open(slow, 2, FIRST_BZIP2_BYTES + 10);
    String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(BZIP2_TEXT + BZIP2_TEXT, text);
  }

  @Test
  void aBrokenStreamOfBzip2CostsItself() throws IOException {
    byte[] broken = TWO_BZIP2.clone();
    broken[30] ^= 1;
    InputStream in = ParallelBzip2.open(new ByteArrayInputStream(broken), 2);
    assertThrows(IOException.class, in::readAllBytes);
    String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(BZIP2_TEXT.endsWith(rest) && rest.startsWith("second stream"), rest);
  }

  @Test
  void xzZstdAndBrotliAreReadToTheirEnds() throws IOException {
    var xz = new ByteArrayOutputStream();
    for (String text : new String[] {"one ", "two"}) {
      try (var out = new XZOutputStream(xz, new LZMA2Options(0))) {
        out.write(utf8(text));
      }
    }
    assertEquals("one two", read(Compression.XZ, xz.toByteArray()));
    var zstd = new ByteArrayOutputStream();
    for (String text : new String[] {"one ", "two"}) {
      var frame = new ByteArrayOutputStream();
      try (var out = new ZstdOutputStream(frame)) {
        out.write(utf8(text));
      }
      zstd.writeBytes(frame.toByteArray());
    }
    assertEquals("one two", read(Compression.ZSTD, zstd.toByteArray()));
    byte[] brotli =
        Base64.getDecoder().decode("G34B+I2Uq+VsIaSbS3UhGbuoQRQ9/8JLEwpDhBm5y04ctXpgfArEOA==");
    assertEquals("Brotli packs text. ".repeat(20) + "end", read(Compression.BROTLI, brotli));
    for (Compression each : new Compression[] {Compression.XZ, Compression.ZSTD}) {
      byte[] packed = each == Compression.XZ ? xz.toByteArray() : zstd.toByteArray();
      byte[] cut = Arrays.copyOf(packed, packed.length - 6);
      assertThrows(IOException.class, () -> read(each, cut), each.words());
    }
  }

  @Test
  void aCutIsNeverASilentEnd() throws IOException {
    byte[] gzip = joined(gzip("some text"), gzip("and more of it"));
    int first = gzip("some text").length;
    for (int length = 1; length < gzip.length; length++) {
      byte[] cut = Arrays.copyOf(gzip, length);
      if (length != first) {
        assertThrows(IOException.class, () -> read(Compression.GZIP, cut), "gzip " + length);
      }
    }
    for (int length = 0; length < TWO_BZIP2.length; length++) {
      byte[] cut = Arrays.copyOf(TWO_BZIP2, length);
      if (length != FIRST_BZIP2_BYTES) {
        assertThrows(IOException.class, () -> read(Compression.BZIP2, cut), "bzip2 " + length);
      }
    }
  }

  @Test
  void damageToBzip2EndsInAnErrorOrTouchesNoText() {
    var random = new Random(5);
    int errors = 0;
    for (int i = 0; i < 300; i++) {
      byte[] broken = TWO_BZIP2.clone();
      broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        byte[] text = new Bzip2Stream(new ByteArrayInputStream(broken)).readAllBytes();
        assertEquals(BZIP2_TEXT, new String(text, StandardCharsets.UTF_8));
      } catch (IOException e) {
        errors++;
      }
    }
    assertTrue(errors > 250, errors + " errors");
  }
}
