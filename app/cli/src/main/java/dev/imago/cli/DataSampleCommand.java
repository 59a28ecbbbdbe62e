package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.corpus.DocumentSample;
import dev.imago.corpus.ImportanceWeights;
import dev.imago.corpus.SampleRules;
import dev.imago.data.Utf8Length;
import dev.imago.tokenizers.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Chooses rows of documents.
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    description = {
      "Choose documents (rows of JSON with text, and tags or fields): by weight, by shares of a"
          + " tag,",
      "towards a target, up to a number of tokens. The same rows and seed, the same sample, in",
      "whatever files and order. What there was and what was chosen goes to standard error."
    },
    footer = {
      "",
      "Examples:",
      "  imago data sample --tokens=1000000 --weight=source=wiki:2 docs.jsonl > sample.jsonl",
      "  imago data sample --tokens=1000000 --share=language=en:0.7,zh:0.3 --max-epochs=4"
          + " docs.jsonl",
      "  imago data sample --tokens=1000000 --target=wanted.jsonl docs.jsonl"
    })
final class DataSampleCommand implements Callable<Integer> {
  /// Of UTF-8, where no tokenizer counts.
  private static final int BYTES_PER_TOKEN = 4;

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "Rows (default: standard input).")
  private List<Path> files = List.of();

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "At most so many tokens (default: all that has a weight).")
  private long tokens;

  @Option(
      names = "--tokenizer",
      paramLabel = "FOLDER",
      description = "What counts the tokens (default: four bytes of text are one).")
  private @Nullable Path tokenizer;

  @Option(
      names = "--weight",
      paramLabel = "TAG=VALUE:W",
      description = {
        "How much rather documents of a tag's value are chosen; TAG=*:1 weighs by the tag itself.",
        "Repeatable; what fits multiplies."
      })
  private List<String> weights = List.of();

  @Option(
      names = "--share",
      paramLabel = "TAG=V:S,…",
      description = "How a tag's values share the tokens; what is not named gets none.")
  private String share = "";

  @Option(
      names = "--max-epochs",
      paramLabel = "N",
      description = "How often a document may be repeated to fill a share (default: 1).")
  private int maxEpochs = 1;

  @Option(
      names = "--target",
      paramLabel = "FILE",
      description = "Rows like which the sample is to be (DSIR, Xie et al. 2023).")
  private @Nullable Path target;

  @Option(names = "--seed", description = "Another number, another sample (default: 0).")
  private long seed;

  /// A row as it was read.
  private record Line(String line, JsonNode row, String text) {
    String id() {
      return row.path("id").asString("");
    }

    /// Its tags, and its other fields of one value.
    Map<String, String> tags() {
      var tags = new HashMap<String, String>();
      for (JsonNode fields : List.of(row, row.path("tags"))) {
        for (var field : fields.properties()) {
          if (field.getValue().isValueNode() && !field.getKey().equals("text")) {
            tags.put(field.getKey(), field.getValue().asString(""));
          }
        }
      }
      return tags;
    }
  }

  @Override
  public Integer call() {
    SampleRules rules = rules();
    boolean piped = files.isEmpty() || files.contains(LineFiles.STANDARD_INPUT);
    if (piped && files.size() > 1) {
      throw new ConfigException("- stands alone, or not at all; name files");
    }
    if (!piped) {
      return sample(rules, files);
    }
    // Text is read two or three times, and a pipe can be read once.
    Path laid = DataRows.laidDown();
    try {
      return sample(rules, List.of(laid));
    } finally {
      DataRows.removed(laid);
    }
  }

  private Integer sample(SampleRules rules, List<Path> rows) {
    var sample = new DocumentSample(rules);
    ImportanceWeights.@Nullable LogWeights importance = importance(rows);
    ToLongFunction<String> counted = counted();
    eachRow(
        rows,
        row ->
            sample.add(
                row.id(),
                row.text(),
                row.tags(),
                counted.applyAsLong(row.text()),
                importance == null ? 0 : importance.of(row.text())));
    int[] copies = sample.chosen();
    try (var out = new LineOutput(System.out)) {
      int[] place = {0};
      eachRow(
          rows,
          row -> {
            for (int c = copies[place[0]++]; c > 0; c--) {
              out.line(row.line());
            }
          });
    } catch (LineOutput.Gone e) {
      return 0;
    }
    tell(sample.coverage(copies));
    return 0;
  }

  private ImportanceWeights.@Nullable LogWeights importance(List<Path> rows) {
    Path wanted = target;
    if (wanted == null) {
      return null;
    }
    var weights = new ImportanceWeights();
    eachRow(List.of(wanted), row -> weights.target(row.text()));
    eachRow(rows, row -> weights.raw(row.text()));
    return weights.logWeights();
  }

  private void eachRow(List<Path> from, Consumer<Line> rows) {
    for (Path file : from) {
      boolean named = file.equals(target) || files.contains(file);
      new TextInput(List.of(file), false)
          .forEach(
              line -> {
                if (!line.isBlank()) {
                  rows.accept(row(named ? file.toString() : "standard input", line));
                }
              });
    }
  }

  private static Line row(String file, String line) {
    try {
      JsonNode row = JsonMapper.shared().readTree(line);
      if (row.isObject() && row.path("text").isString()) {
        return new Line(line, row, row.path("text").stringValue());
      }
    } catch (JacksonException e) {
      throw new InputException(
          "%s has a line that is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
    throw new InputException(
        "%s has a row without text; give rows as `imago data read` prints them".formatted(file));
  }

  private ToLongFunction<String> counted() {
    Path named = tokenizer;
    if (named == null) {
      return text -> Math.ceilDiv(Utf8Length.of(text), BYTES_PER_TOKEN);
    }
    if (!Files.exists(named)) {
      throw new InputException(named + " does not exist; name a tokenizer's folder");
    }
    Tokenizer model = Tokenizer.load(named);
    return text -> model.encode(text).length;
  }

  private SampleRules rules() {
    var read = new ArrayList<SampleRules.Weight>();
    for (String weight : weights) {
      int is = weight.indexOf('=');
      int colon = weight.lastIndexOf(':');
      if (is < 1 || colon < is) {
        throw new ConfigException(
            "--weight %s is not TAG=VALUE:W, such as source=wiki:2".formatted(weight));
      }
      read.add(
          new SampleRules.Weight(
              weight.substring(0, is),
              weight.substring(is + 1, colon),
              number("--weight", weight.substring(colon + 1))));
    }
    var shares = new LinkedHashMap<String, Double>();
    int is = share.indexOf('=');
    if (!share.isEmpty() && is < 1) {
      throw new ConfigException(
          "--share %s is not TAG=V:S,…, such as language=en:0.7,zh:0.3".formatted(share));
    }
    for (String each : share.isEmpty() ? new String[0] : share.substring(is + 1).split(",")) {
      int colon = each.lastIndexOf(':');
      if (colon < 0) {
        throw new ConfigException(
            "--share: %s has no share; write %s:0.5, say".formatted(each, each));
      }
      shares.put(each.substring(0, colon), number("--share", each.substring(colon + 1)));
    }
    return new SampleRules(
        tokens, read, is < 1 ? "" : share.substring(0, is), shares, maxEpochs, seed);
  }

  private static double number(String option, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ConfigException("%s: «%s» is no number".formatted(option, text), e);
    }
  }

  private static void tell(Map<String, DocumentSample.Coverage> coverage) {
    coverage.forEach(
        (name, c) ->
            System.err.printf(
                Locale.ROOT,
                "imago: %s%,d of %,d documents chosen, %,d of %,d tokens%n",
                name.isEmpty() ? "" : name + ": ",
                c.chosenDocuments(),
                c.documents(),
                c.chosenTokens(),
                c.tokens()));
  }
}
