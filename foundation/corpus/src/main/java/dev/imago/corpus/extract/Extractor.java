package dev.imago.corpus.extract;

import dev.imago.data.NotTextException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// Opens files one after another, and what is packed in them, down to streams of text for [Texts].
/// Whatever is wrong with a file, the listener is told; only a failing writer or an interrupt ends
/// it all. What a file is, its first bytes say; its name only where these say nothing.
public final class Extractor {
  /// A gzip in a gzip happens; more layers are a trap.
  private static final int MOST_LAYERS = 3;

  private static final long TOLD_BYTES = 1 << 20;

  private final ExtractionSettings settings;
  private final ExtractionListener listener;
  private final Texts texts;
  private long fileBytes;
  private long told;
  private boolean holdsFiles;

  /// One a thread: a file at a time.
  public Extractor(ExtractionSettings settings, ExtractionListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.texts = new Texts(settings, listener);
  }

  /// Where a stream stands.
  ///
  /// @param place its name for people and ids
  /// @param kind what its name says
  /// @param inner the name whose ending tells the kind: the place, less what unpacking took off
  /// @param bytes its size, where that is known, else −1
  private record At(String place, FileKind kind, String inner, long bytes) {}

  public void file(SourceFile file) throws InterruptedException {
    String name = clean(file.name());
    listener.in(file.bytes());
    fileBytes = file.bytes();
    told = 0;
    holdsFiles = false;
    try (var counted = new Counted(Files.newInputStream(file.path()))) {
      InputStream in = new BufferedInputStream(counted, 1 << 16);
      Magic magic = magic(in);
      if (magic == Magic.ZIP) {
        tellOf(magic, FileKind.ZIP, file.kind(), name);
        zip(file, name);
      } else if (file.kind() == FileKind.ZIP && magic == null) {
        throw new Refused(Skip.ARCHIVE, "it does not begin as a zip archive does");
      } else {
        var budget = new Unpacked.Budget(settings);
        stream(in, magic, new At(name, file.kind(), name, file.bytes()), counted::bytes, budget, 0);
      }
    } catch (IOException e) {
      // Of an archive that breaks off, the files in it have been counted.
      long rest = holdsFiles ? Math.max(0, file.bytes() - told) : file.bytes();
      if (holdsFiles) {
        listener.in(rest);
      }
      refuse(e, archive(file.kind()) || holdsFiles, name, rest);
    }
    advance(file.bytes());
  }

  private void holdsFiles(long bytes) {
    holdsFiles = true;
    listener.holdsFiles(bytes);
  }

  /// Tells of progress within a file, up to so many of its bytes.
  private void advance(long bytes) {
    if (bytes > told) {
      listener.progress(bytes - told);
      told = bytes;
    }
  }

  private static boolean archive(FileKind kind) {
    return kind == FileKind.ZIP || kind == FileKind.GZIP || kind == FileKind.TAR;
  }

  private static @Nullable Magic magic(InputStream in) throws IOException {
    in.mark(Magic.HEAD_BYTES);
    byte[] head = in.readNBytes(Magic.HEAD_BYTES);
    in.reset();
    return Magic.of(head);
  }

  /// @param packed how many bytes of the file have been read so far
  /// @param layers how many were unpacked around this one
  private void stream(
      InputStream in,
      @Nullable Magic magic,
      At at,
      LongSupplier packed,
      Unpacked.Budget budget,
      int layers)
      throws IOException, InterruptedException {
    switch (magic) {
      case null -> {
        if (archive(at.kind())) {
          throw new Refused(Skip.ARCHIVE, "it does not begin as " + expected(at.kind()) + " does");
        }
        texts.read(in, at.kind(), at.place(), at.inner(), at.bytes());
        String ending = FileKind.ending(at.inner());
        if (at.kind() == FileKind.OTHER && FileKind.isOfAnotherFormat(ending)) {
          listener.tell(
              at.place(),
              "holds plain text, whatever its ending .%s says, and is read as such"
                  .formatted(ending));
        }
      }
      case GZIP -> {
        if (layers == MOST_LAYERS) {
          throw new Refused(Skip.NESTED, "packed with gzip %d times over".formatted(layers + 1));
        }
        if (at.kind() != FileKind.GZIP) {
          listener.tell(at.place(), "is a gzip file, whatever its name says, and read as one");
        }
        String inner = FileKind.inside(at.inner());
        InputStream unpacked =
            new BufferedInputStream(
                new Unpacked(new GZIPInputStream(in, 1 << 16), settings, budget, packed), 1 << 16);
        FileKind kind = FileKind.of(inner, settings.textEndings());
        stream(
            unpacked,
            magic(unpacked),
            new At(at.place(), kind, inner, -1),
            packed,
            budget,
            layers + 1);
      }
      case TAR -> {
        if (at.place().contains("!")) {
          throw new Refused(Skip.NESTED, "a tar archive in an archive");
        }
        tellOf(Magic.TAR, FileKind.TAR, at.kind(), at.place());
        tar(in, at.place(), packed, budget, layers);
      }
      case ZIP -> throw new Refused(Skip.NESTED, "a zip archive in another file");
      case HTML -> {
        if (at.kind() != FileKind.HTML && at.kind() != FileKind.OTHER) {
          listener.tell(at.place(), "is an HTML page, whatever its name says, and read as one");
        }
        texts.read(in, FileKind.HTML, at.place(), at.inner(), at.bytes());
      }
      default -> throw new Refused(Skip.FORMAT, magic.words() + ": " + magic.mend(), magic);
    }
  }

  private static String expected(FileKind kind) {
    return kind == FileKind.TAR
        ? Magic.TAR.words()
        : kind == FileKind.ZIP ? "a zip" : Magic.GZIP.words();
  }

  private void tellOf(Magic is, FileKind proper, FileKind named, String place) {
    if (named != proper) {
      listener.tell(place, "is " + is.words() + ", whatever its name says, and read as one");
    }
  }

  private void tar(
      InputStream in, String name, LongSupplier packed, Unpacked.Budget budget, int layers)
      throws IOException, InterruptedException {
    holdsFiles(fileBytes);
    var tar = new TarReader(in);
    int entries = 0;
    for (TarReader.Entry entry = tar.next(); entry != null; entry = tar.next()) {
      if (++entries > settings.maxEntries()) {
        throw new Refused(Skip.BOMB, "more entries than maxEntries = " + settings.maxEntries());
      }
      FileKind kind = FileKind.of(entry.name(), settings.textEndings());
      String place = name + "!" + clean(entry.name().replaceFirst("^(\\./)+", ""));
      if (hidden(entry.name())) {
        continue;
      }
      if (kind == FileKind.OTHER) {
        listener.other(place, entry.bytes(), () -> tar.content().readNBytes(Magic.HEAD_BYTES));
        continue;
      }
      listener.in(entry.bytes());
      try {
        var content = new BufferedInputStream(tar.content(), 1 << 13);
        stream(
            content,
            magic(content),
            new At(place, kind, entry.name(), entry.bytes()),
            packed,
            budget,
            layers);
      } catch (Refused | NotTextException e) {
        refuse(e, false, place, entry.bytes());
        if (e instanceof Refused refused && refused.why() == Skip.BOMB) {
          // What comes after it comes out of the same stream.
          return;
        }
      }
    }
  }

  /// Files that systems and editors leave in archives.
  private static boolean hidden(String name) {
    return name.contains("__MACOSX/")
        || name.substring(name.lastIndexOf('/') + 1).startsWith("._")
        || name.endsWith(".DS_Store");
  }

  private void zip(SourceFile file, String name) throws IOException, InterruptedException {
    try (ZipFile zip = open(file)) {
      if (zip.size() > settings.maxEntries()) {
        throw new Refused(
            Skip.BOMB,
            "%d entries, more than maxEntries = %d".formatted(zip.size(), settings.maxEntries()));
      }
      holdsFiles(file.bytes());
      var budget = new Unpacked.Budget(settings);
      List<ZipEntry> entries = new ArrayList<>(zip.stream().filter(e -> !e.isDirectory()).toList());
      entries.sort(Comparator.comparing(ZipEntry::getName));
      String last = "";
      long packed = 0;
      for (ZipEntry entry : entries) {
        advance(Math.min(packed, file.bytes()));
        packed += Math.max(0, entry.getCompressedSize());
        if (hidden(entry.getName())) {
          continue;
        }
        String place = name + "!" + clean(entry.getName());
        FileKind kind = FileKind.of(entry.getName(), settings.textEndings());
        long bytes = Math.max(0, entry.getSize());
        if (kind == FileKind.OTHER) {
          listener.other(place, bytes, () -> head(zip, entry));
          continue;
        }
        listener.in(bytes);
        try {
          if (entry.getName().equals(last)) {
            throw new Refused(Skip.ARCHIVE, "a second entry of this name");
          }
          last = entry.getName();
          entry(zip, entry, new At(place, kind, entry.getName(), bytes), budget);
        } catch (IOException e) {
          refuse(e, !(e instanceof NotTextException), place, bytes);
          if (budget.spent()) {
            break;
          }
        }
      }
    }
  }

  /// The central directory is hostile too: the JDK's parser may answer with more than IOException.
  /// Names that are no UTF-8 are those of older systems, in China mostly.
  private static ZipFile open(SourceFile file) throws IOException {
    try {
      return new ZipFile(file.path().toFile());
    } catch (ZipException e) {
      if (!String.valueOf(e.getMessage()).contains("bad entry name")) {
        throw e;
      }
      return new ZipFile(file.path().toFile(), Charset.forName("GB18030"));
    } catch (IllegalArgumentException e) {
      throw new IOException(e);
    }
  }

  private void entry(ZipFile zip, ZipEntry entry, At at, Unpacked.Budget budget)
      throws IOException, InterruptedException {
    if (at.kind() == FileKind.ZIP || at.kind() == FileKind.TAR) {
      throw new Refused(Skip.NESTED, "an archive in an archive");
    }
    InputStream raw = zip.getInputStream(entry);
    if (raw == null) {
      throw new IOException("no data");
    }
    try (var unpacked = new Unpacked(raw, settings, budget, entry::getCompressedSize)) {
      // ZipFile itself compares neither size nor checksum.
      unpacked.expect(entry.getSize(), entry.getCrc());
      var in = new BufferedInputStream(unpacked, 1 << 13);
      stream(in, magic(in), at, entry::getCompressedSize, budget, 0);
    }
  }

  private static byte[] head(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return in == null ? new byte[0] : in.readNBytes(Magic.HEAD_BYTES);
    }
  }

  private void refuse(IOException e, boolean archive, String place, long bytes) {
    String detail = e.getMessage() == null ? e.toString() : e.getMessage();
    switch (e) {
      case Refused refused -> listener.skip(refused.why(), refused.magic(), place, detail, bytes);
      case NotTextException text ->
          listener.skip(text.binary() ? Skip.BINARY : Skip.ENCODING, null, place, detail, bytes);
      default ->
          listener.skip(archive ? Skip.ARCHIVE : Skip.UNREADABLE, null, place, detail, bytes);
    }
  }

  /// Names in archives are data: a line break in one would forge a line of the report.
  static String clean(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  /// Counts the packed bytes that were read.
  private final class Counted extends FilterInputStream {
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
      if (bytes - told > TOLD_BYTES) {
        advance(bytes);
      }
      return read;
    }
  }
}
