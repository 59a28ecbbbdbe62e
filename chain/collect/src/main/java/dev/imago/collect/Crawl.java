package dev.imago.collect;

import dev.imago.core.AtomicFile;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.crawl.CrawlListener;
import dev.imago.crawl.CrawlScope;
import dev.imago.crawl.CrawlSettings;
import dev.imago.crawl.CrawlStart;
import dev.imago.crawl.CrawlSummary;
import dev.imago.crawl.Crawler;
import dev.imago.data.WebCrawl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Crawls sites, for [Collect] to read: [Crawler]. A crawl is done once for its settings; another
/// `edition` does it anew.
public final class Crawl extends Stage<Crawl.Inputs, Crawl.Config, Crawl.Outputs> {
  /// Nothing comes in.
  public record Inputs() {}

  /// As [CrawlSettings] says; and
  ///
  /// @param edition any text, such as a date: another one is another crawl
  public record Config(
      List<String> seeds,
      String agent,
      CrawlScope scope,
      long maxPages,
      int maxDepth,
      int maxPageBytes,
      double delaySeconds,
      int connections,
      boolean sitemaps,
      List<String> allow,
      String edition) {
    public Config {
      seeds = List.copyOf(seeds);
      allow = List.copyOf(allow);
      var _ =
          new CrawlSettings(
              seeds,
              agent,
              scope,
              maxPages,
              maxDepth,
              maxPageBytes,
              delaySeconds,
              connections,
              sitemaps,
              allow);
    }

    CrawlSettings settings() {
      return new CrawlSettings(
          seeds,
          agent,
          scope,
          maxPages,
          maxDepth,
          maxPageBytes,
          delaySeconds,
          connections,
          sitemaps,
          allow);
    }

    public static Config defaults() {
      var d = CrawlSettings.defaults();
      return new Config(
          d.seeds(),
          d.agent(),
          d.scope(),
          d.maxPages(),
          d.maxDepth(),
          d.maxPageBytes(),
          d.delaySeconds(),
          d.connections(),
          d.sitemaps(),
          d.allow(),
          "");
    }
  }

  /// @param crawl the archives
  public record Outputs(WebCrawl crawl) {}

  public Crawl() {
    super("crawl", 1, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public void check(Config config) {
    config.settings().check();
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Path folder = run.scratch().resolve("crawl");
    CrawlSummary summary;
    try (Progress progress = run.progress("crawl", config.maxPages(), "pages")) {
      CrawlListener listener = CrawlListener.of(progress, run::note);
      summary =
          new Crawler(config.settings(), folder, Clock.systemUTC(), listener).run(CrawlStart.GO_ON);
    }
    var rows = new ArrayList<List<String>>();
    rows(rows, "kept", Map.of("", summary.kept()));
    rows(rows, "in doubt", Map.of("asked for when it was killed", summary.inDoubt()));
    rows(rows, "not kept", summary.refused());
    rows(rows, "passed over", summary.passedOver());
    rows(rows, "left", Map.of("maxPages = " + config.maxPages(), summary.waiting()));
    run.table("pages of the crawl", List.of("what", "why", "pages"), rows);
    if (summary.kept() == 0) {
      throw new InputException(
          "the crawl of %s kept no page: %s"
              .formatted(String.join(", ", config.seeds()), summary.refused()));
    }
    Draft draft = run.draft(WebCrawl.class, "crawl");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".warc.gz")).toList()) {
        Files.copy(file, draft.folder().resolve(String.valueOf(file.getFileName())));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("write", draft.folder(), e);
    }
    return new Outputs(draft.commit(WebCrawl.class));
  }

  private static void rows(List<List<String>> rows, String what, Map<String, Long> pages) {
    pages.entrySet().stream()
        .filter(each -> each.getValue() > 0)
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> rows.add(List.of(what, each.getKey(), "%,d".formatted(each.getValue()))));
  }
}
