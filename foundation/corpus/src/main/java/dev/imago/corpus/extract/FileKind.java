package dev.imago.corpus.extract;

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
  GZIP,
  OTHER;

  /// Those that are read, for people.
  public static final String ENDINGS =
      ".txt .md .java .html .jsonl .json .csv .tsv .zip .tar .tar.gz .tgz .gz";

  private static final Set<String> OTHER_FORMATS =
      Set.of(
          "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "epub", "rtf", "bz2", "xz",
          "zst", "7z", "rar", "parquet", "warc", "sqlite", "gguf", "png", "jpg", "jpeg", "gif",
          "webp", "tiff", "bmp", "mp3", "mp4", "wav", "ogg", "flac", "exe", "so", "dll", "class");

  /// @param textEndings further endings of plain text, without a dot
  public static FileKind of(String name, List<String> textEndings) {
    String ending = ending(name);
    return switch (ending) {
      // Whole collections have no endings; what is no text among them is seen when it is read.
      case "", "txt", "text", "md", "markdown" -> PROSE;
      case "java" -> CODE;
      case "html", "htm", "xhtml" -> HTML;
      case "jsonl", "ndjson", "json", "csv", "tsv", "conll", "bio", "iob" -> ROWS;
      case "zip" -> ZIP;
      case "tar" -> TAR;
      case "gz", "tgz" -> GZIP;
      default -> textEndings.contains(ending) ? PROSE : OTHER;
    };
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

  /// The name of what a `.gz` holds: the name before that ending, or a `.tar` for a `.tgz`.
  static String inside(String name) {
    String ending = ending(name);
    if (ending.equals("tgz")) {
      return name.substring(0, name.length() - "tgz".length()) + "tar";
    }
    return ending.equals("gz") ? name.substring(0, name.length() - ".gz".length()) : name;
  }

  static boolean isMarkdown(String name) {
    return ending(name).equals("md") || ending(name).equals("markdown");
  }

  /// The document's tag.
  String tag() {
    return this == CODE ? "code" : "prose";
  }
}
