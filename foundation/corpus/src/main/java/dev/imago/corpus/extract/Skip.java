package dev.imago.corpus.extract;

/// Why something was passed over.
public enum Skip {
  OTHER("another kind of file", "collect.textEndings reads further endings as plain text"),
  EMPTY("empty", "nothing is lost with it"),
  BINARY("binary", "no text is read from it"),
  FORMAT("of a format that is not read yet", "convert it to text"),
  ENCODING("of an encoding that cannot be told", "name it, such as collect.encoding=GB18030"),
  LARGE("larger than its cap", "raise collect.maxDocumentBytes, or let collect.cut=auto cut it"),
  ROW("broken row", "mend it in the file"),
  NO_TEXT("without a text", "name the field that is the text with collect.textField"),
  DOCUMENT("a document that cannot be read", "open it where it can be, and save it anew"),
  RECORD("broken record of an archive", "fetch the archive again"),
  ARCHIVE("broken archive or entry", "pack it again"),
  BOMB(
      "unpacks to more than its caps",
      "raise collect.maxRatio, maxEntryBytes, maxArchiveBytes or maxEntries if you trust it"),
  NESTED("an archive too deep in archives", "raise collect.maxDepth, or unpack it first"),
  LINK(
      "a link that is not followed",
      "name the folder that it leads to with --input or collect.sources, or put the file in its"
          + " place"),
  UNREADABLE("unreadable", "see to its permissions");

  private final String words;
  private final String mend;

  Skip(String words, String mend) {
    this.words = words;
    this.mend = mend;
  }

  public String words() {
    return words;
  }

  public String mend() {
    return mend;
  }

  /// Whether a user should see the first ones by name, not only their count.
  public boolean noted() {
    return this != OTHER && this != EMPTY;
  }

  /// Whether there was text that could have been read.
  public boolean text() {
    return switch (this) {
      case OTHER, EMPTY, BINARY, FORMAT -> false;
      case ENCODING,
          LARGE,
          ROW,
          NO_TEXT,
          DOCUMENT,
          RECORD,
          ARCHIVE,
          BOMB,
          NESTED,
          LINK,
          UNREADABLE ->
          true;
    };
  }
}
