package dev.imago.cli;

import dev.imago.collect.Collect;
import dev.imago.core.Binder;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The documents that `collect` would make of files, with what is known of each.
@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description = {
      "Print the documents in files, folders and archives of any kind that is read: a line of JSON",
      "each, with id (its place), text, source and tags; or the text alone. What was assumed and",
      "passed over goes to standard error."
    },
    footer = {"", "Example:  imago data read report.pdf --text | head"})
final class DataReadCommand implements Callable<Integer> {
  /// Standard input, as other tools call it.
  private static final String STANDARD = "-";

  /// Enough was printed.
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Enough() {
      super(null, null, false, false);
    }
  }

  @ParentCommand private DataCommand parent = new DataCommand();

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description =
          "Files, folders and addresses (https://…, s3://bucket/prefix; default: -, standard"
              + " input).")
  private List<String> paths = List.of();

  @Option(names = "--text", description = "Print texts alone, with a line of --- between two.")
  private boolean text;

  @Option(names = "--limit", paramLabel = "N", description = "Stop after N documents (0: all).")
  private long limit;

  @Option(
      names = "--cut",
      description = "Cut long texts into documents, as collect does (default: leave them whole).")
  private boolean cut;

  @Option(
      names = "--set",
      paramLabel = "SETTING=VALUE",
      description = "A setting of collect, such as encoding=GB18030 or textField=body.")
  private Map<String, String> settings = Map.of();

  /// Whole texts may be as long as a setting allows at all.
  private static final long LARGEST_DOCUMENT = 64L << 20;

  private long printed;

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--limit", limit, 0, Long.MAX_VALUE);
    List<Path> laid = new ArrayList<>();
    ObjectWriter json =
        JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build()
            .writerFor(Document.class);
    try (var out = new LineOutput(System.out)) {
      String none =
          Collect.read(
              config(laid),
              note -> System.err.println("imago: " + note),
              document -> print(document, json, out));
      if (!none.isEmpty()) {
        throw new InputException(
            "no document in %s: %s"
                .formatted(paths.isEmpty() ? "standard input" : String.join(", ", paths), none));
      }
    } catch (Enough | LineOutput.Gone e) {
      return 0;
    } finally {
      laid.forEach(DataReadCommand::delete);
    }
    return 0;
  }

  private void print(Document document, ObjectWriter json, LineOutput out) {
    if (text) {
      if (printed > 0) {
        out.line("---");
      }
      out.line(document.text());
    } else {
      out.line(json.writeValueAsString(document));
    }
    printed++;
    if (printed == limit) {
      throw new Enough();
    }
  }

  private Collect.Config config(List<Path> laid) {
    ObjectNode all = JsonMapper.shared().createObjectNode();
    settings.forEach((name, value) -> all.set(name, value(value)));
    if (all.has("sources")) {
      throw new ConfigException("--set sources is what PATH says; leave it out");
    }
    if (!all.has("cut")) {
      all.put("cut", cut ? "auto" : "never");
    }
    if (!all.has("maxDocumentBytes")) {
      all.put("maxDocumentBytes", LARGEST_DOCUMENT);
    }
    var sources = new ArrayList<String>();
    for (String path : paths.isEmpty() ? List.of(STANDARD) : paths) {
      if (path.equals(STANDARD)) {
        Path stdin = standardInput();
        laid.add(stdin);
        sources.add(stdin.toString());
      } else {
        sources.add(path);
      }
    }
    all.set("sources", JsonMapper.shared().valueToTree(sources));
    return Binder.bind("collect", all, Collect.Config.defaults());
  }

  /// A number, a flag or a list where it reads as one, else text.
  private static JsonNode value(String text) {
    try {
      return JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return JsonNodeFactory.instance.stringNode(text);
    }
  }

  /// Archives and documents are read by their directories, so that a pipe is laid down first. Its
  /// name has no ending: its bytes say what it is.
  private static Path standardInput() {
    try {
      Path folder = Files.createTempDirectory("imago-");
      Path file = folder.resolve("stdin");
      Files.copy(System.in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
      Path folder = file.getParent();
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
