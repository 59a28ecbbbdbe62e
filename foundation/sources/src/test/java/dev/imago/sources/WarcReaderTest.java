package dev.imago.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class WarcReaderTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] record(String type, String address, String contentType, String block) {
    return record(type, address, contentType, block, utf8(block).length);
  }

  private static byte[] record(
      String type, String address, String contentType, String block, int declared) {
    return utf8(
        "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-05-01T00:00:00Z\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
            .formatted(type, address, contentType, declared, block));
  }

  private static byte[] response(String address, String headers, String body) {
    return record(
        "response",
        address,
        "application/http; msgtype=response",
        "HTTP/1.1 200 OK\r\n" + headers + "\r\n" + body);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
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

  @Test
  void headersWithoutEndCostTheirRecordAndNoTime() throws IOException {
    byte[] folded = utf8("WARC/1.0\r\nA: b\r\n" + " x\r\n".repeat(200_000) + "\r\n\r\n");
    byte[] merged = response("http://a/", "A: b\r\n".repeat(100_000), "fine");
    List<String> items = items(joined(folded, merged));
    assertEquals(2, items.size(), items::toString);
    assertTrue(items.getFirst().endsWith("a record with more than 1,000 headers"), items::toString);
    assertTrue(items.getLast().endsWith("response http://a/: fine"), items::toString);
  }

  /// All items in words: `place type address: body`, or `place! why`.
  private static List<String> items(byte[] archive) throws IOException {
    boolean packed = archive.length > 1 && archive[0] == 0x1f;
    return items(new ByteArrayInputStream(archive), packed);
  }

  private static List<String> items(InputStream raw, boolean packed) throws IOException {
    InputStream in = packed ? new GzipMembers(raw) : raw;
    var reader =
        in instanceof GzipMembers members
            ? new WarcReader(new BufferedInputStream(members, 1 << 14), members, 1 << 20)
            : new WarcReader(in, String::valueOf, 1 << 20);
    var items = new ArrayList<String>();
    for (var item = reader.next(); item != null; item = reader.next()) {
      items.add(
          switch (item) {
            case WarcReader.Item.Found(WebRecord r) ->
                "%s %s %s: %s"
                    .formatted(
                        r.place(),
                        r.type(),
                        r.address(),
                        new String(r.body(), StandardCharsets.UTF_8));
            case WarcReader.Item.Broken(String place, String why, long bytes) -> place + "! " + why;
          });
      assertTrue(items.size() < 10_000, "it does not end");
    }
    return items;
  }

  @Test
  void recordsHaveTheirPlaceAddressAndBody() throws IOException {
    byte[] one = response("http://a/", "Content-Type: text/plain; charset=utf-8\r\n", "hello");
    byte[] two = record("conversion", "http://b/", "text/plain", "text");
    assertEquals(
        List.of("0 response http://a/: hello", one.length + " conversion http://b/: text"),
        items(joined(one, two)));
    byte[] first = gzip(one);
    assertEquals(
        List.of("0 response http://a/: hello", first.length + " conversion http://b/: text"),
        items(joined(first, gzip(two))));
  }

  @Test
  void transportIsTakenOffABodyAndWhatItLiesAboutIsLeft() throws IOException {
    String chunked = "Transfer-Encoding: chunked\r\n";
    assertTrue(
        items(response("u", chunked, "4\r\nhell\r\n1\r\no\r\n0\r\n\r\n"))
            .getFirst()
            .endsWith(": hello"));
    assertTrue(
        items(response("u", chunked, "<html>not chunked"))
            .getFirst()
            .endsWith(": <html>not chunked"));
    assertTrue(
        items(response("u", "Content-Encoding: gzip\r\n", "plain")).getFirst().endsWith(": plain"));
    byte[] body = gzip(utf8("unpacked"));
    var http =
        HttpMessage.of(
            joined(utf8("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"), body), 1000);
    assertEquals("unpacked", new String(http.body(), StandardCharsets.UTF_8));
    var bomb =
        HttpMessage.of(
            joined(
                utf8("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"), gzip(new byte[100_000])),
            1000);
    assertTrue(bomb.body().length <= 1000 && !bomb.truncated().isEmpty(), bomb.truncated());
  }

  @Test
  void aRecordWhoseLengthLiesCostsItself() throws IOException {
    byte[] good = record("resource", "good", "text/plain", "fine");
    byte[] longer = record("resource", "bad", "text/plain", "short", 120);
    byte[] shorter = record("resource", "bad", "text/plain", "a longer text than that", 3);
    byte[] none = record("resource", "bad", "text/plain", "x", -1);
    byte[] huge = record("resource", "bad", "text/plain", "x", Integer.MAX_VALUE);
    for (byte[] bad : List.of(longer, shorter, none, huge)) {
      List<String> items = items(joined(good, bad, good, good));
      assertEquals(
          3,
          items.stream().filter(i -> i.endsWith("resource good: fine")).count(),
          items.toString());
      assertTrue(items.get(1).startsWith(good.length + "! "), items.toString());
      assertEquals(4, items.size(), items.toString());
    }
  }

  @Test
  void aBrokenMemberAndACutEndAreToldWithTheirPlace() throws IOException {
    byte[] good = gzip(record("resource", "good", "text/plain", "fine"));
    byte[] bad = good.clone();
    bad[20] ^= 0x77;
    bad[30] ^= 0x77;
    List<String> items = items(joined(good, bad, good));
    assertEquals(2, items.stream().filter(i -> i.endsWith("good: fine")).count(), items.toString());
    assertTrue(
        items.stream().anyMatch(i -> i.contains("! the gzip member at byte " + good.length)),
        items.toString());
    List<String> cut = items(java.util.Arrays.copyOf(joined(good, good), good.length * 2 - 12));
    assertEquals("0 resource good: fine", cut.getFirst());
    assertTrue(cut.getLast().contains("the file ends at byte"), cut.toString());
  }

  @Test
  void arcRecordsAreRead() throws IOException {
    String about = "1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n";
    String http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>old";
    String arc =
        "filedesc://a.arc 0.0.0.0 20010101000000 text/plain %d\n%s\nhttp://old/ 1.2.3.4 20010203040506 text/html %d\n%s\n"
            .formatted(about.length(), about, http.length(), http);
    List<String> items = items(utf8(arc));
    assertTrue(items.getFirst().startsWith("0 warcinfo filedesc://a.arc"), items.toString());
    assertTrue(items.getLast().endsWith("response http://old/: <p>old"), items.toString());
    assertEquals(2, items.size());
  }

  @Test
  void noDamageEndsInAnythingButRecordsAndWhatWasBroken() throws IOException {
    byte[] one = response("http://a/", "Content-Type: text/plain\r\n", "hello");
    byte[] plain = joined(one, one, one);
    byte[] packed = joined(gzip(one), gzip(one), gzip(one));
    var random = new Random(7);
    for (int i = 0; i < 600; i++) {
      byte[] broken = (i % 2 == 0 ? plain : packed).clone();
      for (int hits = random.nextInt(1, 6); hits > 0; hits--) {
        broken[random.nextInt(2, broken.length)] = (byte) random.nextInt();
      }
      try {
        items(broken);
      } catch (IOException e) {
        assertTrue(i % 2 == 1 && e.getMessage() != null, e.toString());
      }
    }
  }

  @Test
  void realArchivesGiveTheRecordsThatTheyHold() throws IOException {
    record Expected(String file, int records, int broken) {}
    for (Expected expected :
        List.of(
            new Expected("warc/example.warc", 6, 0),
            new Expected("warc/example.warc.gz", 6, 0),
            new Expected("warc/example-iana.org-chunked.warc", 3, 0),
            new Expected("warc/example-wrong-chunks.warc.gz", 2, 0),
            new Expected("warc_more/whirlwind/whirlwind.warc.gz", 4, 0),
            new Expected("warc_more/whirlwind/whirlwind.warc.wet.gz", 2, 0),
            new Expected("warc_more/jwarc/cc.warc.gz", 1, 0))) {
      Path file = SharedFiles.file(expected.file());
      try (InputStream in = Files.newInputStream(file)) {
        List<String> items = items(in, expected.file().endsWith(".gz"));
        assertEquals(
            expected.broken(),
            items.stream().filter(i -> i.matches("(?s)\\S+! .*")).count(),
            expected.file());
        assertEquals(expected.records(), items.size() - expected.broken(), expected.file());
      }
    }
    try (InputStream in = Files.newInputStream(SharedFiles.file("warc/example-trunc.warc"))) {
      List<String> items = items(in, false);
      assertTrue(items.stream().anyMatch(i -> i.contains("! ")), items.toString());
      assertTrue(
          items.stream().anyMatch(i -> i.contains(" request http://example.com/")),
          items.toString());
    }
  }
}
