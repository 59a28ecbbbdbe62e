package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.core.RunRecord;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import dev.imago.data.Rows;
import dev.imago.data.TaskModels;
import dev.imago.data.TextReader;
import dev.imago.data.Weights;
import dev.imago.generate.BeamSearch;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Predictor;
import dev.imago.model.Output;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Tells the classes or tags of rows, or answers them.
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {
      "Tell the class, or the tags, of each row of a file, with probabilities; or answer it.",
      "Each row goes out as JSON with what it had, and label (labels), score and probabilities, or"
          + " entities, or dependencies, or answer, score, start and end; trees as CoNLL-U where"
          + " the output's name (else the input's) ends so."
    },
    footer = {
      "",
      "Examples:  imago predict weights/3f2a --input rows.jsonl --output told.jsonl",
      "           echo 'a quiet room' | imago predict"
    })
final class PredictCommand implements Callable<Integer> {
  /// Rows that are told by themselves; of more, their number is.
  private static final int TOLD = 20;

  private static final int PEEKED = 1 << 16;
  private static final int USUAL_TOKENS = 256;

  @ParentCommand private Imago imago = new Imago();

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description =
          "An artifact, a Hugging Face folder, or a step such as tune, whose newest model it is"
              + " (default: the newest model of classes or tags).")
  private @Nullable String model;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description = "Of a model of several tasks (tune.tasks): which one (default: the first).")
  private @Nullable String task;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description =
          "Rows: .jsonl, .json, .csv, .tsv; anything else is a text a line (default: standard"
              + " input, JSONL or lines).")
  private @Nullable Path input;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "A JSONL file, or .conllu for trees, there once it is whole (default: standard output).")
  private @Nullable Path output;

  @Option(
      names = "--text-field",
      paramLabel = "NAME",
      description = "The field that is the text (default: found by its name, else the longest).")
  private @Nullable String textField;

  @Option(
      names = "--pair-field",
      paramLabel = "NAME",
      description =
          "The field that is the second of two texts, or the question of a text (default: found,"
              + " as sentence2 beside sentence1; question).")
  private @Nullable String pairField;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Of a model that writes: the longest answer (default: 256).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description =
          "Of a model that writes: paths that are searched side by side, of which the likeliest"
              + " answer comes out (default: 1, the likeliest token every time).")
  private @Nullable Integer beams;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description =
          "With --beams: answers are compared by the sum of ln p over their length to this power"
              + " (default: 1, means).")
  private @Nullable Double lengthPenalty;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  private long told;

  @Override
  public Integer call() throws IOException {
    Bounds.whole("--threads", threads, 1, 1024);
    if (input != null && !Files.isRegularFile(input)) {
      throw new ConfigException("--input %s: there is no such file".formatted(input));
    }
    Path folder = ofTask(folder());
    String name = input == null ? "standard input" : String.valueOf(input.getFileName());
    if (writes(folder)) {
      return answer(folder, name);
    }
    refuseWriting(folder);
    try (Predictor predictor = open(folder);
        Rows rows = rows()) {
      var texts =
          new TextRows(
              name, rows, Optional.ofNullable(textField), pairField(predictor), this::tell);
      var predicted = new PredictedRows(predictor, texts, conllu(predictor));
      out(predicted::forEach, () -> texts.requireSome(predicted.written()));
      tellRest(name, predicted.written(), texts);
      return summary(predicted, predictor);
    }
  }

  /// What gives lines to whoever takes them.
  private interface Lines {
    void forEach(Consumer<String> to) throws IOException;
  }

  /// To the file, or to standard output.
  ///
  /// @param check before a file is there
  private void out(Lines lines, Runnable check) throws IOException {
    if (output == null) {
      try (var out = new LineOutput(System.out)) {
        lines.forEach(out::line);
      } catch (LineOutput.Gone e) {
        // Whoever reads has had enough.
      }
      check.run();
      return;
    }
    AtomicFile.write(
        output,
        out -> {
          write(lines, out);
          check.run();
        });
  }

  private static boolean writes(Path model) throws IOException {
    try {
      return Predictor.tells(model) instanceof Output.NextToken;
    } catch (IllegalArgumentException e) {
      return false; // what it is says who opens it
    }
  }

  /// Refuses what is of models that write.
  private void refuseWriting(Path folder) throws IOException {
    String given =
        maxTokens != null
            ? "--max-tokens " + maxTokens
            : beams != null
                ? "--beams " + beams
                : lengthPenalty != null ? "--length-penalty " + lengthPenalty : "";
    if (!given.isEmpty()) {
      throw new ConfigException(
          "%s is of models that write, and %s tells labels; leave it out".formatted(given, folder));
    }
  }

  private int answer(Path folder, String name) throws IOException {
    if (pairField != null) {
      throw new ConfigException(
          "--pair-field %s is of two texts, and %s answers one; leave it out"
              .formatted(pairField, folder));
    }
    int paths = beams == null ? 1 : beams;
    Bounds.whole("--beams", paths, 1, 64, "4 or 5 are usual");
    int most = maxTokens == null ? USUAL_TOKENS : maxTokens;
    Bounds.whole("--max-tokens", most, 1, 1 << 20);
    double penalty = lengthPenalty == null ? 1 : lengthPenalty;
    Bounds.number("--length-penalty", penalty, -10, 10, "1 is usual");
    if (lengthPenalty != null && paths == 1) {
      throw new ConfigException(
          "--length-penalty %s compares answers, and there is one; give --beams 4, or leave it out"
              .formatted(lengthPenalty));
    }
    try (LanguageModel writer = ModelArgument.open(folder, threads);
        Rows rows = rows()) {
      var texts =
          new TextRows(name, rows, Optional.ofNullable(textField), Optional.empty(), this::tell);
      var written = new WrittenRows(writer, texts, new BeamSearch.Settings(paths, most, penalty));
      out(written::forEach, () -> texts.requireSome(written.written()));
      tellRest(name, written.written(), texts);
    }
    return 0;
  }

  /// Trees go out as they came in, or as the output's name says.
  private boolean conllu(Predictor predictor) {
    Path named = output == null ? input : output;
    boolean asked = named != null && named.toString().endsWith(ConlluText.ENDING);
    boolean parses = predictor.shape().output() instanceof Output.Dependencies;
    if (asked && output != null && !parses) {
      throw new ConfigException(
          "--output %s is for trees, and the model tells %s; name a .jsonl file"
              .formatted(output, predictor.shape().output().words()));
    }
    return asked && parses;
  }

  /// A question goes with its text as a second text does.
  private Optional<String> pairField(Predictor predictor) {
    boolean asks = predictor.shape().output() instanceof Output.Span;
    return Optional.ofNullable(pairField == null && asks ? "question" : pairField);
  }

  /// A stream that fails, on a full disk say, ends the work.
  private static void write(Lines lines, OutputStream to) throws IOException {
    try {
      lines.forEach(
          row -> {
            try {
              to.write((row + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void tell(String what) {
    if (++told <= TOLD) {
      System.err.println("imago: " + what);
    }
  }

  private void tellRest(String name, long written, TextRows texts) {
    Console console = Console.of(imago);
    if (told > TOLD) {
      console.note("and %,d more rows were passed over".formatted(told - TOLD));
    }
    long all = written + texts.passedOver();
    if (all == 0) {
      console.note("%s has no rows".formatted(name));
    } else if (texts.passedOver() > 0) {
      console.note(
          "%,d of %s were passed over".formatted(texts.passedOver(), Counted.of(all, "rows")));
    }
  }

  private int summary(PredictedRows predicted, Predictor predictor) {
    Console console = Console.of(imago);
    if (predicted.cut() > 0) {
      console.note(
          "%s longer than the %d tokens that the model reads, cut at the end"
              .formatted(Counted.of(predicted.cut(), "texts"), predictor.shape().context()));
    }
    if (predictor.calibration().examples() == 0) {
      console.note("the probabilities are the model's own: it has no calibration.json");
    }
    return 0;
  }

  private Rows rows() throws IOException {
    if (input != null && Rows.Format.of(input.toString()) != null) {
      return Rows.open(input, null);
    }
    Reader text = new TextReader(input == null ? System.in : Files.newInputStream(input), null);
    if (input != null) {
      return Rows.of(text, Rows.Format.LINES, Rows.ROW_CHARS);
    }
    var buffered = new BufferedReader(text, PEEKED);
    buffered.mark(PEEKED);
    int c = buffered.read();
    for (int i = 1; i < PEEKED && c >= 0 && Character.isWhitespace(c); i++) {
      c = buffered.read();
    }
    buffered.reset();
    return Rows.of(buffered, c == '{' ? Rows.Format.JSONL : Rows.Format.LINES, Rows.ROW_CHARS);
  }

  private Predictor open(Path folder) throws IOException {
    try {
      Output tells = Predictor.tells(folder);
      if (!predicts(tells)) {
        throw new InputException(
            "%s tells %s, and predict is of classes, tags, trees and answers: tune a model on labels first"
                .formatted(folder, tells.words()));
      }
      return Predictor.open(folder, threads);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s holds no model to predict with: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private Path ofTask(Path folder) {
    try {
      return task == null ? folder : TaskModels.of(folder, task);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("--task %s: %s".formatted(task, e.getMessage()), e);
    }
  }

  private Path folder() throws IOException {
    if (model != null && Files.exists(Path.of(model))) {
      return Path.of(model);
    }
    Workspace workspace = new Workspace(imago.workspace());
    if (model != null && model.contains("/")) {
      Artifact found = workspace.find(model);
      if (!found.ref().kind().equals(Artifact.kind(Weights.class))) {
        throw new ConfigException(found.ref().brief() + " is no model; name one of kind weights");
      }
      return found.folder();
    }
    for (RunSummary run : workspace.runSummaries().reversed()) {
      boolean meant = model == null || run.step().equals(model) || run.stage().equals(model);
      if (run.status() != RunRecord.Status.DONE || !meant) {
        continue;
      }
      for (String reference : run.outputs().values()) {
        Optional<Path> folder = predicting(workspace, reference, model != null);
        if (folder.isPresent()) {
          return folder.get();
        }
      }
    }
    throw new ConfigException(
        model == null
            ? "no model of classes or tags in %s yet; make one with `imago run classify --labels FILE`, or name one"
                .formatted(imago.workspace())
            : "no step «%s» left a model that predicts in %s; `imago list` shows what there is"
                .formatted(model, imago.workspace()));
  }

  private static boolean predicts(Output tells) {
    return switch (tells) {
      case Output.Classes _, Output.Tags _, Output.Dependencies _, Output.Span _ -> true;
      case Output.NextToken _, Output.MaskedToken _, Output.Embedding _ -> false;
    };
  }

  /// The folder of a model that is still there.
  ///
  /// @param writing whether it may be one that writes
  private static Optional<Path> predicting(Workspace workspace, String reference, boolean writing)
      throws IOException {
    if (!reference.toLowerCase(Locale.ROOT).startsWith("weights/")) {
      return Optional.empty();
    }
    try {
      Path folder = workspace.find(reference).folder();
      Output tells = Predictor.tells(folder);
      boolean fits = predicts(tells) || writing && tells instanceof Output.NextToken;
      return fits ? Optional.of(folder) : Optional.empty();
    } catch (ConfigException | IllegalArgumentException e) {
      return Optional.empty(); // removed since
    }
  }
}
