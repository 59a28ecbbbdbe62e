// Past 400 lines: one stage: each format and each pruned model is measured beside the others, then
// one is chosen.
package dev.imago.compress;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.GgufWeights;
import dev.imago.data.HeldOutText;
import dev.imago.data.Split;
import dev.imago.data.TaskModels;
import dev.imago.data.TokenShards;
import dev.imago.data.Tokens;
import dev.imago.data.Vocabulary;
import dev.imago.data.Weights;
import dev.imago.generate.GgufExport;
import dev.imago.generate.InputSquares;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.ModelCheck;
import dev.imago.model.AdapterRounding;
import dev.imago.model.Architectures;
import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.tensor.BrokenFileException;
import dev.imago.tensor.DataType;
import dev.imago.tensor.OnnxOperations.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// Writes a model as GGUF in F16, in Q8_0 and in whatever other formats are asked for, so too what
/// pruning made of it, and measures each file's held-out loss by the runtime that serves it,
/// reading the file: a loss that grew past the gate fails the link. One table tells size, loss and
/// speed of them all.
///
/// The loss is evaluate's own ([HeldOutText]), on the same text where the two have the same budget:
/// the row of the model in F32 is evaluate's `bits-per-byte.tuned`.
public final class Compress extends Stage<Compress.Inputs, Compress.Config, Compress.Outputs> {
  /// Tokens that a model sees at once, where its context allows: evaluate's.
  static final int WINDOW = 1024;

  private static final String FILE = "model.gguf";

  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_ABOUT = 4_000;

  /// @param tuned the model to compress, in F32
  /// @param vocabulary its tokenizer
  /// @param tokens encoded documents, of which the held-out side measures the loss
  /// @param pruned smaller models of the same vocabulary, written and measured beside it: what a
  ///   step `prune` left, or what learnt again after it
  public record Inputs(Weights tuned, Vocabulary vocabulary, Tokens tokens, List<Weights> pruned) {}

  /// @param maxLossIncrease nats a token that a file's held-out loss may be above the original's: 0
  ///   … 10
  /// @param evaluateTokens held-out tokens to measure it on, about: 256 at least
  /// @param formats to write beside F16 and Q8_0, by llama.cpp's names: Q6_K, Q5_K_M, Q4_K_M, Q4_0;
  ///   and `onnx`, `onnx-int8`, which are measured alone: a step `onnx` leaves them
  /// @param target the most that the output `chosen` may take, such as `100MB`: it is the best file
  ///   that fits, of all formats where `formats` names none. Empty for the smallest file that the
  ///   gate lets through
  /// @param importanceTokens of the training text, about, on which it is measured which columns of
  ///   the matrices matter; 0 for the same of all. Formats other than F16 and Q8_0 use it
  /// @param name that the files call the model by; empty for the name in its card, or `imago`
  /// @param about what the files say of the model; empty for what its card tells
  /// @param hint an example of a prompt; empty for the card's
  public record Config(
      double maxLossIncrease,
      int evaluateTokens,
      List<String> formats,
      String target,
      int importanceTokens,
      String name,
      String about,
      String hint) {
    public Config {
      formats = List.copyOf(formats);
      for (String format : formats) {
        try {
          if (!GraphFile.names(format)) {
            GgufMixture.named(format);
          }
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(
              "formats: %s, and %s".formatted(e.getMessage(), GraphFile.NAMES), e);
        }
      }
      if (!target.isBlank()) {
        FileSize.parse("target", target);
      }
      Bounds.whole("importanceTokens", importanceTokens, 0, Integer.MAX_VALUE);
      Bounds.number("maxLossIncrease", maxLossIncrease, 0, 10, "nats a token; 0.01 is usual");
      Bounds.whole(
          "evaluateTokens",
          evaluateTokens,
          256,
          Integer.MAX_VALUE,
          "fewer are too few to judge by; 65536 is usual");
      if (importanceTokens > 0 && mixtures(formats, target).stream().noneMatch(Config::searches)) {
        throw new IllegalArgumentException(
            "importanceTokens = %d would change nothing, as F16 and Q8_0 have no scales to search for; name Q4_K_M or another in formats, or leave it 0"
                .formatted(importanceTokens));
      }
      bounded("name", name, LONGEST_NAME);
      bounded("about", about, LONGEST_ABOUT);
      bounded("hint", hint, LONGEST_ABOUT);
    }

    public static Config defaults() {
      return new Config(0.01, 65_536, List.of(), "", 0, "", "", "");
    }

    /// The formats that are written, the two outputs first.
    private static List<GgufMixture> mixtures(List<String> formats, String target) {
      var to = new LinkedHashSet<>(List.of(GgufMixture.F16, GgufMixture.Q8_0));
      List<String> files = formats.stream().filter(f -> !GraphFile.names(f)).toList();
      files.forEach(f -> to.add(GgufMixture.named(f)));
      if (files.isEmpty() && !target.isBlank()) {
        Arrays.stream(GgufMixture.values()).filter(Config::searches).forEach(to::add);
      }
      return List.copyOf(to);
    }

    List<GgufMixture> mixtures() {
      return mixtures(formats, target);
    }

    List<Numbers> graphs() {
      return formats.stream().filter(GraphFile::names).map(GraphFile::named).distinct().toList();
    }

    private static boolean searches(GgufMixture mixture) {
      return mixture.quantized() && mixture != GgufMixture.Q8_0;
    }

    FormatChoice choice() {
      long most = target.isBlank() ? Long.MAX_VALUE : FileSize.parse("target", target);
      return new FormatChoice(most, maxLossIncrease);
    }

    private static void bounded(String setting, String text, int longest) {
      if (text.length() > longest) {
        throw new IllegalArgumentException(
            "%s has %d characters, and at most %d go into the file: shorten it"
                .formatted(setting, text.length(), longest));
      }
    }
  }

  /// @param f16 `model.gguf`, matrices in half precision, and the model's card
  /// @param q8 `model.gguf`, matrices in blocks of 8-bit numbers, and the model's card
  /// @param chosen `model.gguf` in the format that `target` and the gate choose, and the model's
  ///   card; the same as one of the others where that is the one
  public record Outputs(GgufWeights f16, GgufWeights q8, GgufWeights chosen) {}

  public Compress() {
    super("compress", 4, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) throws InterruptedException {
    Path tokens = inputs.tokens().folder();
    List<Source> sources = sources(inputs, TokenShards.header(tokens).vocabularySize());
    sources.forEach(source -> tellRounding(source.folder(), config, run));
    sources.forEach(source -> tellFurther(source.folder(), run));
    Draft f16 = run.draft(GgufWeights.class, "f16");
    Draft q8 = run.draft(GgufWeights.class, "q8");
    Draft chosen = run.draft(GgufWeights.class, "chosen");
    var folders = new LinkedHashMap<String, Path>();
    var graphs = new ArrayList<GraphFile>();
    for (Source source : sources) {
      Path from = source.folder();
      long numbers = source.shape().parameterCount();
      ModelCard card = card(from, config);
      Map<String, float[]> importance =
          config.importanceTokens() == 0 ? Map.of() : importance(from, tokens, config, run);
      for (GgufMixture mixture : config.mixtures()) {
        String name = mixture + source.name();
        Path to =
            switch (name) {
              case "F16" -> f16.folder();
              case "Q8_0" -> q8.folder();
              default -> scratch(run, name);
            };
        write(from, to, card, mixture, importance, numbers, run);
        folders.put(name, to);
      }
      for (Numbers kind : config.graphs()) {
        String name = GraphFile.name(kind) + source.name();
        graphs.add(GraphFile.write(name, kind, from, card, scratch(run, name), numbers, run));
      }
    }
    config
        .choice()
        .check(
            folders.values().stream().map(Compress::fileBytes).toList(),
            List.copyOf(folders.keySet()));
    var measured = new ArrayList<Measured>();
    var measuredGraphs = new ArrayList<Measured>();
    try (TokenShards heldout = TokenShards.open(tokens, Split.HELDOUT)) {
      var measure =
          new FormatMeasure(
              heldout, TokenShards.header(tokens).endOfText(), window(sources), config, run);
      measured.add(measure.original(inputs.tuned().folder()));
      for (Map.Entry<String, Path> file : folders.entrySet()) {
        measured.add(measure.file(file.getKey(), file.getValue(), f16.folder()));
      }
      for (GraphFile graph : graphs) {
        measuredGraphs.add(measure.graph(graph, f16.folder()));
      }
    }
    Measured original = measured.getFirst();
    Measured best = config.choice().of(original, measured.subList(1, measured.size()));
    CompressReport.write(measured, measuredGraphs, best, config.choice(), run);
    for (Measured m : measured.subList(1, measured.size())) {
      if (m.is(GgufMixture.F16) || m.is(GgufMixture.Q8_0) || m == best) {
        gate(m, original, config);
      }
    }
    copy(best.folder(), chosen.folder());
    return new Outputs(
        f16.commit(GgufWeights.class),
        q8.commit(GgufWeights.class),
        chosen.commit(GgufWeights.class));
  }

  /// A model that files are made of.
  ///
  /// @param name what a format's name is followed by; empty of the tuned one
  private record Source(String name, Path folder, ModelShape shape) {}

  /// Refuses what cannot be compressed and measured before any of it is written.
  ///
  /// @param encoded the vocabulary of the tokens that measure it
  private static List<Source> sources(Inputs inputs, int encoded) {
    var to = new ArrayList<Source>();
    Path tuned = inputs.tuned().folder();
    to.add(new Source("", tuned, shape(tuned, encoded)));
    for (Weights pruned : inputs.pruned()) {
      String name = " of " + pruned.ref().brief();
      to.add(new Source(name, pruned.folder(), shape(pruned.folder(), encoded)));
    }
    return to;
  }

  /// Tokens that each of them sees at once, so that all are measured on the same text.
  private static int window(List<Source> sources) {
    int least = sources.stream().mapToInt(s -> s.shape().context()).min().orElseThrow();
    return Math.max(2, Math.min(WINDOW, least));
  }

  /// Of an adapter that is merged, how much of it the formats round away; and BF16, in which others
  /// hold what they merge.
  private static void tellRounding(Path from, Config config, Run run) {
    try {
      List<DataType> types =
          Stream.concat(config.mixtures().stream().map(GgufMixture::type), Stream.of(DataType.BF16))
              .distinct()
              .toList();
      AdapterRounding.of(from, types)
          .ifPresent(
              r ->
                  run.note(
                      "rounding is so much of what the adapter changes (100 % would hide it): "
                          + r.words()));
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  /// Of a model of several tasks, those that the files do not have.
  static void tellFurther(Path from, Run run) {
    List<String> further = TaskModels.further(from);
    if (!further.isEmpty()) {
      run.note(
          "%s is of the tasks %s, and the file is of the first alone; for another import its folder, such as %s"
              .formatted(
                  from,
                  String.join(", ", TaskModels.names(from)),
                  TaskModels.folder(from, further.getFirst())));
    }
  }

  private static Path scratch(Run run, String name) {
    Path folder = run.scratch().resolve(name.replace('/', '-').replace(' ', '-'));
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.failure("make", folder, e);
    }
  }

  private static long fileBytes(Path folder) {
    try {
      return Files.size(folder.resolve(FILE));
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  private static void copy(Path from, Path to) {
    try {
      for (String name : List.of(FILE, ModelCardText.FILE)) {
        Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw AtomicFile.failure("copy", from, e);
    }
  }

  /// The mean squares of what each matrix is given on training text.
  private static Map<String, float[]> importance(Path from, Path tokens, Config config, Run run)
      throws InterruptedException {
    try (LanguageModel model = LanguageModel.open(from, run.threads());
        TokenShards train = TokenShards.open(tokens, Split.TRAIN)) {
      HeldOutText text =
          HeldOutText.draw(
              train,
              TokenShards.header(tokens).endOfText(),
              model.tokenBytes(),
              Math.max(2, Math.min(WINDOW, model.config().context())),
              config.importanceTokens(),
              run.seed());
      InputSquares squares = model.watch();
      try (Progress progress = run.progress("importance of columns", text.tokens(), "tokens")) {
        text.loss(model::logProbabilities, progress);
      }
      return squares.means();
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  private static ModelCard card(Path from, Config config) {
    try {
      ModelCard card =
          LanguageModel.card(from).called(config.name(), config.about(), config.hint());
      return card.name().isBlank() ? card.called("imago", "", "") : card;
    } catch (BrokenFileException e) {
      throw broken(e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  private static ModelShape shape(Path from, int encoded) {
    try {
      ModelCheck.check(from);
      ModelShape shape = Architectures.read(Files.readString(from.resolve("config.json")));
      if (shape.vocabularySize() < encoded) {
        throw new InputException(
            "the tokens have a vocabulary of %d and the model one of %d: they do not belong together"
                .formatted(encoded, shape.vocabularySize()));
      }
      if (!(shape.output() instanceof Output.NextToken) || shape.decoderStart().isPresent()) {
        throw new IllegalArgumentException(
            "it tells %s%s, and the loss that is measured here is of texts that go on; `imago compress` writes it without"
                .formatted(
                    shape.output().words(),
                    shape.decoderStart().isPresent() ? " of an answer to a source" : ""));
      }
      return shape;
    } catch (BrokenFileException e) {
      throw broken(e);
    } catch (IllegalArgumentException e) {
      throw cannot(from, e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", from, e);
    }
  }

  private static InputException cannot(Path from, IllegalArgumentException e) {
    return new InputException("cannot compress %s: %s".formatted(from, e.getMessage()), e);
  }

  private static void write(
      Path from,
      Path to,
      ModelCard card,
      GgufMixture mixture,
      Map<String, float[]> importance,
      long numbers,
      Run run) {
    Path file = to.resolve(FILE);
    try (Progress progress = run.progress("write " + mixture, numbers, "numbers")) {
      GgufExport.write(from, file, card, mixture, importance, run.threads(), progress::add);
    } catch (BrokenFileException e) {
      throw broken(e);
    } catch (IllegalArgumentException e) {
      throw cannot(from, e);
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
    AtomicFile.write(to.resolve(ModelCardText.FILE), ModelCardText.write(card, "gguf"));
  }

  static InputException broken(BrokenFileException e) {
    return new InputException(e.getMessage() + "; make or get the model again", e);
  }

  private static void gate(Measured m, Measured original, Config config) {
    double increase = m.above(original);
    if (!(increase <= config.maxLossIncrease())) { // not a number, too
      throw new InputException(
          String.format(
              Locale.ROOT,
              "%s raises the held-out loss by %.5f nats a token (%.4f → %.4f), and"
                  + " compress.maxLossIncrease allows %s: raise that, or serve the weights as they"
                  + " are",
              m.format(),
              increase,
              original.loss().mean(),
              m.loss().mean(),
              config.maxLossIncrease()));
    }
  }
}
