package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import dev.imago.evaluate.Contamination;
import dev.imago.evaluate.ReadTexts;
import dev.imago.suites.AllTexts;
import dev.imago.suites.Leak;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which test items a model has read.
@Command(
    name = "contamination",
    mixinStandardHelpOptions = true,
    description = {
      "Look for test items in the texts that a model has read, by its lineage: word by word, by",
      "passages of 13 words or characters, and by what is nearly the same; line breaks, width,",
      "case, punctuation and Chinese script make no difference."
    },
    footer = {
      "",
      "Examples:  imago evaluate contamination weights/3f2a --items test.jsonl",
      "           imago evaluate contamination --read train.jsonl --items test.jsonl --field"
          + " question",
      "`imago evaluate suite --contamination` tells scores with and without them."
    })
final class EvaluateContaminationCommand implements Callable<Integer> {
  @ParentCommand private EvaluateCommand parent = new EvaluateCommand();

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "An artifact (weights/…), whose lineage tells what it has read.")
  private @Nullable String model;

  @Option(
      names = "--items",
      paramLabel = "FILE",
      required = true,
      description = "The items, a row each: JSONL, JSON, CSV or TSV.")
  private Path items = Path.of("");

  @Option(
      names = "--field",
      paramLabel = "NAME",
      split = ",",
      description = "Fields of a row that are looked for, together (default: all texts).")
  private List<String> fields = List.of();

  @Option(
      names = "--read",
      paramLabel = "FILE",
      description = "Rows that were read, beside or instead of a model's. Repeatable.")
  private List<Path> read = List.of();

  @Option(
      names = "--examples",
      paramLabel = "N",
      description = "How many are shown with both sides (default: ${DEFAULT-VALUE}).")
  private int examples = 5;

  @Option(names = "--json", description = "Print an object a leak: line, kind, share, document.")
  private boolean json;

  @Override
  public Integer call() {
    Bounds.whole("--examples", examples, 0, Integer.MAX_VALUE);
    if (model == null && read.isEmpty()) {
      throw new ConfigException("name a model, or the texts that were read with --read");
    }
    var texts = new ArrayList<String>();
    var lines = new ArrayList<Long>();
    rows(texts, lines);
    Console console = Console.of(parent.imago);
    ReadTexts known = model == null ? null : known(model);
    Contamination.Found found;
    try (Progress progress = console.progress("contamination", "looking at", 0, "texts")) {
      found =
          Contamination.look(
              texts,
              each -> {
                if (known != null) {
                  known.forEach(each);
                }
                for (Path file : read) {
                  AllTexts.forEach(file, (line, text) -> each.accept(file + " line " + line, text));
                }
              },
              _ -> progress.add(1));
    }
    if (json) {
      found.leaks().forEach(leak -> System.out.println(json(leak, lines, texts)));
    } else {
      System.out.print(table(found, lines, texts));
    }
    if (known != null) {
      known.gaps().forEach(console::note);
    }
    console.note(
        "%,d of %,d items (%.2f %%) stand in %,d texts%s"
            .formatted(
                found.leaks().size(),
                found.items() - found.tooShort(),
                100 * found.share(),
                found.texts(),
                found.tooShort() == 0
                    ? ""
                    : "; %,d more are too short to be looked for".formatted(found.tooShort())));
    return 0;
  }

  private ReadTexts known(String name) {
    var workspace = new Workspace(parent.imago.workspace());
    Artifact artifact = workspace.find(name);
    if (!artifact.ref().kind().equals(Artifact.kind(Weights.class))) {
      throw new ConfigException(artifact.ref().brief() + " is no model; name one of kind weights");
    }
    return ReadTexts.of(workspace, artifact.ref());
  }

  private void rows(List<String> texts, List<Long> lines) {
    if (fields.isEmpty()) {
      AllTexts.forEach(
          items,
          (line, text) -> {
            texts.add(text);
            lines.add(line);
          });
    } else {
      AllTexts.forEach(
          items,
          fields,
          (line, text) -> {
            texts.add(text);
            lines.add(line);
          });
    }
    if (texts.isEmpty()) {
      throw new InputException(items + " holds no rows; there is nothing to look for");
    }
  }

  private static String json(Leak leak, List<Long> lines, List<String> texts) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("line", lines.get(leak.item()));
    node.put("kind", leak.kind().words());
    node.put("share", leak.share());
    node.put("document", leak.document());
    node.put("item", texts.get(leak.item()));
    node.put("there", leak.there());
    return node.toString();
  }

  private String table(Contamination.Found found, List<Long> lines, List<String> texts) {
    var rows = new ArrayList<List<String>>();
    var shown = new StringBuilder();
    for (Leak leak : found.leaks()) {
      rows.add(
          List.of(
              String.valueOf(lines.get(leak.item())),
              leak.kind().words(),
              String.format(Locale.ROOT, "%.2f", leak.share()),
              leak.document()));
      if (rows.size() <= examples) {
        shown
            .append("\n  line ")
            .append(lines.get(leak.item()))
            .append(":  ")
            .append(oneLine(texts.get(leak.item())))
            .append("\n  read:  ")
            .append(oneLine(leak.there()))
            .append('\n');
      }
    }
    return rows.isEmpty()
        ? ""
        : Table.render(List.of("line", "kind", "share", "document"), rows) + shown;
  }

  private static String oneLine(String text) {
    String plain = text.replaceAll("\\s+", " ").strip();
    return plain.length() > 300 ? plain.substring(0, 300) + " …" : plain;
  }
}
