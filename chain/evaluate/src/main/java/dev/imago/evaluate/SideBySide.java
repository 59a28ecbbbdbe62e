package dev.imago.evaluate;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.Run;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.data.Weights;
import dev.imago.generate.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// Several models in one table: what each predicts, how large it is, how fast it trained and
/// writes, and what it draws after the same beginnings of held-out text.
///
/// Rates are of the machine and the hour, so they are told to people and are in no artifact. That
/// of training is the median of the rates that the run which left the weights has kept, step by
/// step: what it waited for and measured in between is not in it, nor where it was stopped.
final class SideBySide {
  /// Between the likeliest token every time, which small models repeat for ever, and 1, at which
  /// they ramble.
  private static final float TEMPERATURE = 0.8f;

  /// Tokens of a beginning.
  private static final int BEGINNING = 16;

  private static final String NOT_KNOWN = "–";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Evaluate.Config config;
  private final Run run;
  private final TextModel text;
  private final List<int[]> beginnings;
  private final List<String> prompts = new ArrayList<>();
  private final List<String> truth = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();
  private final Map<String, List<String>> drawn = new LinkedHashMap<>();

  /// A row of the table.
  ///
  /// @param kind architecture
  /// @param trained tokens a second; NaN where that is not known
  /// @param written tokens a second
  /// @param parameters in words
  /// @param size in words
  private record Line(
      String kind, double trained, double written, String parameters, String size) {}

  /// @param text any of them: its tokenizer is that of all
  /// @param context that the smallest of the models has
  SideBySide(Path tokens, TextModel text, int context, Evaluate.Config config, Run run) {
    this.config = config;
    this.run = run;
    this.text = text;
    int beginning = Math.max(1, Math.min(BEGINNING, context / 2));
    int[][] both = drawn(tokens, beginning, Math.min(config.maxNewTokens(), context - beginning));
    this.beginnings = Arrays.stream(both).map(ids -> Arrays.copyOf(ids, beginning)).toList();
    for (int[] ids : both) {
      prompts.add(text.decode(Arrays.copyOf(ids, beginning)));
      truth.add(text.decode(Arrays.copyOfRange(ids, beginning, ids.length)));
    }
  }

  /// The beginnings of documents drawn by the seed; of a text that has not so many, of equal
  /// stretches.
  private int[][] drawn(Path tokens, int beginning, int after) {
    try (TokenShards heldout = TokenShards.open(tokens, Split.HELDOUT)) {
      int length = beginning + after;
      List<Long> places = new ArrayList<>();
      for (int d = 0; d < heldout.documents(); d++) {
        if (heldout.start(d + 1) - heldout.start(d) > beginning) {
          places.add(heldout.start(d));
        }
      }
      Collections.shuffle(places, new Random(run.seed()));
      if (places.size() < config.continuations()) {
        places.clear();
        for (int i = 0; i < config.continuations(); i++) {
          places.add(i * Math.max(0, heldout.size() - length) / config.continuations());
        }
      }
      var all = new ArrayList<int[]>();
      for (long place : places.subList(0, config.continuations())) {
        int[] ids = new int[(int) Math.min(length, heldout.size() - place)];
        if (ids.length > beginning) {
          heldout.read(place, ids);
          all.add(ids);
        }
      }
      return all.toArray(int[][]::new);
    }
  }

  /// Measures one model.
  ///
  /// @param bits per byte, measured before
  void add(String name, Weights weights, TextModel model, Score bits) throws InterruptedException {
    int room = model.context() - (beginnings.isEmpty() ? 0 : beginnings.getFirst().length);
    drawn.put(
        name,
        model.continuations(
            beginnings, Math.min(config.maxNewTokens(), room), TEMPERATURE, run.seed()));
    long parameters =
        model.shape().map(shape -> shape.parameterCount()).orElse(model.card().parameters());
    row(
        name,
        bits,
        new Line(
            model.shape().map(shape -> shape.architecture()).orElse(NOT_KNOWN),
            trained(weights, run),
            model.tokensPerSecond(),
            parameters == 0 ? NOT_KNOWN : number(parameters),
            megabytes(weights.folder())));
  }

  /// Adds an n-gram model, which is drawn from here and now.
  void add(CountedText counted, Score bits) {
    long seed = run.seed();
    var texts = new ArrayList<String>();
    long begun = System.nanoTime();
    long tokens = 0;
    for (int[] ids : beginnings) {
      int[] after =
          counted.continuation(ids, Sampling.of(config.maxNewTokens(), TEMPERATURE, 1, seed++));
      tokens += after.length;
      texts.add(text.decode(after));
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    drawn.put(counted.name(), texts);
    row(
        counted.name(),
        bits,
        new Line(
            counted.kind(),
            counted.trained(),
            tokens == 0 ? Double.NaN : tokens / seconds,
            number(counted.counts()) + " counts",
            String.format(Locale.ROOT, "%.2f MB", counted.model().bytes() / 1e6)));
  }

  private void row(String name, Score bits, Line line) {
    rows.add(
        List.of(
            name,
            line.kind,
            "%.3f".formatted(bits.value()),
            "%.3f … %.3f".formatted(bits.low(), bits.high()),
            line.parameters,
            line.size,
            rate(line.trained),
            rate(line.written)));
  }

  /// The median over the steps of the run that left a model; NaN where that is not known.
  static double trained(Artifact model, Run run) {
    double[] rates =
        run.metricsOf(model).stream()
            .mapToDouble(point -> point.getOrDefault("tokensPerSecond", Double.NaN))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    return rates.length == 0 ? Double.NaN : rates[rates.length / 2];
  }

  private static String rate(double perSecond) {
    return Double.isNaN(perSecond) ? NOT_KNOWN : number(Math.round(perSecond));
  }

  private static String number(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /// Of the files that hold weights.
  private static String megabytes(Path folder) {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        bytes += name.endsWith(".safetensors") || name.endsWith(".gguf") ? Files.size(file) : 0;
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
    return String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }

  /// Prints the table, and of each beginning what each model made of it.
  ///
  /// @return a line of JSON for each beginning, with all texts
  List<String> show() {
    run.table(
        "side by side",
        List.of(
            "model",
            "kind",
            "bits per byte",
            "%.0f%% interval".formatted(100 * config.confidence()),
            "parameters",
            "file",
            "trains, tokens/s",
            "writes, tokens/s"),
        rows);
    var lines = new ArrayList<String>();
    for (int i = 0; i < prompts.size(); i++) {
      int at = i;
      var texts = new ArrayList<List<String>>();
      texts.add(List.of("held out", shown(truth.get(i))));
      drawn.forEach((name, all) -> texts.add(List.of(name, shown(all.get(at)))));
      run.table("after «%s»".formatted(shown(prompts.get(i))), List.of("model", "goes on"), texts);
      var line = JSON.createObjectNode();
      line.put("beginning", prompts.get(i));
      line.put("heldOut", truth.get(i));
      drawn.forEach((name, all) -> line.put(name, all.get(at)));
      lines.add(line.toString());
    }
    return lines;
  }

  /// On one line.
  private static String shown(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " / ");
  }
}
