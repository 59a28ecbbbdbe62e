package dev.imago.collect;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Estimate;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Documents;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads documents out of folders, files and archives.
///
/// A document's `id` is its place, machine-independent: the named source's own file name, then the
/// path below it, `!` before a name inside an archive, `:` before a line that is a row, `#` before
/// the number of a part of a long text or of an element of JSON, such as
/// `src.zip!java.base/java/lang/String.java`, `notes/a.jsonl:12` or `book.txt#3`. Its tag `kind` is
/// `code` or `prose`, by the file's ending; `line` is where a part begins. Order: the sources as
/// given, paths in each sorted.
///
/// Encodings are found by [dev.imago.data.TextReader], rows by [dev.imago.data.Rows], the field of
/// a row that is its text by [dev.imago.data.TextField].
public final class Collect extends Stage<Collect.Inputs, Collect.Config, Collect.Outputs> {
  /// Nothing comes in: this link begins the chain.
  public record Inputs() {}

  /// What to read and how, and the caps that keep hostile archives harmless.
  ///
  /// @param sources folders and files, in order
  /// @param skipFolders names of folders that are not entered; hidden ones never are
  /// @param textEndings endings of files, besides those that are known, that are plain text
  /// @param encoding the encoding of what is not UTF-8, such as `GB18030`; empty to find it
  /// @param lines whether plain text files hold one text a line: `auto`, `true`, `false`
  /// @param textField the field of JSON, CSV … that is the text; empty to find it
  /// @param cut whether long texts are cut: `auto` (at structure, else at paragraphs) or `never`
  /// @param cutWords how long parts are; texts of up to three times as many words stay whole
  /// @param leastRead the least share of the text that must arrive: less is an error
  /// @param maxDocumentBytes the largest document: a file, an archive's entry, a row
  /// @param maxEntryBytes the most that one archive entry, or one `.gz`, may hold unpacked
  /// @param maxArchiveBytes the most that all entries of one archive may hold unpacked
  /// @param maxRatio the most bytes that one packed byte may unpack to, once 100 KiB are out; 100
  ///   is what Apache POI allows office files (`ZipSecureFile`)
  /// @param maxEntries the most entries of one archive
  public record Config(
      List<String> sources,
      List<String> skipFolders,
      List<String> textEndings,
      String encoding,
      String lines,
      String textField,
      String cut,
      int cutWords,
      double leastRead,
      long maxDocumentBytes,
      long maxEntryBytes,
      long maxArchiveBytes,
      double maxRatio,
      int maxEntries) {
    /// A document is one JSON string and one Java array later on: 64 MiB leaves both room.
    static final long LARGEST_DOCUMENT = 64L << 20;

    public Config {
      sources = List.copyOf(sources);
      skipFolders = List.copyOf(skipFolders);
      textEndings =
          textEndings.stream()
              .map(ending -> ending.startsWith(".") ? ending.substring(1) : ending)
              .map(ending -> ending.toLowerCase(Locale.ROOT))
              .toList();
      sources.stream()
          .filter(String::isBlank)
          .forEach(
              blank -> {
                throw new ConfigException(
                    "sources holds an empty path; name a folder or file with --input PATH");
              });
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
      require("lines", lines, List.of("auto", "true", "false"));
      require("cut", cut, List.of("auto", "never"));
      require("cutWords", cutWords, LEAST_CUT_WORDS, 1_000_000);
      if (!(leastRead >= 0 && leastRead <= 1)) {
        throw new ConfigException(
            "leastRead = " + leastRead + " is no share, 0 … 1; 0.01 is usual");
      }
      require("maxDocumentBytes", maxDocumentBytes, 1, LARGEST_DOCUMENT);
      require("maxEntryBytes", maxEntryBytes, 1, Long.MAX_VALUE);
      require("maxArchiveBytes", maxArchiveBytes, 1, Long.MAX_VALUE);
      require("maxEntries", maxEntries, 1, Integer.MAX_VALUE);
      if (!(maxRatio >= 1)) {
        throw new ConfigException("maxRatio = " + maxRatio + " is below 1; 100 is usual");
      }
    }

    /// Parts of fewer words would be told from headlines by nobody.
    private static final int LEAST_CUT_WORDS = 20;

    private static boolean isEncoding(String name) {
      try {
        return Charset.isSupported(name);
      } catch (IllegalCharsetNameException e) {
        return false;
      }
    }

    private static void require(String name, String value, List<String> values) {
      if (!values.contains(value)) {
        throw new ConfigException(
            "%s = «%s»; take %s".formatted(name, value, String.join(", ", values)));
      }
    }

    private static void require(String name, long value, long least, long most) {
      if (value < least || value > most) {
        throw new ConfigException(
            "%s = %d is not in %d … %d; choose a value in between"
                .formatted(name, value, least, most));
      }
    }

    public static Config defaults() {
      return new Config(
          List.of(),
          List.of("target", "node_modules"),
          List.of(),
          "",
          "auto",
          "",
          "auto",
          1_000,
          0.01,
          16L << 20,
          1L << 30,
          16L << 30,
          100,
          1_000_000);
    }

    /// The same settings for other sources.
    public Config withSources(List<String> changed) {
      return new Config(
          changed,
          skipFolders,
          textEndings,
          encoding,
          lines,
          textField,
          cut,
          cutWords,
          leastRead,
          maxDocumentBytes,
          maxEntryBytes,
          maxArchiveBytes,
          maxRatio,
          maxEntries);
    }
  }

  /// @param raw the documents, `raw-*.jsonl.zst`
  public record Outputs(Corpus raw) {}

  public Collect() {
    super("collect", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public void check(Config config) {
    Sources.check(config);
  }

  /// Names, sizes and times of the files that would be read.
  @Override
  public String external(Config config) {
    var seen = new StringBuilder();
    for (SourceFile file : Sources.list(config, new Tally(line -> {}))) {
      seen.append(file.name())
          .append(' ')
          .append(file.bytes())
          .append(' ')
          .append(file.modifiedMillis())
          .append('\n');
    }
    return seen.toString();
  }

  /// Text packs to about a quarter, in the archives that it comes in and in what is left of it.
  @Override
  public Estimate estimate(Config config, Estimate.Known known) {
    long text = 0;
    for (SourceFile file : Sources.list(config, new Tally(line -> {}))) {
      boolean packed = file.name().matches("(?i).*\\.(zip|gz|tgz)");
      text += packed ? 4 * file.bytes() : file.bytes();
    }
    return new Estimate(Map.of(Estimate.Figure.BYTES, text), 0, text / 4, 0);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Sources.check(config);
    var tally = new Tally(run::note);
    List<SourceFile> files = Sources.list(config, tally);
    Draft draft = run.draft(Corpus.class, "raw");
    long total = files.stream().mapToLong(SourceFile::bytes).sum();
    try (Progress progress = run.progress("collect", total, "bytes");
        var writer = new Documents.Writer(draft.folder(), "raw")) {
      var texts = new Texts(config, tally, writer::write);
      var extractor = new Extractor(config, tally, texts, progress);
      for (SourceFile file : files) {
        extractor.file(file);
      }
    }
    tally.finish(run, config.sources(), config.leastRead());
    return new Outputs(draft.commit(Corpus.class));
  }
}
