package dev.imago.collect;

import dev.imago.core.Binder;
import dev.imago.core.ImagoException;
import dev.imago.corpus.extract.Skip;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.fixtures.FakeRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A folder of files to collect, and what came of the last collecting.
final class Collecting {
  private final Path temporary;
  private final Path in;
  private FakeRun run;
  private int runs;

  Collecting(Path temporary) {
    this.temporary = temporary;
    in = temporary.resolve("in");
    run = new FakeRun(temporary.resolve("run"), 2);
    try {
      Files.createDirectories(in);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Path folder() {
    return in;
  }

  FakeRun run() {
    return run;
  }

  Path write(String name, String text) {
    return write(name, text, StandardCharsets.UTF_8);
  }

  Path write(String name, String text, Charset encoding) {
    return write(name, text.getBytes(encoding));
  }

  Path write(String name, byte[] bytes) {
    try {
      Path file = in.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Settings as on a command line: `lines=true`, `textEndings=[log]`; strings without quotes.
  Collect.Config config(List<Path> sources, String... settings) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    sources.forEach(source -> node.withArray("/sources").add(source.toString()));
    for (String setting : settings) {
      String[] pair = setting.split("=", 2);
      if (pair[1].startsWith("[")) {
        for (String each : pair[1].substring(1, pair[1].length() - 1).split(",")) {
          node.withArray("/" + pair[0]).add(each);
        }
      } else if (pair[1].matches("[0-9.]+|true|false")) {
        node.set(pair[0], JsonMapper.shared().readTree(pair[1]));
      } else {
        node.put(pair[0], pair[1]);
      }
    }
    return Binder.bind("collect", node, Collect.Config.defaults());
  }

  /// Collects the folder.
  List<Document> all(String... settings) {
    return all(List.of(in), settings);
  }

  List<Document> all(List<Path> sources, String... settings) {
    run = new FakeRun(temporary.resolve("run" + runs++), 2);
    var collect = new Collect();
    Collect.Config config = config(sources, settings);
    collect.check(config);
    try (var documents =
        Documents.read(
            collect.run(new Collect.Inputs(List.of()), config, run).raw().folder(), "raw")) {
      return documents.toList();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  List<String> texts(String... settings) {
    return all(settings).stream().map(Document::text).toList();
  }

  List<String> ids(String... settings) {
    return all(settings).stream().map(Document::id).toList();
  }

  /// The only note that holds a piece of text.
  String note(String piece) {
    List<String> found = run.notes().stream().filter(note -> note.contains(piece)).toList();
    Assertions.assertEquals(1, found.size(), piece + " in " + run.notes());
    return found.getFirst();
  }

  String skipped(Skip why) {
    List<String> row = run.row("Collected", "not: " + why.words());
    return row.isEmpty() ? "0" : row.get(1);
  }

  static String refusal(Class<? extends ImagoException> type, Executable act) {
    return String.valueOf(Assertions.assertThrows(type, act).getMessage());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] gzip(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  static byte[] zip(Map<String, byte[]> entries, Charset names) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes, names)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /// A ustar archive; a name over 100 bytes gets a GNU entry before it.
  static byte[] tar(Map<String, byte[]> entries) {
    var bytes = new ByteArrayOutputStream();
    entries.forEach(
        (name, content) -> {
          byte[] path = utf8(name);
          if (path.length > 100) {
            block(bytes, utf8("././@LongLink"), 'L', path);
          }
          block(bytes, java.util.Arrays.copyOf(path, Math.min(100, path.length)), '0', content);
        });
    bytes.writeBytes(new byte[1024]);
    return bytes.toByteArray();
  }

  static void block(ByteArrayOutputStream to, byte[] name, char type, byte[] content) {
    byte[] header = new byte[512];
    System.arraycopy(name, 0, header, 0, name.length);
    put(header, 124, "%011o".formatted(content.length));
    put(header, 257, "ustar");
    header[156] = (byte) type;
    put(header, 148, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    to.writeBytes(header);
    to.writeBytes(content);
    to.writeBytes(new byte[-content.length & 511]);
  }

  private static void put(byte[] header, int at, String text) {
    System.arraycopy(utf8(text), 0, header, at, text.length());
  }

  /// Lines that no two are alike, so that they pack badly.
  static String noise(int lines) {
    var random = new Random(1);
    var text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      text.append(Long.toString(random.nextLong(), 36)).append('\n');
    }
    return text.toString();
  }
}
