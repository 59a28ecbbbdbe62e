package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.data.Document;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The documents that `collect` would make of files, with what is known of each.
@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description = {
      "Print the documents in files, folders and archives of any kind that is read: a line of JSON",
      "each, with id (its place), text, source and tags; or the text alone. What was assumed and",
      "passed over goes to standard error."
    },
    footer = {
      "",
      "Examples:",
      "  imago data read report.pdf --text | head",
      "  imago data read crawl.warc.gz --offset 18342"
    })
final class DataReadCommand implements Callable<Integer> {
  @ParentCommand private DataCommand parent = new DataCommand();

  @Mixin private DocumentPaths paths = new DocumentPaths();

  @Option(names = "--text", description = "Print texts alone, with a line of --- between two.")
  private boolean text;

  @Option(names = "--limit", paramLabel = "N", description = "Stop after N documents (0: all).")
  private long limit;

  @Option(
      names = "--offset",
      paramLabel = "PLACE",
      description =
          "The record at this place of the one archive alone: what stands behind the ! of an id,"
              + " such as 18342 or 18342+512.")
  private String offset = "";

  @Option(
      names = "--cut",
      description = "Cut long texts into documents, as collect does (default: leave them whole).")
  private boolean cut;

  private long printed;

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--limit", limit, 0, Long.MAX_VALUE);
    ObjectWriter json = json();
    try (var out = new LineOutput(System.out)) {
      paths.read(
          Map.of("cut", cut ? "auto" : "never"), offset, document -> print(document, json, out));
    }
    return 0;
  }

  /// Documents as lines of JSON.
  static ObjectWriter json() {
    return JsonMapper.builder()
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .build()
        .writerFor(Document.class);
  }

  private boolean print(Document document, ObjectWriter json, LineOutput out) {
    if (text) {
      if (printed > 0) {
        out.line("---");
      }
      out.line(document.text());
    } else {
      out.line(json.writeValueAsString(document));
    }
    printed++;
    return printed != limit;
  }
}
