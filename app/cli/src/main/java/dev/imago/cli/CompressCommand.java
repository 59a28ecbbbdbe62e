package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.generate.GgufExport;
import dev.imago.generate.InputSquares;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.ModelSummary;
import dev.imago.model.AdapterRounding;
import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.tensor.DataType;
import dev.imago.tensor.OnnxOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// A model as one GGUF file in another format, or as ONNX.
@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    description = {
      "Write a model as one GGUF file in a smaller format, which llama.cpp and Ollama open too,",
      "or as a folder with model.onnx, which ONNX Runtime opens.",
      "With --text, tell what was lost: loss before and after, and the divergence between the two."
    },
    footer = {
      "",
      "Examples:  imago compress weights/3f2a --to Q4_K_M --out small.gguf --text heldout.txt",
      "           imago compress model-f16.gguf --to Q8_0 --out model-q8.gguf",
      "           imago compress weights/3f2a --to onnx --out edge"
    })
final class CompressCommand implements Callable<Integer> {
  @ParentCommand private Imago imago = new Imago();

  @Parameters(paramLabel = "MODEL", description = ModelArgument.DESCRIPTION)
  private String model = "";

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      required = true,
      completionCandidates = CompressTarget.Names.class,
      converter = CompressTarget.Parser.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private CompressTarget target = new CompressTarget.Gguf(GgufMixture.Q8_0);

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "The GGUF file, or the folder of ONNX; there once it is whole.")
  private Path out = Path.of("");

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Text that the model has not read, by which the loss is told.")
  private @Nullable Path text;

  @Option(
      names = "--importance",
      paramLabel = "FILE",
      description = "Text by which it is measured which columns matter; not that of --text.")
  private @Nullable Path importance;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Tokens of --text and --importance, at most (default: 8192).")
  private @Nullable Integer most;

  private int tokens = 8192;

  @Option(
      names = "--max-loss-increase",
      paramLabel = "NATS",
      description =
          "What --text may cost more a token, 0 … 10: past it no file is left. 0.01 is usual.")
  private @Nullable Double maxIncrease;

  @Option(
      names = "--allow-requantize",
      description = "Take a model that is quantised already; what it lost stays lost.")
  private boolean requantize;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Compute threads (default: the processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() throws InterruptedException {
    return switch (target) {
      case CompressTarget.Gguf(GgufMixture format) -> gguf(format);
      case CompressTarget.Onnx to -> onnx(to);
    };
  }

  private int onnx(CompressTarget.Onnx to) throws InterruptedException {
    if (text != null || importance != null || most != null || maxIncrease != null) {
      throw new ConfigException(
          "--text, --importance, --tokens and --max-loss-increase are of GGUF, whose loss is"
              + " measured here; leave them out");
    }
    Path path = ModelArgument.find(model, imago);
    // In single precision what is quantised already loses nothing more.
    ModelSummary before = summary(path, to.numbers() == OnnxOperations.Numbers.F32);
    try (Progress progress = progress("write " + to, before.numbers(), "numbers")) {
      to.write(path, out, progress::add);
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %s, %s (before: %s)%n",
        out,
        to,
        Quantity.of(CompressTarget.Onnx.bytes(out), "bytes"),
        Quantity.of(before.bytes(), "bytes"));
    return 0;
  }

  private int gguf(GgufMixture format) throws InterruptedException {
    Bounds.whole("--threads", threads, 1, 1024);
    if (most != null) {
      if (text == null && importance == null) {
        throw new ConfigException(
            "--tokens = %d is of --text and --importance, and neither is given; leave it out"
                .formatted(most));
      }
      Bounds.whole("--tokens", most, 2, Integer.MAX_VALUE);
      tokens = most;
    }
    if (maxIncrease != null) {
      if (text == null) {
        throw new ConfigException(
            "--max-loss-increase = %s is of --text, which is not given; name a text that the model has not read"
                .formatted(maxIncrease));
      }
      Bounds.number("--max-loss-increase", maxIncrease, 0, 10, "nats a token; 0.01 is usual");
    }
    if (importance != null && (!format.quantized() || format == GgufMixture.Q8_0)) {
      throw new ConfigException(
          "--importance would change nothing, as %s has no scales to search for; leave it out"
              .formatted(format));
    }
    check("--text", text);
    check("--importance", importance);
    if (text != null && importance != null) {
      checkApart(text, importance);
    }
    Path path = ModelArgument.find(model, imago);
    checkOut(path);
    ModelSummary before = summary(path, requantize);
    if (text != null) {
      checkText(path, text);
    }
    Map<String, float[]> columns = importance == null ? Map.of() : columns(path, importance);
    String lost = write(path, format, columns, before.numbers());
    ModelSummary after = summary(out, true);
    System.out.printf(
        Locale.ROOT,
        "%s: %s, %s, %.2f bits a number (before: %s)%n",
        out,
        format,
        Quantity.of(after.bytes(), "bytes"),
        8.0 * after.bytes() / Math.max(1, after.numbers()),
        Quantity.of(before.bytes(), "bytes"));
    rounding(path, format)
        .ifPresent(
            words ->
                System.out.println(
                    "rounding is so much of what the adapter changes (100 % would hide it): "
                        + words));
    System.out.print(lost);
    return 0;
  }

  private static void check(String option, @Nullable Path file) {
    if (file != null && !Files.isRegularFile(file)) {
      throw new ConfigException("%s %s: there is no such file".formatted(option, file));
    }
  }

  /// A loss on the text by which columns were weighed would be too good.
  private static void checkApart(Path measured, Path weighed) {
    try {
      if (Files.isSameFile(measured, weighed)) {
        throw new ConfigException(
            "--text and --importance are both %s, and a loss is of text that nothing was chosen by; name another for one"
                .formatted(measured));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", weighed, e);
    }
  }

  /// A text that tells no loss is refused before the long work, not after it.
  private void checkText(Path path, Path by) {
    try (LanguageModel opened = ModelArgument.open(path, 1)) {
      var _ = new TextWindows(opened, by, tokens);
    }
  }

  private void checkOut(Path path) {
    try {
      boolean same =
          Files.exists(out)
              && (Files.isSameFile(out, path)
                  || Files.exists(path.resolve("model.gguf"))
                      && Files.isSameFile(out, path.resolve("model.gguf")));
      if (same || Files.isDirectory(out)) {
        throw new ConfigException(
            "--out %s is %s; name another file"
                .formatted(out, same ? "the model itself" : "a folder"));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", out, e);
    }
  }

  /// @param again whether what is quantised may be quantised once more
  private ModelSummary summary(Path path, boolean again) {
    ModelSummary summary;
    try {
      summary = ModelSummary.read(path);
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
    }
    if (!summary.refusal().isEmpty()) {
      throw new InputException("%s cannot be compressed: %s".formatted(path, summary.refusal()));
    }
    boolean quantised =
        summary.stored().stream()
            .anyMatch(
                s ->
                    Arrays.stream(DataType.values())
                        .anyMatch(t -> t.name().equals(s.type()) && t.blockSize() > 1));
    if (quantised && !again && !requantize) {
      throw new InputException(
          "%s is quantised already, and what is rounded twice loses twice: take the model in F16 or F32, or give --allow-requantize"
              .formatted(path));
    }
    return summary;
  }

  private Map<String, float[]> columns(Path path, Path by) throws InterruptedException {
    try (LanguageModel opened = ModelArgument.open(path, threads)) {
      InputSquares squares = opened.watch();
      var windows = new TextWindows(opened, by, tokens);
      try (Progress progress = progress("importance of columns", windows.tokens(), "tokens")) {
        for (int[] ids : windows.all()) {
          opened.logProbabilities(ids);
          progress.add(ids.length - 1L);
        }
      }
      return squares.means();
    }
  }

  /// Of an adapter that is merged, how much of it is rounded away.
  private static Optional<String> rounding(Path path, GgufMixture format) {
    try {
      return AdapterRounding.of(path, List.of(format.type())).map(AdapterRounding::words);
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    }
  }

  /// @return what was lost, in words: a file that lost too much never takes its place
  private String write(Path path, GgufMixture format, Map<String, float[]> columns, long numbers)
      throws InterruptedException {
    var lost = new StringBuilder();
    try (Progress progress = progress("write " + format, numbers, "numbers")) {
      ModelCard card = LanguageModel.card(path);
      ModelCard named = card.name().isBlank() ? card.called("imago", "", "") : card;
      AtomicFile.replace(
          out,
          temporary -> {
            GgufExport.write(path, temporary, named, format, columns, threads, progress::add);
            if (text != null) {
              lost.append(compare(path, temporary, text, format));
            }
          });
      return lost.toString();
    } catch (CancellationException _) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be written as %s: %s".formatted(path, format, e.getMessage()), e);
    }
  }

  /// Both losses on a text, and how far the one model's distributions are from the other's.
  ///
  /// @throws InputException where more is lost than may be
  /// @throws CancellationException where the thread was interrupted
  private String compare(Path path, Path file, Path by, GgufMixture format) {
    try (LanguageModel exact = ModelArgument.open(path, threads);
        LanguageModel made = ModelArgument.open(file, threads)) {
      var windows = new TextWindows(exact, by, tokens);
      double before = 0;
      double after = 0;
      double divergence = 0;
      long count = 0;
      try (Progress progress = progress("held-out loss", windows.tokens(), "tokens")) {
        for (int[] ids : windows.all()) {
          if (Thread.interrupted()) {
            throw new CancellationException();
          }
          before -= sum(exact.logProbabilities(ids));
          after -= sum(made.logProbabilities(ids));
          divergence += sum(exact.divergences(made, ids));
          count += ids.length - 1;
          progress.add(ids.length - 1L);
        }
      }
      double increase = (after - before) / count;
      if (maxIncrease != null && !(increase <= maxIncrease)) { // not a number, too
        throw new InputException(
            String.format(
                Locale.ROOT,
                "%s raises the loss on %s by %.5f nats a token (%.4f → %.4f), and"
                    + " --max-loss-increase allows %s: raise that, or take a format that rounds"
                    + " less; %s is not written",
                format,
                by,
                increase,
                before / count,
                after / count,
                maxIncrease,
                out));
      }
      return String.format(
          Locale.ROOT,
          "on %,d tokens of %s: %.4f nats a token, before %.4f (%+.5f); KL divergence %.5f%n",
          count,
          by,
          after / count,
          before / count,
          increase,
          divergence / count);
    }
  }

  private Progress progress(String what, long total, String unit) {
    return Console.of(imago).progress("compress", what, total, unit);
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
