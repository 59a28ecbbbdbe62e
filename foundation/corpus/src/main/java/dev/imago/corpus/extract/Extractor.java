package dev.imago.corpus.extract;

import dev.imago.data.NotTextException;
import dev.imago.sources.Compression;
import dev.imago.sources.DocumentKind;
import dev.imago.sources.GzipMembers;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Opens files one after another, and what is packed in them, down to streams of text for [Texts].
/// Whatever is wrong with a file, the listener is told; only a failing writer or an interrupt ends
/// it all. What a file is, its first bytes say; its name only where these say nothing.
public final class Extractor implements AutoCloseable {
  /// A gzip in a gzip happens; more layers are a trap.
  private static final int MOST_LAYERS = 3;

  private static final long TOLD_BYTES = 1 << 20;

  private final ExtractionSettings settings;
  private final ExtractionListener listener;
  private final Texts texts;
  private final ZipEntries zips;
  private final WebArchive web;
  private final Dump dump;
  private final DocumentFiles documents;
  private long told;
  private long from;
  private boolean holdsFiles;

  /// One a thread: a file at a time.
  public Extractor(ExtractionSettings settings, ExtractionListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.texts = new Texts(settings, listener);
    zips = new ZipEntries(settings, listener, this, texts);
    documents = new DocumentFiles(settings, listener, texts);
    web = new WebArchive(settings, listener, this, texts, documents);
    dump = new Dump(settings, listener, this, texts);
  }

  /// Where a stream stands.
  ///
  /// @param place its name for people and ids
  /// @param kind what its name says
  /// @param inner the name whose ending tells the kind: the place, less what unpacking took off
  /// @param bytes its size, where that is known, else −1
  /// @param told the bytes that the listener was told of it
  record At(String place, FileKind kind, String inner, long bytes, long told) {}

  public void file(SourceFile file) throws InterruptedException {
    String name = clean(file.name());
    listener.in(file.bytes());
    told = 0;
    from = file.from();
    holdsFiles = false;
    var at = new At(name, file.kind(), name, file.bytes(), file.bytes());
    try (var counted = new Counted(Files.newInputStream(file.path()))) {
      counted.skipNBytes(from);
      InputStream in = new BufferedInputStream(counted, 1 << 16);
      Magic magic = magic(in);
      var around = Around.file(counted::bytes, new Unpacked.Budget(settings), file);
      if (isZip(magic, file.kind())) {
        tellOf(Magic.ZIP, FileKind.ZIP, file.kind(), name);
        zips.read(file.path(), at, around);
      } else {
        stream(in, magic, at, around);
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

  /// Office documents are zips too, not all of which begin as such.
  private static boolean isZip(@Nullable Magic magic, FileKind kind) {
    return magic == Magic.EPUB || magic == Magic.ZIP && kind != FileKind.DOCUMENT;
  }

  /// Ends the process that reads documents.
  @Override
  public void close() {
    documents.close();
  }

  /// A stream turns out to hold files, which are counted in its place.
  void holdsFiles(At at) {
    holdsFiles = true;
    listener.holdsFiles(at.told());
  }

  /// Tells of progress within a file, up to so many of its bytes.
  void advance(long bytes) {
    if (bytes > told) {
      listener.progress(bytes - told);
      told = bytes;
    }
  }

  private static boolean archive(FileKind kind) {
    return switch (kind) {
      case ZIP, TAR, PACKED, WEB -> true;
      case PROSE, CODE, HTML, ROWS, DOCUMENT, TABLE, SUBTITLES, XML, OTHER -> false;
    };
  }

  static @Nullable Magic magic(InputStream in) throws IOException {
    in.mark(Magic.HEAD_BYTES);
    byte[] head = in.readNBytes(Magic.HEAD_BYTES);
    in.reset();
    return Magic.of(head);
  }

  /// @param in marks may be set in it
  void stream(InputStream in, @Nullable Magic magic, At at, Around around)
      throws IOException, InterruptedException {
    switch (magic) {
      case null -> unknown(in, at, around);
      case GZIP, BZIP2, XZ, ZSTD -> {
        Compression compression = Objects.requireNonNull(magic.compression());
        if (at.kind() != FileKind.PACKED) {
          listener.tell(
              at.place(), "is " + magic.words() + ", whatever its name says, and read as one");
        }
        unpack(in, compression, at, around);
      }
      case TAR -> {
        checkDepth(around, at);
        tellOf(Magic.TAR, FileKind.TAR, at.kind(), at.place());
        tar(in, at, around);
      }
      case ZIP, EPUB -> {
        if (isZip(magic, at.kind())) {
          checkDepth(around, at);
          nestedZip(in, at, around);
        } else {
          document(in, DocumentKind.OFFICE, at, around);
        }
      }
      case PDF -> document(in, DocumentKind.PDF, at, around);
      case OFFICE -> document(in, DocumentKind.OFFICE, at, around);
      case RTF -> document(in, DocumentKind.RTF, at, around);
      case PARQUET -> document(in, DocumentKind.PARQUET, at, around);
      case WARC -> {
        checkDepth(around, at);
        tellOf(Magic.WARC, FileKind.WEB, at.kind(), at.place());
        web.read(in, at, around);
      }
      case MEDIAWIKI -> {
        checkDepth(around, at);
        dump.read(in, at, around);
      }
      case HTML -> {
        if (at.kind() != FileKind.HTML && at.kind() != FileKind.OTHER) {
          listener.tell(at.place(), "is an HTML page, whatever its name says, and read as one");
        }
        texts.read(in, FileKind.HTML, at.inner(), at.bytes(), TextOrigin.of(at.place()));
      }
      default -> throw new Refused(Skip.FORMAT, magic.words() + ": " + magic.mend(), magic);
    }
  }

  private void document(InputStream in, DocumentKind kind, At at, Around around)
      throws IOException, InterruptedException {
    FileKind proper = kind == DocumentKind.PARQUET ? FileKind.TABLE : FileKind.DOCUMENT;
    if (at.kind() != proper) {
      listener.tell(at.place(), "is " + kind.words() + ", whatever its name says, and read as one");
    }
    documents.read(in, kind, TextOrigin.of(at.place()), around);
  }

  /// What its first bytes say nothing of.
  private void unknown(InputStream in, At at, Around around)
      throws IOException, InterruptedException {
    String ending = FileKind.ending(at.inner());
    switch (at.kind()) {
      case PACKED -> {
        if (Compression.ofEnding(ending) != Compression.BROTLI) {
          Compression named = Compression.ofEnding(ending);
          throw new Refused(
              Skip.ARCHIVE,
              "it does not begin as %s does"
                  .formatted(named == null ? "a packed file" : "a file of " + named.words()));
        }
        unpack(in, Compression.BROTLI, at, around);
      }
      case ZIP -> throw new Refused(Skip.ARCHIVE, "it does not begin as a zip archive does");
      case TAR -> throw new Refused(Skip.ARCHIVE, "it does not begin as a tar archive does");
      // Its first record may be the broken one.
      case WEB -> web.read(in, at, around);
      case XML -> throw new Refused(Skip.OTHER, "XML that is no dump of MediaWiki");
      case PROSE, CODE, HTML, ROWS, SUBTITLES, DOCUMENT, TABLE, OTHER -> {
        boolean document = at.kind() == FileKind.DOCUMENT || at.kind() == FileKind.TABLE;
        FileKind kind = document ? FileKind.OTHER : at.kind();
        texts.read(in, kind, at.inner(), at.bytes(), TextOrigin.of(at.place()));
        if (kind == FileKind.OTHER && FileKind.isOfAnotherFormat(ending)) {
          listener.tell(
              at.place(),
              "holds plain text, whatever its ending .%s says, and is read as such"
                  .formatted(ending));
        }
      }
    }
  }

  private void unpack(InputStream in, Compression compression, At at, Around around)
      throws IOException, InterruptedException {
    if (around.layers() == MOST_LAYERS) {
      throw new Refused(Skip.NESTED, "packed %d times over".formatted(around.layers() + 1));
    }
    String inner = FileKind.inside(at.inner());
    InputStream opened;
    try {
      boolean within = from > 0 && around.layers() == 0 && around.depth() == 0;
      opened =
          within && compression == Compression.GZIP
              ? new GzipMembers(in, from)
              : compression.open(in);
    } catch (IOException e) {
      throw new Refused(Skip.ARCHIVE, e.getMessage() == null ? e.toString() : e.getMessage());
    }
    // Not closed: what lies below it is closed by whoever opened it, and is read on in a tar.
    var capped = new Unpacked(opened, settings, around.budget(), around.packed());
    var unpacked = new BufferedInputStream(capped, 1 << 16);
    LongFunction<String> places =
        opened instanceof GzipMembers members && around.layers() == 0 ? members : String::valueOf;
    FileKind kind = FileKind.of(inner, settings.textEndings());
    stream(
        unpacked,
        magic(unpacked),
        new At(at.place(), kind, inner, -1, at.told()),
        around.within(capped, places));
  }

  private void checkDepth(Around around, At at) throws Refused {
    if (around.depth() >= settings.maxDepth()) {
      throw new Refused(
          Skip.NESTED,
          "%d archives around it, and maxDepth = %d"
              .formatted(around.depth(), settings.maxDepth()));
    }
  }

  /// A zip is read by its directory, which stands at its end: one in another file is laid down
  /// first.
  private void nestedZip(InputStream in, At at, Around around)
      throws IOException, InterruptedException {
    Path laid = Files.createTempFile("imago-", ".zip");
    try {
      Files.copy(in, laid, StandardCopyOption.REPLACE_EXISTING);
      zips.read(laid, at, around);
    } finally {
      Files.deleteIfExists(laid);
    }
  }

  private void tellOf(Magic is, FileKind proper, FileKind named, String place) {
    if (named != proper) {
      listener.tell(place, "is " + is.words() + ", whatever its name says, and read as one");
    }
  }

  private void tar(InputStream in, At at, Around around) throws IOException, InterruptedException {
    holdsFiles(at);
    var tar = new TarReader(in);
    int entries = 0;
    for (TarReader.Entry entry = tar.next(); entry != null; entry = tar.next()) {
      if (++entries > settings.maxEntries()) {
        throw new Refused(Skip.BOMB, "more entries than maxEntries = " + settings.maxEntries());
      }
      FileKind kind = FileKind.of(entry.name(), settings.textEndings());
      String place = at.place() + "!" + clean(entry.name().replaceFirst("^(\\./)+", ""));
      if (hidden(entry.name())) {
        continue;
      }
      var content = new BufferedInputStream(tar.content(), 1 << 13);
      if (kind == FileKind.OTHER) {
        listener.other(place, entry.bytes(), () -> content.readNBytes(Magic.HEAD_BYTES));
        continue;
      }
      try {
        Magic magic = magic(content);
        if (kind == FileKind.XML && magic != Magic.MEDIAWIKI) {
          listener.other(place, entry.bytes(), () -> content.readNBytes(Magic.HEAD_BYTES));
          continue;
        }
        listener.in(entry.bytes());
        stream(
            content,
            magic,
            new At(place, kind, entry.name(), entry.bytes(), entry.bytes()),
            around.entry(around.packed(), around.unpacked()));
      } catch (Refused | NotTextException e) {
        refuse(e, false, place, entry.bytes());
        if (e instanceof Refused refused
            && refused.why() == Skip.BOMB
            && around.budget().stoppedBy(around.unpacked())) {
          // What comes after it comes out of the same stream.
          return;
        }
      }
    }
  }

  /// Files that systems and editors leave in archives.
  static boolean hidden(String name) {
    return name.contains("__MACOSX/")
        || name.substring(name.lastIndexOf('/') + 1).startsWith("._")
        || name.endsWith(".DS_Store");
  }

  void refuse(IOException e, boolean archive, String place, long bytes) {
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
