package dev.imago.collect;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Estimate;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.corpus.extract.ExtractionSettings;
import dev.imago.corpus.extract.Extractor;
import dev.imago.corpus.extract.SourceFile;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.WebCrawl;
import dev.imago.fetch.RemoteFile;
import dev.imago.fetch.RemoteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
  /// Mostly nothing comes in: this link begins the chain.
  ///
  /// @param crawl archives of crawls, which are read behind the sources
  public record Inputs(List<WebCrawl> crawl) {
    public Inputs {
      crawl = List.copyOf(crawl);
    }
  }

  /// What to read, and how: see [ExtractionSettings].
  ///
  /// @param sources folders, files and addresses (`https://…`, `s3://bucket/prefix`), in order
  /// @param skipFolders names of folders that are not entered; hidden ones never are
  /// @param leastRead the least share of the text that must arrive: less is an error
  public record Config(
      List<String> sources,
      List<String> skipFolders,
      List<String> textEndings,
      String encoding,
      String lines,
      String textField,
      String cut,
      String mainText,
      int cutWords,
      double leastRead,
      long maxDocumentBytes,
      long maxEntryBytes,
      long maxArchiveBytes,
      double maxRatio,
      int maxEntries,
      int maxDepth,
      int documentSeconds,
      int documentMegabytes) {
    public Config {
      sources = List.copyOf(sources);
      skipFolders = List.copyOf(skipFolders);
      sources.stream()
          .filter(String::isBlank)
          .forEach(
              blank -> {
                throw new ConfigException(
                    "sources holds an empty path; name a folder or file with --input PATH");
              });
      Bounds.number("leastRead", leastRead, 0, 1, "it is a share; 0.01 is usual");
      textEndings =
          new ExtractionSettings(
                  textEndings,
                  encoding,
                  lines,
                  textField,
                  cut,
                  mainText,
                  cutWords,
                  maxDocumentBytes,
                  maxEntryBytes,
                  maxArchiveBytes,
                  maxRatio,
                  maxEntries,
                  maxDepth,
                  documentSeconds,
                  documentMegabytes)
              .textEndings();
    }

    /// How each file is read.
    public ExtractionSettings extraction() {
      return new ExtractionSettings(
          textEndings,
          encoding,
          lines,
          textField,
          cut,
          mainText,
          cutWords,
          maxDocumentBytes,
          maxEntryBytes,
          maxArchiveBytes,
          maxRatio,
          maxEntries,
          maxDepth,
          documentSeconds,
          documentMegabytes);
    }

    public static Config defaults() {
      var d = ExtractionSettings.defaults();
      return new Config(
          List.of(),
          List.of("target", "node_modules"),
          d.textEndings(),
          d.encoding(),
          d.lines(),
          d.textField(),
          d.cut(),
          d.mainText(),
          d.cutWords(),
          0.01,
          d.maxDocumentBytes(),
          d.maxEntryBytes(),
          d.maxArchiveBytes(),
          d.maxRatio(),
          d.maxEntries(),
          d.maxDepth(),
          d.documentSeconds(),
          d.documentMegabytes());
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
          mainText,
          cutWords,
          leastRead,
          maxDocumentBytes,
          maxEntryBytes,
          maxArchiveBytes,
          maxRatio,
          maxEntries,
          maxDepth,
          documentSeconds,
          documentMegabytes);
    }
  }

  /// @param raw the documents, `raw-*.jsonl.zst`
  public record Outputs(Corpus raw) {}

  public Collect() {
    super("collect", 4, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public void check(Config config) {
    Sources.check(config);
  }

  @Override
  public void check(Config config, Set<String> offered) {
    if (!config.sources().isEmpty() || !offered.contains("crawl")) {
      check(config);
    }
  }

  /// Names, sizes and times of the files that would be read; of those behind addresses, the tags
  /// that their servers give them.
  @Override
  public String external(Config config) {
    var seen = new StringBuilder();
    for (RemoteSources.Listed listed : listed(config)) {
      listed
          .files()
          .forEach(f -> seen.append("%s %d %s\n".formatted(f.name(), f.bytes(), f.tag())));
    }
    for (SourceFile file : Sources.list(config, document -> {})) {
      seen.append(file.name())
          .append(' ')
          .append(file.bytes())
          .append(' ')
          .append(Sources.modifiedMillis(file))
          .append('\n');
    }
    return seen.toString();
  }

  private static List<RemoteSources.Listed> listed(Config config) {
    try {
      return RemoteSources.list(config, note -> {});
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while asking what is behind addresses", e);
    }
  }

  /// Text packs to about a quarter, in the archives that it comes in and in what is left of it.
  @Override
  public Estimate estimate(Config config, Estimate.Known known) {
    long text = 0;
    for (RemoteSources.Listed listed : listed(config)) {
      for (RemoteFile file : listed.files()) {
        text += text(file.name(), Math.max(0, file.bytes()));
      }
    }
    for (SourceFile file : Sources.list(config, document -> {})) {
      text += text(file.name(), file.bytes());
    }
    return new Estimate(Map.of(Estimate.Figure.BYTES, text), 0, text / 4, 0);
  }

  private static long text(String name, long bytes) {
    return name.matches("(?i).*\\.(zip|t?gz|bz2|xz|zst|br)") ? 4 * bytes : bytes;
  }

  /// Gives the documents of sources, without a run: for commands. What lies behind addresses is
  /// fetched into a temporary folder.
  ///
  /// @param notes what was assumed, found and passed over, a line each
  /// @return why there was none; empty where there was one
  public static String read(Config config, Consumer<String> notes, Consumer<Document> documents)
      throws InterruptedException {
    Sources.check(config);
    List<RemoteSources.Listed> listed = RemoteSources.list(config, notes);
    if (listed.isEmpty()) {
      return readFiles(config, notes, documents);
    }
    try (var folder = new TemporaryFolder()) {
      return readFiles(
          RemoteSources.fetched(config, listed, folder.path(), bytes -> {}), notes, documents);
    }
  }

  private static String readFiles(
      Config config, Consumer<String> notes, Consumer<Document> documents)
      throws InterruptedException {
    Sources.check(config);
    var report = new CollectReport(notes, documents);
    try (var extractor = new Extractor(config.extraction(), report)) {
      for (SourceFile file : Sources.list(config, report)) {
        extractor.file(file);
      }
    }
    report.tellAssumed(notes);
    return report.whyNone();
  }

  /// Gives the documents of one record of a web archive, or of one page of a dump, without a run.
  /// Where its place is a byte of the file itself (a record of a WARC, packed by record or not),
  /// what stands before it is not read.
  ///
  /// @param config with one file as its source
  /// @param place as ids have it behind the `!`: an offset, or `18342+512` within a gzip member
  /// @return why there was none; empty where there was one
  public static String readRecord(
      Config config, String place, Consumer<String> notes, Consumer<Document> documents)
      throws InterruptedException {
    Sources.check(config);
    for (String source : config.sources()) {
      if (RemoteStore.isRemote(source)) {
        throw new ConfigException(
            "an offset is a place in a file of this machine, and %s is an address; fetch it first, and name the file"
                .formatted(source));
      }
    }
    var report = new CollectReport(notes, document -> {});
    List<SourceFile> files = Sources.list(config, report);
    if (files.size() != 1 || config.sources().size() != 1) {
      throw new ConfigException(
          "an offset is a place in one file, and %s names %,d; name the archive alone"
              .formatted(String.join(", ", config.sources()), files.size()));
    }
    var record = new RecordAt(files.getFirst(), place, documents);
    CollectReport told = record.report(notes);
    try (var extractor = new Extractor(config.extraction(), told)) {
      extractor.file(record.file());
    } catch (RecordAt.Passed e) {
      // What follows was not asked for.
    } finally {
      told.tellAssumed(notes);
    }
    return record.whyNone();
  }

  @Override
  public Outputs run(Inputs inputs, Config named, Run run) throws InterruptedException {
    Config all = named.withSources(sources(named, inputs.crawl()));
    Sources.check(all);
    Config config = fetched(all, run);
    Draft draft = run.draft(Corpus.class, "raw");
    try (var writer = new Documents.Writer(draft.folder(), "raw")) {
      var report = new CollectReport(run::note, writer::write);
      List<SourceFile> files = Sources.list(config, report);
      long total = files.stream().mapToLong(SourceFile::bytes).sum();
      try (Progress progress = run.progress("collect", total, "bytes");
          var extractor = new Extractor(config.extraction(), report)) {
        report.show(progress::add);
        for (SourceFile file : files) {
          extractor.file(file);
        }
      }
      report.finish(run, all.sources(), config.leastRead());
    }
    return new Outputs(draft.commit(Corpus.class));
  }

  /// The sources, and behind them the archives of crawls, each by itself: their names are no
  /// hashes.
  private static List<String> sources(Config config, List<WebCrawl> crawls) {
    var sources = new ArrayList<>(config.sources());
    for (WebCrawl crawl : crawls) {
      try (Stream<Path> files = Files.list(crawl.folder())) {
        files
            .map(Path::toString)
            .filter(file -> file.endsWith(".warc.gz"))
            .sorted()
            .forEach(sources::add);
      } catch (IOException e) {
        throw AtomicFile.failure("read", crawl.folder(), e);
      }
    }
    return sources;
  }

  /// The same with all that lies behind addresses fetched.
  private static Config fetched(Config config, Run run) throws InterruptedException {
    List<RemoteSources.Listed> listed = RemoteSources.list(config, run::note);
    if (listed.isEmpty()) {
      return config;
    }
    try (Progress progress = run.progress("fetch", RemoteSources.bytes(listed), "bytes")) {
      Config here =
          RemoteSources.fetched(config, listed, run.scratch().resolve("fetched"), progress::add);
      Sources.check(here);
      return here;
    }
  }
}
