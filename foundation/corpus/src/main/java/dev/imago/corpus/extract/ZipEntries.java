package dev.imago.corpus.extract;

import dev.imago.data.NotTextException;
import dev.imago.sources.EpubBook;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// Opens the entries of a zip archive, in the order of their names.
final class ZipEntries {
  private final ExtractionSettings settings;
  private final ExtractionListener listener;
  private final Extractor extractor;
  private final Texts texts;

  ZipEntries(
      ExtractionSettings settings, ExtractionListener listener, Extractor extractor, Texts texts) {
    this.settings = settings;
    this.listener = listener;
    this.extractor = extractor;
    this.texts = texts;
  }

  /// @param path where the archive is on this machine
  void read(Path path, Extractor.At at, Around around) throws IOException, InterruptedException {
    try (ZipFile zip = open(path)) {
      if (zip.size() > settings.maxEntries()) {
        throw new Refused(
            Skip.BOMB,
            "%d entries, more than maxEntries = %d".formatted(zip.size(), settings.maxEntries()));
      }
      extractor.holdsFiles(at);
      if (zip.getEntry("META-INF/container.xml") != null) {
        book(zip, at, around);
        return;
      }
      List<ZipEntry> entries = new ArrayList<>(zip.stream().filter(e -> !e.isDirectory()).toList());
      entries.sort(Comparator.comparing(ZipEntry::getName));
      String last = "";
      long packed = 0;
      for (ZipEntry entry : entries) {
        if (around.depth() == 0) {
          extractor.advance(Math.min(packed, at.bytes()));
        }
        packed += Math.max(0, entry.getCompressedSize());
        if (Extractor.hidden(entry.getName())) {
          continue;
        }
        String place = at.place() + "!" + Extractor.clean(entry.getName());
        FileKind kind = FileKind.of(entry.getName(), settings.textEndings());
        long bytes = Math.max(0, entry.getSize());
        if (kind == FileKind.OTHER
            || kind == FileKind.XML && Magic.of(head(zip, entry)) != Magic.MEDIAWIKI) {
          listener.other(place, bytes, () -> head(zip, entry));
          continue;
        }
        listener.in(bytes);
        try {
          if (entry.getName().equals(last)) {
            throw new Refused(Skip.ARCHIVE, "a second entry of this name");
          }
          last = entry.getName();
          entry(zip, entry, new Extractor.At(place, kind, entry.getName(), bytes, bytes), around);
        } catch (IOException e) {
          extractor.refuse(e, !(e instanceof NotTextException), place, bytes);
          if (around.budget().spent()) {
            break;
          }
        }
      }
    }
  }

  /// The pages of an EPUB, in the order in which they are read.
  private void book(ZipFile zip, Extractor.At at, Around around)
      throws IOException, InterruptedException {
    EpubBook book = EpubBook.of(zip);
    for (String page : book.pages()) {
      ZipEntry entry = zip.getEntry(page);
      String place = at.place() + "!" + Extractor.clean(page);
      long bytes = Math.max(0, entry.getSize());
      listener.in(bytes);
      var tags = new TreeMap<>(book.tags());
      tags.replaceAll((tag, value) -> Extractor.clean(value));
      try (var unpacked =
          new Unpacked(
              zip.getInputStream(entry), settings, around.budget(), entry::getCompressedSize)) {
        unpacked.expect(entry.getSize(), entry.getCrc());
        texts.page(
            new BufferedInputStream(unpacked),
            FileKind.HTML,
            new TextOrigin(place, place, tags, null));
      } catch (IOException e) {
        extractor.refuse(e, !(e instanceof NotTextException), place, bytes);
      }
    }
  }

  /// The central directory is hostile too: the JDK's parser may answer with more than IOException.
  /// Names that are no UTF-8 are those of older systems, in China mostly.
  private static ZipFile open(Path path) throws IOException {
    try {
      return new ZipFile(path.toFile());
    } catch (ZipException e) {
      if (!String.valueOf(e.getMessage()).contains("bad entry name")) {
        throw e;
      }
      return new ZipFile(path.toFile(), Charset.forName("GB18030"));
    } catch (IllegalArgumentException e) {
      throw new IOException(e);
    }
  }

  private void entry(ZipFile zip, ZipEntry entry, Extractor.At at, Around around)
      throws IOException, InterruptedException {
    InputStream raw = zip.getInputStream(entry);
    if (raw == null) {
      throw new IOException("no data");
    }
    try (var unpacked = new Unpacked(raw, settings, around.budget(), entry::getCompressedSize)) {
      // ZipFile itself compares neither size nor checksum.
      unpacked.expect(entry.getSize(), entry.getCrc());
      var in = new BufferedInputStream(unpacked, 1 << 13);
      extractor.stream(
          in, Extractor.magic(in), at, around.entry(entry::getCompressedSize, unpacked));
    }
  }

  private static byte[] head(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return in == null ? new byte[0] : in.readNBytes(Magic.HEAD_BYTES);
    }
  }
}
