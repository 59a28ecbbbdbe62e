package dev.imago.collect;

import dev.imago.collect.Collect.Config;
import dev.imago.core.Progress;
import dev.imago.data.Document;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Reads files one after another and hands on their documents. Whatever is wrong with a file ends
/// in the tally; only a failing writer or an interrupt ends the harvest.
final class Harvest {
  private final Config config;
  private final Tally tally;
  private final Consumer<Document> sink;
  private final Progress progress;

  Harvest(Config config, Tally tally, Consumer<Document> sink, Progress progress) {
    this.config = config;
    this.tally = tally;
    this.sink = sink;
    this.progress = progress;
  }

  void file(SourceFile file) throws InterruptedException {
    Kind kind = Kind.of(file.path().toString());
    String name = clean(file.name());
    try {
      switch (kind) {
        case ZIP -> zip(file, name);
        case GZIP -> gzip(file, name);
        case PROSE, CODE, JSONL -> {
          if (kind != Kind.JSONL && file.bytes() > config.maxDocumentBytes()) {
            throw large(file.bytes());
          }
          try (InputStream in = Files.newInputStream(file.path())) {
            read(in, kind, name);
          }
          progress.add(file.bytes());
        }
        case OTHER -> tally.other();
      }
    } catch (IOException e) {
      refuse(e, kind == Kind.ZIP || kind == Kind.GZIP, name);
      progress.add(file.bytes());
    }
  }

  private void zip(SourceFile file, String name) throws IOException, InterruptedException {
    try (ZipFile zip = open(file)) {
      if (zip.size() > config.maxEntries()) {
        throw new Refused(
            Skip.BOMB,
            "%d entries, more than maxEntries = %d".formatted(zip.size(), config.maxEntries()));
      }
      var budget = new Unpacked.Budget(config);
      List<ZipEntry> entries = new ArrayList<>(zip.stream().filter(e -> !e.isDirectory()).toList());
      entries.sort(Comparator.comparing(ZipEntry::getName));
      long told = 0;
      String last = "";
      for (ZipEntry entry : entries) {
        String place = name + "!" + clean(entry.getName());
        try {
          if (entry.getName().equals(last)) {
            throw new Refused(Skip.ARCHIVE, "a second entry of this name");
          }
          last = entry.getName();
          entry(zip, entry, place, budget);
        } catch (Refused e) {
          refuse(e, true, place);
          if (budget.spent()) {
            break;
          }
        } catch (IOException e) {
          refuse(e, true, place);
        }
        long packed = Math.clamp(entry.getCompressedSize(), 0, file.bytes() - told);
        told += packed;
        progress.add(packed);
      }
      progress.add(file.bytes() - told);
    }
  }

  /// The central directory is hostile too: the JDK's parser may answer with more than IOException.
  private static ZipFile open(SourceFile file) throws IOException {
    try {
      return new ZipFile(file.path().toFile());
    } catch (IllegalArgumentException e) {
      throw new IOException(e);
    }
  }

  private void entry(ZipFile zip, ZipEntry entry, String place, Unpacked.Budget budget)
      throws IOException, InterruptedException {
    Kind kind = Kind.of(entry.getName());
    switch (kind) {
      case OTHER -> tally.other();
      case ZIP, GZIP -> throw new Refused(Skip.NESTED, "unpack it first");
      case PROSE, CODE, JSONL -> {
        if (kind != Kind.JSONL && entry.getSize() > config.maxDocumentBytes()) {
          throw large(entry.getSize());
        }
        InputStream raw = zip.getInputStream(entry);
        if (raw == null) {
          throw new IOException("no data");
        }
        try (var in = new Unpacked(raw, config, budget, entry::getCompressedSize)) {
          if (kind == Kind.JSONL) {
            lines(in, place);
            verify(in, entry);
          } else {
            byte[] bytes = whole(in);
            verify(in, entry);
            text(bytes, kind, place);
          }
        }
      }
    }
  }

  /// ZipFile itself compares neither size nor checksum.
  private static void verify(Unpacked in, ZipEntry entry) throws IOException {
    if (in.bytes() != entry.getSize() || in.checksum() != entry.getCrc()) {
      throw new IOException("its checksum or size is not what the archive declares");
    }
  }

  private void gzip(SourceFile file, String name) throws IOException, InterruptedException {
    Kind kind = Kind.inside(file.name());
    switch (kind) {
      case OTHER -> {
        tally.other();
        progress.add(file.bytes());
      }
      case ZIP, GZIP -> throw new Refused(Skip.NESTED, "unpack it first");
      case PROSE, CODE, JSONL -> {
        try (var packed = new Counted(Files.newInputStream(file.path()));
            var in =
                new Unpacked(
                    new GZIPInputStream(packed, 1 << 16),
                    config,
                    new Unpacked.Budget(config),
                    packed::bytes)) {
          read(in, kind, name);
        }
        progress.add(file.bytes());
      }
    }
  }

  private void read(InputStream in, Kind kind, String place)
      throws IOException, InterruptedException {
    if (kind == Kind.JSONL) {
      lines(in, place);
    } else {
      text(whole(in), kind, place);
    }
  }

  /// All bytes of one document: the cap holds whatever size was declared.
  private byte[] whole(InputStream in) throws IOException {
    int cap = Math.toIntExact(config.maxDocumentBytes());
    byte[] bytes = in.readNBytes(cap);
    if (bytes.length == cap && in.read() >= 0) {
      throw large(cap + 1L);
    }
    return bytes;
  }

  private Refused large(long bytes) {
    return new Refused(
        Skip.LARGE,
        "at least %d bytes, more than maxDocumentBytes = %d: split it, or raise that up to %d"
            .formatted(bytes, config.maxDocumentBytes(), Config.LARGEST_DOCUMENT));
  }

  private void text(byte[] bytes, Kind kind, String place)
      throws IOException, InterruptedException {
    String text = Utf8.decode(bytes);
    give(text, bytes.length, kind, place, place, Map.of());
  }

  private void lines(InputStream in, String place) throws IOException, InterruptedException {
    var lines = new JsonLines(in, config.maxDocumentBytes());
    while (true) {
      try {
        byte[] bytes = lines.next();
        if (bytes == null) {
          return;
        }
        String json = Utf8.decode(bytes);
        if (!json.isBlank()) {
          JsonLines.Line line = JsonLines.parse(json);
          String at = place + ":" + lines.number();
          String source = line.source() == null ? at : line.source();
          give(line.text(), bytes.length, line.kind(), at, source, line.tags());
        }
      } catch (Refused e) {
        if (e.why() == Skip.BOMB) {
          throw e;
        }
        refuse(e, false, place + ", line " + lines.number());
      }
    }
  }

  private void give(
      String text, long bytes, Kind kind, String id, String source, Map<String, String> tags)
      throws Refused, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (text.isBlank()) {
      throw new Refused(Skip.EMPTY, "nothing but space");
    }
    var all = new TreeMap<>(tags);
    all.put("kind", kind.tag());
    sink.accept(new Document(id, text, source, all));
    tally.take(kind, bytes);
  }

  private void refuse(IOException e, boolean archive, String place) {
    if (e instanceof Refused refused) {
      tally.skip(refused.why(), place, String.valueOf(refused.getMessage()));
    } else {
      String detail = e.getMessage() == null ? e.toString() : e.getMessage();
      tally.skip(archive ? Skip.ARCHIVE : Skip.UNREADABLE, place, detail);
    }
  }

  /// Names in archives are data: a line break in one would forge a line of the report.
  private static String clean(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  /// Counts the packed bytes that were read.
  private static final class Counted extends FilterInputStream {
    private long bytes;

    Counted(InputStream in) {
      super(in);
    }

    long bytes() {
      return bytes;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      bytes += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = super.read(to, offset, length);
      bytes += Math.max(0, read);
      return read;
    }
  }
}
