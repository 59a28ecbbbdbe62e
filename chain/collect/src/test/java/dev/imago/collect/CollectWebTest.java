package dev.imago.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.corpus.extract.Skip;
import dev.imago.data.Document;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectWebTest {
  @TempDir Path temporary;
  private Collecting files;

  @BeforeEach
  void folder() {
    files = new Collecting(temporary);
  }

  private static byte[] response(String address, int status, String type, byte[] body) {
    var http = new ByteArrayOutputStream();
    http.writeBytes(
        Collecting.utf8("HTTP/1.1 %d X\r\nContent-Type: %s\r\n\r\n".formatted(status, type)));
    http.writeBytes(body);
    return record("response", address, "application/http; msgtype=response", http.toByteArray());
  }

  private static byte[] record(String type, String address, String contentType, byte[] block) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(
        Collecting.utf8(
            "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-05-01T00:00:00Z\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(type, address, contentType, block.length)));
    out.writeBytes(block);
    out.writeBytes(Collecting.utf8("\r\n\r\n"));
    return out.toByteArray();
  }

  @Test
  void pagesOfAWebArchiveAreDocumentsThatKnowWhereTheyComeFrom() throws IOException {
    byte[] page =
        Collecting.utf8(
            "<html><head><title>A page</title><meta name=author"
                + " content=Ann></head><body><p>words</p></body></html>");
    byte[] first = Collecting.gzip(response("http://a/", 200, "text/html", page));
    byte[] rest =
        Collecting.gzip(response("http://b/", 301, "text/html", Collecting.utf8("<p>moved</p>")));
    byte[] chinese =
        Collecting.gzip(
            response(
                "http://c/",
                200,
                "text/html; charset=gb2312",
                "<p>你好，世界</p>".getBytes(Charset.forName("GB18030"))));
    byte[] picture = Collecting.gzip(response("http://d/p", 200, "image/png", new byte[20]));
    var archive = new ByteArrayOutputStream();
    for (byte[] member : List.of(first, rest, chinese, picture)) {
      archive.writeBytes(member);
    }
    files.write("a.warc.gz", archive.toByteArray());
    List<Document> documents = files.all("leastRead=0");
    assertEquals(List.of("words", "你好，世界"), documents.stream().map(Document::text).toList());
    assertEquals("in/a.warc.gz!0", documents.getFirst().id());
    assertEquals("in/a.warc.gz!" + (first.length + rest.length), documents.get(1).id());
    assertEquals("http://a/", documents.getFirst().source());
    assertEquals("A page", documents.getFirst().tags().get("title"));
    assertEquals("Ann", documents.getFirst().tags().get("author"));
    assertEquals("2024-05-01T00:00:00Z", documents.getFirst().tags().get("date"));
    files.note("holds records that are no documents: 1 with status 301");
  }

  @Test
  void aRecordIsReadByItsPlace() throws Exception {
    byte[] first = Collecting.gzip(response("http://a/", 200, "text/plain", Collecting.utf8("a")));
    byte[] moved = Collecting.gzip(response("http://b/", 301, "text/plain", Collecting.utf8("b")));
    byte[] third = response("http://c/", 200, "text/plain", Collecting.utf8("c"));
    byte[] fourth = response("http://d/", 200, "text/plain", Collecting.utf8("d"));
    var both = new ByteArrayOutputStream();
    both.writeBytes(third);
    both.writeBytes(fourth);
    var archive = new ByteArrayOutputStream();
    archive.writeBytes(first);
    archive.writeBytes(moved);
    archive.writeBytes(Collecting.gzip(both.toByteArray()));
    files.write("a.warc.gz", archive.toByteArray());
    files.write("b.warc", both.toByteArray());
    int member = first.length + moved.length;
    assertEquals("a", record("a.warc.gz", "0"));
    assertEquals("c", record("a.warc.gz", String.valueOf(member)));
    assertEquals("d", record("a.warc.gz", member + "+" + third.length));
    assertEquals("d", record("b.warc", String.valueOf(third.length)));
    String none = record("a.warc.gz", String.valueOf(first.length));
    assertTrue(none.contains("and the next is a.warc.gz!" + member), none);
    assertTrue(record("a.warc.gz", "1000000").contains("no document at 1000000"));
    assertThrows(ConfigException.class, () -> record("a.warc.gz", "here"));
    assertThrows(ConfigException.class, () -> record("", "0"));
  }

  @Test
  void whatIsAssumedOfARecordIsToldAndAnAddressIsRefusedByName() throws Exception {
    byte[] bare = Collecting.utf8("<html><body><img src=x></body></html>");
    files.write("a.warc", response("http://a/", 200, "text/html", bare));
    var notes = new ArrayList<String>();
    var config = Collect.Config.defaults();
    var own = files.config(List.of(temporary.resolve("in/a.warc")), "mainText=text");
    Collect.readRecord(own, "0", notes::add, document -> {});
    assertTrue(
        String.join("; ", notes).contains("has no main text, and is passed over"), "" + notes);
    var far = config.withSources(List.of("https://example.org/a.warc.gz"));
    var refused =
        assertThrows(
            ConfigException.class, () -> Collect.readRecord(far, "0", notes::add, document -> {}));
    assertTrue(refused.getMessage().contains("a.warc.gz is an address; fetch it first"));
  }

  /// The text of a record, or why there is none.
  private String record(String file, String place) throws InterruptedException {
    var texts = new ArrayList<String>();
    var config =
        Collect.Config.defaults()
            .withSources(List.of(temporary.resolve("in").resolve(file).toString()));
    String none =
        Collect.readRecord(config, place, note -> {}, document -> texts.add(document.text()));
    return none + String.join("|", texts);
  }

  @Test
  void aBrokenRecordIsToldWithItsOffsetAndCostsNoOther() {
    byte[] good = record("conversion", "http://a/", "text/plain", Collecting.utf8("good text"));
    var archive = new ByteArrayOutputStream();
    archive.writeBytes(good);
    archive.writeBytes(Collecting.utf8("rubbish\r\n"));
    archive.writeBytes(good);
    files.write("a.wet", archive.toByteArray());
    assertEquals(List.of("good text", "good text"), files.texts());
    assertEquals("1", files.skipped(Skip.RECORD));
    files.note("passed over (byte " + good.length + ": no record begins here)");
  }

  @Test
  void articlesOfADumpAreDocumentsAndRedirectsAreCounted() {
    String page =
        "<page><title>%s</title><ns>%d</ns><id>7</id>%s<revision><timestamp>2024-01-02T03:04:05Z</timestamp><text>%s</text></revision></page>\n";
    files.write(
        "dump.xml",
        "<mediawiki><siteinfo><base>https://x.org/wiki/Main</base></siteinfo>\n"
            + page.formatted("Paris", 0, "", "'''Paris''' is a [[city]]. [[Category:Cities]]")
            + page.formatted("Paname", 0, "<redirect title=\"Paris\"/>", "#REDIRECT [[Paris]]")
            + page.formatted("Talk:Paris", 1, "", "hm")
            + "</mediawiki>");
    files.write("other.xml", "<poem/>", StandardCharsets.UTF_8);
    Document paris = files.all("leastRead=0").getFirst();
    assertEquals("# Paris\n\nParis is a city.", paris.text());
    assertEquals("https://x.org/wiki/Paris", paris.source());
    assertEquals("Cities", paris.tags().get("categories"));
    files.note("holds pages that are no articles: 1 pages of namespace 1, 1 redirects");
    assertTrue(files.note("«the ending .xml").contains("other.xml"));
  }
}
