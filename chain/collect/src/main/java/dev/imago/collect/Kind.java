package dev.imago.collect;

import java.util.Locale;

/// What a file's ending says of its content.
enum Kind {
  PROSE,
  CODE,
  JSONL,
  ZIP,
  GZIP,
  OTHER;

  static final String ENDINGS = ".txt .md .java .jsonl .zip .gz";

  static Kind of(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return switch (file.substring(file.lastIndexOf('.') + 1)) {
      case "txt", "md" -> PROSE;
      case "java" -> CODE;
      case "jsonl" -> JSONL;
      case "zip" -> ZIP;
      case "gz" -> GZIP;
      default -> OTHER;
    };
  }

  /// What a `.gz` holds, by the ending before `.gz`; text where there is none.
  static Kind inside(String name) {
    String inner = name.substring(0, name.length() - ".gz".length());
    return inner.indexOf('.', inner.lastIndexOf('/') + 1) < 0 ? PROSE : of(inner);
  }

  /// The document's tag.
  String tag() {
    return this == CODE ? "code" : "prose";
  }
}
