package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.data.InOrder;
import dev.imago.suites.Decontamination;
import dev.imago.suites.TestItem;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Rows without those in which items of tests stand.
@Command(
    name = "decontaminate",
    mixinStandardHelpOptions = true,
    description = {
      "Leave out rows in which an item of a test stands: whole, by a passage of words (Chinese: of",
      "characters), or nearly the same. Line breaks, width, case, punctuation and Chinese script",
      "make no difference. --hits tells each: row, task, item, share and words."
    },
    footer = {
      "",
      "Examples:",
      "  imago data decontaminate train.jsonl --against test.jsonl --field question > clean.jsonl",
      "  cat train.jsonl | imago data decontaminate --against suite.yaml --hits hits.jsonl"
    })
final class DataDecontaminateCommand implements Callable<Integer> {
  @ParentCommand private DataCommand parent = new DataCommand();

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "Rows: .jsonl, .json, .csv, .tsv, compressed or not, or a folder of them (default: -,"
              + " JSONL from standard input).")
  private List<Path> files = List.of();

  @Option(
      names = "--against",
      paramLabel = "TEST",
      required = true,
      description = "Test items: rows (.jsonl, .json, .csv, .tsv) or a suite (.yaml). Repeatable.")
  private List<Path> against = List.of();

  @Option(
      names = "--field",
      paramLabel = "NAME",
      split = ",",
      description = "Fields of a test's row that are looked for, together (default: all texts).")
  private List<String> fields = List.of();

  @Option(
      names = "--text-field",
      paramLabel = "NAME",
      description = "The field of the text (default: ${DEFAULT-VALUE}).")
  private String textField = "text";

  @Option(
      names = "--id-field",
      paramLabel = "NAME",
      description = "The field of the id (default: ${DEFAULT-VALUE}; else file and line).")
  private String idField = "id";

  @Option(names = "--hits", paramLabel = "FILE", description = "Write each hit as a line of JSON.")
  private @Nullable Path hits;

  @Option(names = "--threads", paramLabel = "N", description = "Threads (default: all).")
  private int threads;

  private record Looked(DataRows.DataRow row, List<Decontamination.Hit> hits) {}

  private long kept;
  private long gone;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Bounds.whole("--threads", threads, 0, 1024);
    var decontamination = new Decontamination(TestItem.read(against, fields));
    try (var input = DataRows.once(files, textField, idField);
        DataRows.RowReader reader = input.read();
        BufferedWriter told = told(input);
        var out = new LineOutput(System.out)) {
      InOrder.map(
          reader,
          threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
          row -> row.text().length(),
          row -> new Looked(row, decontamination.hits(row.text())),
          looked -> {
            if (looked.hits().isEmpty()) {
              kept++;
              out.line(looked.row().row().toString());
            } else {
              gone++;
              tell(looked, told);
            }
          });
    } catch (LineOutput.Gone e) {
      return 0;
    }
    Console.of(parent.imago)
        .note(
            "%,d rows stay, %,d go, in which one of %,d items stands%s"
                .formatted(
                    kept,
                    gone,
                    decontamination.items(),
                    decontamination.tooShort() == 0
                        ? ""
                        : "; %,d more are too short to be looked for"
                            .formatted(decontamination.tooShort())));
    return 0;
  }

  private @Nullable BufferedWriter told(DataRows input) {
    input.refuseAsOutput("--hits", hits);
    for (Path test : against) {
      if (test.equals(hits)) {
        throw new ConfigException(
            "--hits = %s is a test, too, and would be lost; name another file".formatted(hits));
      }
    }
    try {
      return hits == null ? null : Files.newBufferedWriter(hits);
    } catch (IOException e) {
      throw AtomicFile.failure("write", hits, e);
    }
  }

  private static void tell(Looked looked, @Nullable BufferedWriter to) {
    if (to == null) {
      return;
    }
    try {
      for (Decontamination.Hit hit : looked.hits()) {
        ObjectNode line = JsonMapper.shared().createObjectNode();
        line.put("document", looked.row().id());
        line.put("task", hit.task());
        line.put("item", hit.item());
        line.put("kind", hit.kind().words());
        line.put("share", hit.share());
        line.put("words", hit.words());
        to.write(line + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
