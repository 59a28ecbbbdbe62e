package dev.imago.corpus.extract;

import dev.imago.sources.Compression;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the first bytes of a file say that it is, whatever its name says.
public enum Magic {
  GZIP("a gzip file", ""),
  ZIP("a zip archive", ""),
  TAR("a tar archive", ""),
  HTML("an HTML page", ""),
  PDF("a PDF", ""),
  OFFICE("an Office document", ""),
  EPUB("an EPUB", ""),
  /// Also what an Office document is wrapped in where it is encrypted.
  OLD_OFFICE(
      "an Office document of before 2007, or an encrypted one", "save it as .docx or plain text"),
  RTF("an RTF document", ""),
  BZIP2("a bzip2 file", ""),
  XZ("an xz file", ""),
  ZSTD("a zstd file", ""),
  SEVEN_ZIP("a 7z archive", "unpack it"),
  RAR("a RAR archive", "unpack it"),
  IMAGE("an image", ""),
  SOUND("sound or video", ""),
  PARQUET("a Parquet table", ""),
  DATABASE("an SQLite database", "write its text as JSONL"),
  WARC("a web archive", ""),
  MEDIAWIKI("a dump of MediaWiki", ""),
  GGUF("a GGUF model", ""),
  PROGRAM("a program", "");

  /// As many bytes as [#of] looks at: a tar's first header.
  public static final int HEAD_BYTES = 512;

  private final String words;
  private final String mend;

  Magic(String words, String mend) {
    this.words = words;
    this.mend = mend;
  }

  /// With its article, such as «a PDF».
  public String words() {
    return words;
  }

  /// What to do about it, where it is not read.
  public String mend() {
    return mend.isEmpty() ? "no text is read from it" : mend;
  }

  public boolean read() {
    return switch (this) {
      case GZIP,
          ZIP,
          TAR,
          HTML,
          BZIP2,
          XZ,
          ZSTD,
          WARC,
          MEDIAWIKI,
          PDF,
          OFFICE,
          EPUB,
          RTF,
          PARQUET ->
          true;
      case OLD_OFFICE, SEVEN_ZIP, RAR, IMAGE, SOUND, DATABASE, GGUF, PROGRAM -> false;
    };
  }

  /// How it is packed; null where it is not one packed stream.
  @Nullable Compression compression() {
    return switch (this) {
      case GZIP -> Compression.GZIP;
      case BZIP2 -> Compression.BZIP2;
      case XZ -> Compression.XZ;
      case ZSTD -> Compression.ZSTD;
      default -> null;
    };
  }

  /// What `head` begins; null for text and for what is not known.
  public static @Nullable Magic of(byte[] head) {
    String start = new String(head, StandardCharsets.ISO_8859_1);
    Magic known = start.isEmpty() ? null : known(start);
    if (known != null || !TarReader.isHeader(head)) {
      return known;
    }
    return TAR;
  }

  private static @Nullable Magic known(String start) {
    return switch (start.charAt(0)) {
      case '\u001f' -> start.startsWith("\u001f\u008b") ? GZIP : null;
      case 'P' ->
          start.startsWith("PK\u0003\u0004") || start.startsWith("PK\u0005\u0006")
              ? zip(start)
              : start.startsWith("PAR1") ? PARQUET : null;
      case '%' -> start.startsWith("%PDF-") ? PDF : null;
      case '{' -> start.startsWith("{\\rtf") ? RTF : null;
      case 'B' -> start.matches("(?s)BZh[1-9](1AY&SY|\\u0017rE8P\\u0090).*") ? BZIP2 : image(start);
      case '\u00fd' -> start.startsWith("\u00fd7zXZ\0") ? XZ : null;
      case '(' -> start.startsWith("(\u00b5/\u00fd") ? ZSTD : null;
      case '7' -> start.startsWith("7z\u00bc\u00af'\u001c") ? SEVEN_ZIP : null;
      case 'R' ->
          start.startsWith("Rar!\u001a\u0007")
              ? RAR
              : start.startsWith("RIFF") && start.length() > 12
                  ? start.startsWith("WEBP", 8) ? IMAGE : SOUND
                  : null;
      case '\u00d0' ->
          start.startsWith("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1") ? OLD_OFFICE : null;
      case '\u0089', '\u00ff', 'G', 'I', 'M' -> image(start);
      case 'S' -> start.startsWith("SQLite format 3\0") ? DATABASE : null;
      case 'W' -> start.matches("(?s)WARC/[01]\\.[0-9]+\r\n.*") ? WARC : null;
      case '\u007f' -> start.startsWith("\u007fELF") ? PROGRAM : null;
      case '\u00ca' -> start.startsWith("\u00ca\u00fe\u00ba\u00be") ? PROGRAM : null;
      case 'O' -> start.startsWith("OggS\0") ? SOUND : null;
      case 'f' ->
          start.startsWith("fLaC\0") ? SOUND : start.startsWith("filedesc://") ? WARC : null;
      case '\0' -> start.startsWith("ftyp", 4) ? SOUND : null;
      default -> isWiki(start) ? MEDIAWIKI : isHtml(start) ? HTML : null;
    };
  }

  /// Office documents and EPUBs are zips whose first entry gives them away.
  private static Magic zip(String start) {
    String name = start.length() > 30 ? start.substring(30) : "";
    if (name.startsWith("mimetypeapplication/epub+zip")) {
      return EPUB;
    }
    boolean office =
        name.startsWith("[Content_Types].xml")
            || name.startsWith("mimetype")
            || name.startsWith("_rels/")
            || name.startsWith("docProps/");
    return office ? OFFICE : ZIP;
  }

  private static @Nullable Magic image(String start) {
    if (start.startsWith("\u0089PNG\r\n")
        || start.startsWith("\u00ff\u00d8\u00ff")
        || start.startsWith("GIF87a")
        || start.startsWith("GIF89a")
        || start.startsWith("II*\0")
        || start.startsWith("MM\0*")
        || (start.startsWith("BM") && start.startsWith("\0\0\0\0", 6))) {
      return IMAGE;
    } else if (start.startsWith("ID3\u0003") || start.startsWith("ID3\u0004")) {
      return SOUND;
    } else if (start.startsWith("GGUF\u0003") || start.startsWith("GGUF\u0002")) {
      return GGUF;
    }
    return start.startsWith("MZ\u0090\0") ? PROGRAM : null;
  }

  private static boolean isWiki(String start) {
    return start.startsWith("<mediawiki")
        || start.startsWith("<?xml") && start.contains("<mediawiki");
  }

  private static boolean isHtml(String start) {
    String text = start.startsWith("\u00ef\u00bb\u00bf") ? start.substring(3) : start;
    String page = text.stripLeading().toLowerCase(Locale.ROOT);
    return page.startsWith("<!doctype html") || page.startsWith("<html");
  }

  /// Whether the beginning of a file looks like text in any encoding: few control characters.
  public static boolean looksLikeText(byte[] head) {
    int controls = 0;
    int zeros = 0;
    for (byte b : head) {
      zeros += b == 0 ? 1 : 0;
      controls += b > 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f' ? 1 : 0;
    }
    return head.length > 0 && of(head) == null && zeros == 0 && controls * 50 <= head.length;
  }
}
