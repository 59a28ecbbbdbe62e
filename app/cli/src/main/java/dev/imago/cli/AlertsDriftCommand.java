package dev.imago.cli;

import dev.imago.alerts.Drift;
import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How far traffic lies from what a model was evaluated on.
@Command(
    name = "drift",
    mixinStandardHelpOptions = true,
    description = "Compare fields of two files of JSON lines: whether traffic drifted.",
    footer = {
      "",
      "Example:  imago alerts drift evaluated.jsonl asked.jsonl --field language --field confidence"
    })
final class AlertsDriftCommand implements Callable<Integer> {
  /// An order of 400 shuffles of so many takes seconds.
  private static final int MOST = 200_000;

  @Parameters(index = "0", paramLabel = "REFERENCE", description = "What was evaluated on.")
  private Path reference = Path.of("");

  @Parameters(index = "1", paramLabel = "CURRENT", description = "What comes now.")
  private Path current = Path.of("");

  @Option(
      names = "--field",
      required = true,
      paramLabel = "NAME",
      description =
          "A field: numbers are compared in tenths of the reference, texts as names; may be given"
              + " several times.")
  private List<String> fields = List.of();

  @Option(
      names = "--level",
      description = "The share of false alarms, all fields together (default: 0.05).")
  private double level = 0.05;

  @Option(names = "--least", description = "The least index that is told (default: 0.1).")
  private double least = 0.1;

  @Override
  public Integer call() {
    // 400 shuffles tell no smaller share than 1 / 401 for each field.
    Bounds.number("--level", level, 0.0025 * fields.size(), 0.5);
    Bounds.number("--least", least, 0, 100);
    var rows = new ArrayList<List<String>>();
    for (String field : fields) {
      List<JsonNode> before = values(reference, field);
      List<JsonNode> now = values(current, field);
      Drift drift =
          before.stream().allMatch(JsonNode::isNumber) && now.stream().allMatch(JsonNode::isNumber)
              ? Drift.ofNumbers(numbers(before), numbers(now), 1)
              : Drift.ofNames(names(before), names(now), 1);
      rows.add(
          List.of(
              field,
              String.format(Locale.ROOT, "%.4f", drift.index()),
              String.format(Locale.ROOT, "%.4f", drift.p()),
              Integer.toString(drift.reference()),
              Integer.toString(drift.current()),
              drift.found(level / fields.size(), least) ? "drifted" : "–"));
    }
    System.out.print(
        Table.render(List.of("field", "PSI", "p", "reference", "current", "drift"), rows));
    return 0;
  }

  private static double[] numbers(List<JsonNode> values) {
    return values.stream().mapToDouble(JsonNode::asDouble).toArray();
  }

  private static List<String> names(List<JsonNode> values) {
    return values.stream().map(JsonNode::asString).toList();
  }

  private static List<JsonNode> values(Path file, String field) {
    var values = new ArrayList<JsonNode>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        JsonNode value = value(file, number, line, field);
        if (value.isValueNode() && !value.isNull()) {
          values.add(value);
        }
        if (values.size() > MOST) {
          throw new InputException(
              "%s has more than %d values of the field %s; compare a sample of them (imago data sample)"
                  .formatted(file, MOST, field));
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
    if (values.isEmpty()) {
      throw new InputException(
          "%s has no value of the field %s; name one that its lines have with --field"
              .formatted(file, field));
    }
    return values;
  }

  private static JsonNode value(Path file, int number, String line, String field) {
    try {
      return JsonMapper.shared().readTree(line).path(field);
    } catch (JacksonException e) {
      throw new InputException("%s:%d is no JSON".formatted(file, number), e);
    }
  }
}
