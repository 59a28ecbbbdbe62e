package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.crawl.CrawlListener;
import dev.imago.crawl.CrawlScope;
import dev.imago.crawl.CrawlSettings;
import dev.imago.crawl.CrawlStart;
import dev.imago.crawl.CrawlSummary;
import dev.imago.crawl.Crawler;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Crawls sites into a folder of web archives.
@Command(
    name = "crawl",
    mixinStandardHelpOptions = true,
    description = {
      "Crawl sites, as their robots.txt allows, into web archives (WARC) that every other command",
      "reads. What refuses to be indexed, or to be trained on, is not kept, and counted with its",
      "reason. A crawl that was broken off goes on when it is run again, and asks for no page"
          + " twice."
    },
    footer = {
      "",
      "Example:  imago data crawl https://example.org/docs/ --scope PREFIX --out docs \\",
      "            --agent 'ExampleBot/1.0 (+https://example.org/bot)'"
    })
final class DataCrawlCommand implements Callable<Integer> {
  private static final CrawlSettings USUAL = CrawlSettings.defaults();

  @ParentCommand private DataCommand parent = new DataCommand();

  @Parameters(
      arity = "1..*",
      paramLabel = "URL",
      description = "Addresses to begin at: pages, feeds.")
  private List<String> seeds = List.of();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder for the archives and for what is known of the crawl.")
  private Path out = Path.of("");

  @Option(
      names = "--agent",
      required = true,
      paramLabel = "'NAME/1.0 (+CONTACT)'",
      description =
          "Who asks: a name that robots.txt can name, and an address of the web or of mail where"
              + " you can be reached.")
  private String agent = "";

  @Option(
      names = "--scope",
      description =
          "How far from a seed: its HOST, its registered DOMAIN, or the PREFIX of its folder"
              + " (default: ${DEFAULT-VALUE}).")
  private CrawlScope scope = USUAL.scope();

  @Option(
      names = "--max-pages",
      paramLabel = "N",
      description = "The most pages to ask for (default: ${DEFAULT-VALUE}).")
  private long maxPages = USUAL.maxPages();

  @Option(
      names = "--max-depth",
      paramLabel = "N",
      description = "The most links from a seed (default: ${DEFAULT-VALUE}).")
  private int maxDepth = USUAL.maxDepth();

  @Option(
      names = "--max-page-bytes",
      paramLabel = "N",
      description = "The most that is kept of a page (default: ${DEFAULT-VALUE}).")
  private int maxPageBytes = USUAL.maxPageBytes();

  @Option(
      names = "--delay",
      paramLabel = "SECONDS",
      description =
          "The least time between two requests to a host (default: ${DEFAULT-VALUE}); its"
              + " Crawl-delay where that is longer.")
  private double delay = USUAL.delaySeconds();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "The most hosts to ask at once, one connection each (default: ${DEFAULT-VALUE}).")
  private int connections = USUAL.connections();

  @Option(names = "--no-sitemaps", description = "Read no sitemaps.")
  private boolean noSitemaps;

  @Option(
      names = "--allow",
      paramLabel = "HOST[:PORT]",
      description =
          "A machine outside the public network that may be connected to: a host, an address or a"
              + " range such as 10.1.0.0/16. Repeatable.")
  private List<String> allow = List.of();

  @Option(
      names = "--again",
      description =
          "Begin a crawl that has ended anew, and ask its pages whether they have changed.")
  private boolean again;

  @Option(
      names = "--ask-doubtful",
      description =
          "Ask once more for the pages that were asked for when the crawl was killed, and whose"
              + " answers were not kept.")
  private boolean askDoubtful;

  @Override
  public Integer call() throws Exception {
    var settings =
        new CrawlSettings(
            seeds,
            agent,
            scope,
            maxPages,
            maxDepth,
            maxPageBytes,
            delay,
            connections,
            !noSitemaps,
            allow);
    if (again && askDoubtful) {
      throw new ConfigException(
          "--again begins anew, and --ask-doubtful goes on; leave one of them out");
    }
    CrawlStart start =
        again ? CrawlStart.ANEW : askDoubtful ? CrawlStart.ASK_DOUBTFUL : CrawlStart.GO_ON;
    Console console = Console.of(parent.imago);
    CrawlSummary summary;
    try (AutoCloseable _ = parent.imago.interruptible();
        Progress progress = console.progress("crawl", "crawl", maxPages, "pages")) {
      CrawlListener listener = CrawlListener.of(progress, console::note);
      summary = new Crawler(settings, out, Clock.systemUTC(), listener).run(start);
    }
    print(summary);
    if (summary.kept() == 0) {
      throw new InputException("no page is kept; the table says why, and --again asks anew");
    }
    return 0;
  }

  private void print(CrawlSummary summary) {
    System.out.printf(
        "asked for %s, kept %,d%s, in %s%n",
        Counted.of(summary.asked(), "pages"),
        summary.kept(),
        summary.unchanged() > 0 ? " (%,d unchanged)".formatted(summary.unchanged()) : "",
        out);
    var rows = new ArrayList<List<String>>();
    rows(rows, "not kept", summary.refused());
    rows(rows, "passed over", summary.passedOver());
    rows(
        rows,
        "in doubt",
        Map.of("asked for when it was killed; --ask-doubtful asks again", summary.inDoubt()));
    rows(rows, "left", Map.of("--max-pages " + maxPages + "; more goes on", summary.waiting()));
    if (!rows.isEmpty()) {
      System.out.println();
      System.out.print(Table.render(List.of("", "why", "pages"), rows));
    }
    if (summary.kept() > 0) {
      System.out.printf("%nRead it:  imago data read %s --text | head%n", out);
    }
  }

  private static void rows(List<List<String>> rows, String what, Map<String, Long> pages) {
    pages.entrySet().stream()
        .filter(each -> each.getValue() > 0)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .forEach(each -> rows.add(List.of(what, each.getKey(), "%,d".formatted(each.getValue()))));
  }
}
