package dev.imago.compress;

import dev.imago.core.AtomicFile;
import dev.imago.core.Draft;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.OnnxFolder;
import dev.imago.data.Weights;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.ModelCheck;
import dev.imago.generate.OnnxExport;
import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.tensor.BrokenFileException;
import dev.imago.tensor.OnnxOperations.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Writes a model of any task as ONNX, for devices where another runtime is.
public final class ExportOnnx
    extends Stage<ExportOnnx.Inputs, ExportOnnx.Config, ExportOnnx.Outputs> {
  /// @param tuned the model to write
  public record Inputs(Weights tuned) {}

  /// @param numbers `f32`, or `int8` for matrices of bytes
  public record Config(String numbers) {
    public Config {
      if (Arrays.stream(Numbers.values()).noneMatch(n -> n.name().equalsIgnoreCase(numbers))) {
        throw new IllegalArgumentException(
            "numbers = «%s» are not written; f32 and int8 are".formatted(numbers));
      }
    }

    public static Config defaults() {
      return new Config("f32");
    }

    Numbers parsed() {
      return Numbers.valueOf(numbers.toUpperCase(Locale.ROOT));
    }
  }

  /// @param onnx `model.onnx`, with the tokenizer and settings beside it
  public record Outputs(OnnxFolder onnx) {}

  public ExportOnnx() {
    super("onnx", 2, Inputs.class, Config.defaults(), Outputs.class);
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    Path from = inputs.tuned().folder();
    Draft draft = run.draft(OnnxFolder.class, "onnx");
    try {
      ModelCheck.check(from);
      Compress.tellFurther(from, run);
      ModelShape shape = Architectures.read(Files.readString(from.resolve("config.json")));
      long numbers = shape.parameterCount();
      ModelCard card = LanguageModel.card(from);
      ModelCard named = card.name().isBlank() ? card.called("imago", "", "") : card;
      try (Progress progress = run.progress("write ONNX", numbers, "numbers")) {
        OnnxExport.write(from, draft.folder(), named, config.parsed(), progress::add);
      }
      run.table(
          "As ONNX",
          List.of("model", "numbers", "graph"),
          List.of(
              List.of(
                  shape.description(),
                  config.numbers(),
                  "%.1f MB".formatted(GraphFile.bytes(draft.folder()) / 1e6))));
    } catch (BrokenFileException e) {
      throw Compress.broken(e);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be written as ONNX: %s".formatted(from, e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("write", draft.folder(), e);
    }
    return new Outputs(draft.commit(OnnxFolder.class));
  }
}
