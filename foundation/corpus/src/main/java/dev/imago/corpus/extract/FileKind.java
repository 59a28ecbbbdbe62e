package dev.imago.corpus.extract;

import dev.imago.sources.Compression;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a file's ending says of its content.
public enum FileKind {
  PROSE,
  CODE,
  HTML,
  ROWS,
  ZIP,
  TAR,
  /// One stream, packed: see [Compression].
  PACKED,
  /// A web archive: WARC, WET, WAT or ARC.
  WEB,
  /// A document that a process of its own reads: PDF, Office, RTF.
  DOCUMENT,
  /// A Parquet table.
  TABLE,
  SUBTITLES,
  /// Read where it is a dump of MediaWiki.
  XML,
  OTHER;

  /// Those that are read, for people.
  public static final String ENDINGS =
      ".txt .md .java .py (and other code) .html .jsonl .json .csv .tsv .parquet .pdf .docx .pptx"
          + " .xlsx .odt .epub .rtf .srt .vtt .warc .wet .arc, MediaWiki's .xml, .zip .tar, packed"
          + " as .gz .zst .bz2 .xz .br";

  private static final Set<String> OTHER_FORMATS =
      Set.of(
          "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "epub", "rtf",
          "7z", "rar", "parquet", "sqlite", "gguf", "png", "jpg", "jpeg", "gif", "webp", "tiff",
          "bmp", "mp3", "mp4", "wav", "ogg", "flac", "exe", "so", "dll", "class");

  /// @param textEndings further endings of plain text, without a dot
  public static FileKind of(String name, List<String> textEndings) {
    String ending = ending(name);
    return switch (ending) {
      // Whole collections have no endings; what is no text among them is seen when it is read.
      case "", "txt", "text", "md", "markdown" -> PROSE;
      case "html", "htm", "xhtml" -> HTML;
      case "jsonl", "ndjson", "json", "csv", "tsv", "conll", "bio", "iob" -> ROWS;
      case "zip", "epub" -> ZIP;
      case "pdf", "docx", "docm", "pptx", "pptm", "xlsx", "xlsm", "odt", "odp", "ods", "rtf" ->
          DOCUMENT;
      case "parquet" -> TABLE;
      case "srt", "vtt" -> SUBTITLES;
      case "tar" -> TAR;
      case "tgz", "tbz", "tbz2", "txz", "tzst" -> PACKED;
      case "warc", "wet", "wat", "arc" -> WEB;
      case "xml" -> textEndings.contains(ending) ? PROSE : XML;
      default -> other(ending, textEndings);
    };
  }

  private static FileKind other(String ending, List<String> textEndings) {
    if (textEndings.contains(ending)) {
      return PROSE;
    } else if (Compression.ofEnding(ending) != null) {
      return PACKED;
    }
    return CodeLanguage.of(ending) == null ? OTHER : CODE;
  }

  /// Whether an ending is that of a format that is no plain text.
  static boolean isOfAnotherFormat(String ending) {
    return OTHER_FORMATS.contains(ending);
  }

  /// What follows the last dot of a file's name, in small letters; empty where there is none.
  public static String ending(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    int dot = file.lastIndexOf('.');
    return dot < 0 ? "" : file.substring(dot + 1);
  }

  /// The name of what a packed file holds: the name before that ending, or a `.tar` for a `.tgz`.
  static String inside(String name) {
    String ending = ending(name);
    String before = name.substring(0, name.length() - ending.length());
    return switch (ending) {
      case "tgz", "tbz", "tbz2", "txz", "tzst" -> before + "tar";
      default ->
          Compression.ofEnding(ending) == null ? name : before.substring(0, before.length() - 1);
    };
  }

  static boolean isMarkdown(String name) {
    return ending(name).equals("md") || ending(name).equals("markdown");
  }

  /// The document's tag.
  String tag() {
    return this == CODE ? "code" : "prose";
  }
}
