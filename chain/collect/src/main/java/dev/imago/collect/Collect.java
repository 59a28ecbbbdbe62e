package dev.imago.collect;

import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Estimate;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Corpus;
import dev.imago.data.Documents;
import java.util.List;
import java.util.Map;

/// Reads documents out of folders, files and archives.
///
/// A document's `id` is its place, machine-independent: the named source's own file name, then the
/// path below it, `!` before a name inside an archive and `:` before a line of JSONL, such as
/// `src.zip!java.base/java/lang/String.java` or `notes/a.jsonl:12`. Its tag `kind` is `code` or
/// `prose`, by the file's ending. Order: the sources as given, paths in each sorted.
///
/// Text is strict UTF-8, a byte-order mark is dropped. A line of JSONL is `{"text":…}` with
/// optional `"source"`, `"id"` (kept as a tag) and `"kind"`.
public final class Collect implements Stage<Collect.Inputs, Collect.Config, Collect.Outputs> {
  /// Nothing comes in: this link begins the chain.
  public record Inputs() {}

  /// What to read, and the caps that keep hostile archives harmless.
  ///
  /// @param sources folders and files, in order
  /// @param skipFolders names of folders that are not entered; hidden ones never are
  /// @param maxDocumentBytes the largest document: a file, an archive's entry, a line of JSONL
  /// @param maxEntryBytes the most that one archive entry, or one `.gz`, may hold unpacked
  /// @param maxArchiveBytes the most that all entries of one archive may hold unpacked
  /// @param maxRatio the most bytes that one packed byte may unpack to, once 100 KiB are out; 100
  ///   is what Apache POI allows office files (`ZipSecureFile`)
  /// @param maxEntries the most entries of one archive
  public record Config(
      List<String> sources,
      List<String> skipFolders,
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
      require("maxDocumentBytes", maxDocumentBytes, 1, LARGEST_DOCUMENT);
      require("maxEntryBytes", maxEntryBytes, 1, Long.MAX_VALUE);
      require("maxArchiveBytes", maxArchiveBytes, 1, Long.MAX_VALUE);
      require("maxEntries", maxEntries, 1, Integer.MAX_VALUE);
      if (!(maxRatio >= 1)) {
        throw new ConfigException("maxRatio = " + maxRatio + " is below 1; 100 is usual");
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
          maxDocumentBytes,
          maxEntryBytes,
          maxArchiveBytes,
          maxRatio,
          maxEntries);
    }
  }

  /// @param raw the documents, `raw-*.jsonl.zst`
  public record Outputs(Corpus raw) {}

  @Override
  public String name() {
    return "collect";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Class<Inputs> inputs() {
    return Inputs.class;
  }

  @Override
  public Config defaults() {
    return Config.defaults();
  }

  @Override
  public Class<Outputs> outputs() {
    return Outputs.class;
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
      boolean packed = file.name().matches("(?i).*\\.(zip|gz|zst|jar)");
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
      var harvest = new Harvest(config, tally, writer::write, progress);
      for (SourceFile file : files) {
        harvest.file(file);
      }
    }
    run.table("Collected", Tally.HEADER, tally.rows());
    if (tally.documents() == 0) {
      throw new InputException(
          "no document in %s: %s".formatted(String.join(", ", config.sources()), tally.why()));
    }
    return new Outputs(draft.commit(Corpus.class));
  }
}
