package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Workspace;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.Distribution;
import dev.imago.corpus.DocumentFilter;
import dev.imago.corpus.RuleMeasure;
import dev.imago.corpus.RuleSet;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What rules would measure and drop, before anything is dropped.
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    description = {
      "Show how each rule's measure is distributed over documents: quantiles, a histogram, the"
          + " share",
      "that the rule drops, and the bounds that would drop the share that is asked for."
    },
    footer = {
      "",
      "Examples:",
      "  imago data stats documents.jsonl --sets gopher,c4",
      "  imago data read pages/ | imago data stats --json",
      "  imago data stats corpus/4f85"
    })
final class DataStatsCommand implements Callable<Integer> {
  private static final List<String> HEADER =
      List.of("rule", "texts", "p1", "p50", "p99", "histogram", "bound", "drops", "proposed");

  private static final int RANGES = 10;

  /// What a shard of a corpus ends in.
  private static final String SHARD = ".jsonl.zst";

  private static final Pattern PACKED = Pattern.compile("(?i).*\\.(gz|zst|bz2|xz)");
  private static final String BARS = " ▁▂▃▄▅▆▇█";

  @ParentCommand private DataCommand parent = new DataCommand();

  @Parameters(
      arity = "0..*",
      paramLabel = "SOURCE",
      description =
          "JSONL, folders of documents, artifacts (corpus/…); standard input where none is named."
              + " A line that is no JSON object is a document itself.")
  private List<String> sources = List.of();

  @Option(
      names = "--sets",
      split = ",",
      paramLabel = "SET",
      description =
          "Sets of rules: ${COMPLETION-CANDIDATES} (default: gopher,fineweb,fineweb2,chinese).")
  private List<RuleSet> sets =
      List.of(RuleSet.GOPHER, RuleSet.FINEWEB, RuleSet.FINEWEB2, RuleSet.CHINESE);

  @Option(
      names = "--drop",
      paramLabel = "SHARE",
      description = "What a proposed bound would drop (default: ${DEFAULT-VALUE}).")
  private double drop = 0.05;

  @Option(
      names = "--languages",
      paramLabel = "MODEL",
      description = "What `imago data languages` built (default: frequent words tell languages).")
  private String languages = "";

  @Option(
      names = "--text-field",
      paramLabel = "FIELD",
      description = "The field of a row that is its text (default: ${DEFAULT-VALUE}).")
  private String field = "text";

  @Option(names = "--json", description = "Print a line of JSON for each rule.")
  private boolean json;

  private final Map<String, Distribution> distributions = new TreeMap<>();
  private long documents;

  @Override
  public Integer call() {
    Bounds.number("--drop", drop, 0, 1, "0.05 is usual");
    DocumentFilter filter = filter();
    var files = new ArrayList<Path>();
    for (String source : sources) {
      Path path = Path.of(source);
      if (Files.isRegularFile(path) && PACKED.matcher(source).matches()) {
        packed(path, filter);
      } else if (Files.isRegularFile(path)) {
        files.add(path);
      } else {
        folder(source, path).forEach(shard -> measure(shard, filter));
      }
    }
    if (!files.isEmpty() || sources.isEmpty()) {
      new TextInput(files, false).forEach(line -> measure(document(line), filter));
    }
    if (documents == 0) {
      throw new InputException("there is no document; name JSONL, a folder or an artifact");
    }
    try (var out = new LineOutput(System.out)) {
      if (json) {
        distributions.values().forEach(distribution -> out.line(row(distribution).toString()));
      } else {
        out.line(
            Table.render(HEADER, distributions.values().stream().map(this::cells).toList())
                .stripTrailing());
      }
    } catch (LineOutput.Gone e) {
      return 0;
    }
    return 0;
  }

  private DocumentFilter filter() {
    CorpusRules rules = CorpusRules.defaults();
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    ObjectNode prose = settings.putObject("prose").put("languageModel", languages);
    ArrayNode names = prose.putArray("sets");
    sets.forEach(set -> names.add(set.name().toLowerCase(Locale.ROOT)));
    return new DocumentFilter(dev.imago.core.Binder.bind("prepare", settings, rules));
  }

  private List<Path> folder(String source, Path path) {
    Path folder = path;
    if (!Files.isDirectory(path)) {
      if (!source.matches("([a-z]+/)?[0-9a-f]{4,64}")) {
        throw new InputException(
            "«%s» is neither a file or folder nor an artifact; name one, such as corpus/4f85"
                .formatted(source));
      }
      folder = new Workspace(parent.imago.workspace()).find(source).folder();
    }
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> shards = all.filter(file -> file.toString().endsWith(SHARD)).sorted().toList();
      if (shards.isEmpty()) {
        throw new InputException("%s holds no .jsonl.zst of documents".formatted(source));
      }
      return shards;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void packed(Path file, DocumentFilter filter) {
    try (var input = DataRows.once(List.of(file), field, "id");
        DataRows.RowReader rows = input.read()) {
      rows.forEachRemaining(row -> measure(document(row.id(), row.text(), row.row()), filter));
    }
  }

  private void measure(Path shard, DocumentFilter filter) {
    try (Stream<Document> all = Documents.readShard(shard)) {
      all.forEach(document -> measure(document, filter));
    }
  }

  private void measure(Document document, DocumentFilter filter) {
    documents++;
    for (RuleMeasure measured : filter.measures(document)) {
      distributions
          .computeIfAbsent(measured.rule(), rule -> new Distribution(rule, measured.source()))
          .add(measured);
    }
  }

  private Document document(String line) {
    String id = Long.toString(documents);
    if (!line.startsWith("{")) {
      return new Document(id, line, "", Map.of());
    }
    try {
      JsonNode row = JsonMapper.shared().readTree(line);
      if (!row.path(field).isString()) {
        throw new ConfigException(
            "document %,d has no text in «%s»; name its field with --text-field"
                .formatted(documents + 1, field));
      }
      return document(row.path("id").asString(id), row.path(field).stringValue(), row);
    } catch (JacksonException e) {
      return new Document(id, line, "", Map.of());
    }
  }

  private static Document document(String id, String text, JsonNode row) {
    String kind = row.path("tags").path("kind").asString("");
    return new Document(id, text, "", kind.isEmpty() ? Map.of() : Map.of("kind", kind));
  }

  private List<String> cells(Distribution d) {
    var cells = new ArrayList<String>();
    cells.add(d.rule());
    cells.add(String.format(Locale.ROOT, "%,d", d.count()));
    for (double share : new double[] {0.01, 0.5, 0.99}) {
      cells.add(number(d.quantile(share)));
    }
    cells.add(bars(d.histogram(RANGES)));
    cells.add(bound(d.least(), d.most()));
    cells.add(String.format(Locale.ROOT, "%.1f %%", 100 * d.dropped()));
    double[] proposed = d.proposed(drop);
    cells.add(bound(proposed[0], proposed[1]));
    return cells;
  }

  private static String bars(double[] shares) {
    var bars = new StringBuilder();
    for (double share : shares) {
      bars.append(BARS.charAt(share == 0 ? 0 : 1 + (int) Math.min(7, share * 8)));
    }
    return bars.toString();
  }

  private static String bound(double least, double most) {
    boolean low = !Double.isInfinite(least);
    boolean high = !Double.isInfinite(most);
    return low && high
        ? number(least) + " … " + number(most)
        : low ? "≥ " + number(least) : high ? "≤ " + number(most) : "–";
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private ObjectNode row(Distribution d) {
    ObjectNode row =
        JsonMapper.shared()
            .createObjectNode()
            .put("rule", d.rule())
            .put("source", d.source())
            .put("documents", d.count())
            .put("dropped", d.dropped());
    ObjectNode quantiles = row.putObject("quantiles");
    for (double share : new double[] {0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1}) {
      quantiles.put(String.format(Locale.ROOT, "%.2f", share), d.quantile(share));
    }
    ArrayNode histogram = row.putArray("histogram");
    for (double share : d.histogram(RANGES)) {
      histogram.add(share);
    }
    put(row.putObject("bound"), new double[] {d.least(), d.most()});
    put(row.putObject("proposed"), d.proposed(drop));
    return row;
  }

  private static void put(ObjectNode to, double[] bound) {
    if (!Double.isInfinite(bound[0])) {
      to.put("least", bound[0]);
    }
    if (!Double.isInfinite(bound[1])) {
      to.put("most", bound[1]);
    }
  }
}
