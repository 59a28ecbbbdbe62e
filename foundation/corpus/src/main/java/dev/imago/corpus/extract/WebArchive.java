package dev.imago.corpus.extract;

import dev.imago.data.NotTextException;
import dev.imago.sources.DocumentKind;
import dev.imago.sources.PageEncoding;
import dev.imago.sources.WarcReader;
import dev.imago.sources.WebRecord;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes documents of a web archive's records: pages and texts that were answered with a success,
/// and texts that others made of them (WET). Its id is the archive and the record's offset; its
/// source the address.
final class WebArchive {
  private final ExtractionSettings settings;
  private final ExtractionListener listener;
  private final Extractor extractor;
  private final Texts texts;
  private final DocumentFiles documents;

  WebArchive(
      ExtractionSettings settings,
      ExtractionListener listener,
      Extractor extractor,
      Texts texts,
      DocumentFiles documents) {
    this.settings = settings;
    this.listener = listener;
    this.extractor = extractor;
    this.texts = texts;
    this.documents = documents;
  }

  void read(InputStream in, Extractor.At at, Around around)
      throws IOException, InterruptedException {
    extractor.holdsFiles(at);
    var reader = new WarcReader(in, around.places(), Math.toIntExact(settings.maxDocumentBytes()));
    Map<String, Integer> others = new TreeMap<>();
    for (WarcReader.Item item = reader.next(); item != null; item = reader.next()) {
      switch (item) {
        case WarcReader.Item.Broken(String place, String why, long bytes) -> {
          listener.in(bytes);
          listener.skip(
              Skip.RECORD, null, at.place() + "!" + place, "byte " + place + ": " + why, bytes);
        }
        case WarcReader.Item.Found(WebRecord record) -> {
          String other = other(record);
          if (other == null) {
            record(record, at.place() + "!" + record.place(), around);
          } else {
            others.merge(other, 1, Integer::sum);
          }
        }
      }
    }
    if (!others.isEmpty()) {
      listener.tell(
          at.place(),
          "holds records that are no documents: "
              + others.entrySet().stream()
                  .map(e -> "%,d %s".formatted(e.getValue(), e.getKey()))
                  .collect(Collectors.joining(", ")));
    }
  }

  /// What a record is that gives no document; null for one that may.
  private static @Nullable String other(WebRecord record) {
    return switch (record.type()) {
      case "response" ->
          record.status() / 100 == 2 || record.status() == 0
              ? null
              : "with status " + record.status();
      case "resource", "conversion" -> null;
      case "" -> "of no type";
      default -> "of type " + record.type();
    };
  }

  private void record(WebRecord record, String place, Around around) throws InterruptedException {
    long bytes = record.body().length;
    var in = new BufferedInputStream(new ByteArrayInputStream(record.body()));
    try {
      Magic magic = Magic.of(head(record.body()));
      FileKind kind = kind(record, magic);
      if (kind == null) {
        String type = record.mediaType().replaceFirst(".*/", "").replaceAll("[^a-z0-9.+-]", "");
        listener.other(place + "." + type, bytes, () -> head(record.body()));
        return;
      }
      listener.in(bytes);
      var tags = new TreeMap<String, String>();
      put(tags, "address", record.address());
      put(tags, "date", record.date());
      put(tags, "truncated", record.truncated());
      var origin =
          new TextOrigin(
              place,
              record.address().isEmpty() ? place : Extractor.clean(record.address()),
              tags,
              record.charset().isEmpty() ? null : PageEncoding.of(record.charset()));
      if (kind == FileKind.DOCUMENT) {
        DocumentKind document = magic == Magic.PDF ? DocumentKind.PDF : DocumentKind.OFFICE;
        documents.read(in, document, origin, around.entry(() -> bytes, null));
      } else {
        texts.page(in, kind, origin);
      }
    } catch (IOException e) {
      extractor.refuse(e, !(e instanceof NotTextException), place, bytes);
    }
  }

  private static void put(Map<String, String> tags, String name, String value) {
    if (!value.isEmpty()) {
      tags.put(name, Extractor.clean(value));
    }
  }

  private static byte[] head(byte[] body) {
    return java.util.Arrays.copyOf(body, Math.min(body.length, Magic.HEAD_BYTES));
  }

  /// What the transport says, unless the bytes are of another format; null for what holds no text.
  private static @Nullable FileKind kind(WebRecord record, @Nullable Magic magic) {
    if (magic == Magic.PDF || magic == Magic.OFFICE) {
      return FileKind.DOCUMENT;
    } else if (magic != null && magic != Magic.HTML) {
      return null;
    }
    return switch (record.mediaType()) {
      case "text/html", "application/xhtml+xml" -> FileKind.HTML;
      case "text/plain", "text/markdown" -> magic == null ? FileKind.PROSE : FileKind.HTML;
      case "", "application/octet-stream", "unknown/unknown", "no-type" ->
          magic == Magic.HTML ? FileKind.HTML : null;
      default -> null;
    };
  }
}
