package dev.imago.sources;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/// Whatever a source holds, it is read or refused: the first byte says as what. For
/// `conformance/fuzz sources`.
public final class SourceFuzz {
  private static final int MOST = 1 << 22;

  private SourceFuzz() {}

  /// Jazzer's entry.
  public static void fuzzerTestOneInput(byte[] content) throws IOException {
    if (content.length == 0) {
      return;
    }
    var in = new ByteArrayInputStream(content, 1, content.length - 1);
    switch (content[0] & 7) {
      case 0 -> drain(() -> new GzipMembers(in));
      case 1 -> drain(() -> new Bzip2Stream(in));
      case 2 -> records(new WarcReader(in, String::valueOf, 1 << 20));
      case 3 -> {
        try {
          var members = new GzipMembers(in);
          records(new WarcReader(members, members, 1 << 20));
        } catch (IOException e) {
          said(e);
        }
      }
      case 4 -> {
        var dump = new WikiDump(in, String::valueOf, 1 << 20);
        int items = 0;
        while (dump.next() != null) {
          bounded(++items, content.length);
        }
      }
      case 5 -> Wikitext.text(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      default -> PageEncoding.declared(in.readAllBytes());
    }
  }

  private interface Opening {
    InputStream open() throws IOException;
  }

  private static void drain(Opening opening) {
    try (InputStream in = opening.open()) {
      byte[] piece = new byte[1 << 12];
      long all = 0;
      for (int n = in.read(piece); n >= 0 && all < MOST; n = in.read(piece)) {
        all += n;
      }
    } catch (IOException e) {
      said(e);
    }
  }

  private static void records(WarcReader reader) {
    int items = 0;
    while (reader.next() != null) {
      bounded(++items, MOST);
    }
  }

  private static void bounded(int items, int most) {
    if (items > most) {
      throw new AssertionError("it does not end");
    }
  }

  private static void said(IOException e) {
    if (e.getMessage() == null) {
      throw new AssertionError("an error says nothing", e);
    }
  }

  /// Leaves sources to begin with in a folder.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    String warc =
        "WARC/1.0\r\n"
            + "WARC-Type: response\r\n"
            + "Content-Type: application/http\r\n"
            + "Content-Length: 44\r\n\r\n"
            + "HTTP/1.1 200 OK\r\n"
            + "Content-Encoding: gzip\r\n\r\n"
            + "hi\r\n\r\n";
    String wiki = "{{cite book|title=A}} [[a|b]] {|\n! x\n|-\n| y\n|}\n* z<ref>q</ref>";
    String dump =
        "<mediawiki><page><title>A</title><revision><text>"
            + "b"
            + "</text></revision></page></mediawiki>";
    seed(folder, 0, gzip(warc));
    seed(folder, 2, warc.getBytes(StandardCharsets.UTF_8));
    seed(folder, 3, gzip(warc));
    seed(folder, 4, dump.getBytes(StandardCharsets.UTF_8));
    seed(folder, 5, wiki.getBytes(StandardCharsets.UTF_8));
    seed(folder, 6, "<!-- --><meta charset='x'>".getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(String text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static void seed(Path folder, int kind, byte[] content) throws IOException {
    var all = new ByteArrayOutputStream();
    all.write(kind);
    all.writeBytes(content);
    Files.write(folder.resolve("seed-" + kind), all.toByteArray());
  }
}
