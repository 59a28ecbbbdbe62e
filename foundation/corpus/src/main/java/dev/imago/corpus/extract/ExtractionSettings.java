package dev.imago.corpus.extract;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import java.io.Serializable;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.List;
import java.util.Locale;

/// How documents are read out of files, and the caps that keep hostile archives harmless.
///
/// @param textEndings endings of files, besides those that are known, that are plain text
/// @param encoding the encoding of what is not UTF-8, such as `GB18030`; empty to find it
/// @param lines whether plain text files hold one text a line: `auto`, `true`, `false`
/// @param textField the field of JSON, CSV … that is the text; empty to find it
/// @param cut whether long texts are cut: `auto` (at structure, else at paragraphs) or `never`
/// @param mainText what is taken of a page: `none`, all of its visible blocks; `text` or
///   `markdown`, its main text by [dev.imago.pages.MainText]; `body` or `body-markdown`, of it an
///   article's body alone
/// @param cutWords how long parts are; texts of up to three times as many words stay whole
/// @param maxDocumentBytes the largest document: a file, an archive's entry, a row
/// @param maxEntryBytes the most that one archive entry, or one `.gz`, may hold unpacked
/// @param maxArchiveBytes the most that all entries of one archive may hold unpacked
/// @param maxRatio the most bytes that one packed byte may unpack to, once 100 KiB are out; 100 is
///   what Apache POI allows office files (`ZipSecureFile`)
/// @param maxEntries the most entries of one archive
/// @param maxDepth how many archives, one in another, are opened; 1 opens none in another
/// @param documentSeconds how long a PDF or an Office document may take to be read
/// @param documentMegabytes the memory of the process that reads them
public record ExtractionSettings(
    List<String> textEndings,
    String encoding,
    String lines,
    String textField,
    String cut,
    String mainText,
    int cutWords,
    long maxDocumentBytes,
    long maxEntryBytes,
    long maxArchiveBytes,
    double maxRatio,
    int maxEntries,
    int maxDepth,
    int documentSeconds,
    int documentMegabytes)
    implements Serializable {
  /// A document is one JSON string and one Java array later on: 64 MiB leaves both room.
  static final long LARGEST_DOCUMENT = 64L << 20;

  /// Parts of fewer words would be told from headlines by nobody.
  private static final int LEAST_CUT_WORDS = 20;

  public ExtractionSettings {
    textEndings =
        textEndings.stream()
            .map(ending -> ending.startsWith(".") ? ending.substring(1) : ending)
            .map(ending -> ending.toLowerCase(Locale.ROOT))
            .toList();
    textEndings.stream()
        .filter(ending -> ending.isBlank() || ending.contains("/") || ending.contains("."))
        .forEach(
            bad -> {
              throw new ConfigException(
                  "textEndings holds «%s»; an ending is what follows the last dot, such as log"
                      .formatted(bad));
            });
    if (!encoding.isEmpty() && !isEncoding(encoding)) {
      throw new ConfigException(
          "encoding = «%s» is none that is known; GB18030, Big5, UTF-16LE, windows-1252 … are"
              .formatted(encoding));
    }
    oneOf("lines", lines, List.of("auto", "true", "false"));
    oneOf("cut", cut, List.of("auto", "never"));
    oneOf("mainText", mainText, List.of("none", "text", "markdown", "body", "body-markdown"));
    Bounds.whole("cutWords", cutWords, LEAST_CUT_WORDS, 1_000_000);
    Bounds.whole("maxDocumentBytes", maxDocumentBytes, 1, LARGEST_DOCUMENT);
    Bounds.whole("maxEntryBytes", maxEntryBytes, 1, Long.MAX_VALUE);
    Bounds.whole("maxArchiveBytes", maxArchiveBytes, 1, Long.MAX_VALUE);
    Bounds.whole("maxEntries", maxEntries, 1, Integer.MAX_VALUE);
    Bounds.whole("maxDepth", maxDepth, 1, 16);
    Bounds.whole("documentSeconds", documentSeconds, 1, 86_400);
    Bounds.whole("documentMegabytes", documentMegabytes, 64, 1 << 20);
    if (!(maxRatio >= 1)) {
      throw new ConfigException("maxRatio = " + maxRatio + " is below 1; 100 is usual");
    }
  }

  private static boolean isEncoding(String name) {
    try {
      return Charset.isSupported(name);
    } catch (IllegalCharsetNameException e) {
      return false;
    }
  }

  private static void oneOf(String name, String value, List<String> values) {
    if (!values.contains(value)) {
      throw new ConfigException(
          "%s = «%s»; take %s".formatted(name, value, String.join(", ", values)));
    }
  }

  public static ExtractionSettings defaults() {
    return new ExtractionSettings(
        List.of(), "", "auto", "", "auto", "none", 1_000, 16L << 20, 1L << 30, 16L << 30, 100,
        1_000_000, 3, 60, 512);
  }
}
