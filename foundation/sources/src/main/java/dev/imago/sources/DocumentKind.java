package dev.imago.sources;

/// What [DocumentProcess] reads.
public enum DocumentKind {
  PDF("a PDF"),
  /// Word's, PowerPoint's and Excel's files since 2007, OpenDocument's texts, slides and tables.
  OFFICE("an Office document"),
  RTF("an RTF document"),
  /// A table: its rows come as lines of JSON.
  PARQUET("a Parquet table");

  private final String words;

  DocumentKind(String words) {
    this.words = words;
  }

  /// With its article.
  public String words() {
    return words;
  }
}
