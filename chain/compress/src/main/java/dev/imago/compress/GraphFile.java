package dev.imago.compress;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.generate.OnnxExport;
import dev.imago.model.ModelCard;
import dev.imago.tensor.BrokenFileException;
import dev.imago.tensor.OnnxOperations.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// A model as an ONNX graph that is measured among other formats.
///
/// @param name in the table
/// @param from the folder of the model
/// @param bytes of the graph and of what lies beside it for it
record GraphFile(String name, Numbers numbers, Path from, Path folder, long bytes) {
  static final String NAMES = "onnx and onnx-int8 are measured beside them";

  /// Whether a format's name is that of a graph.
  static boolean names(String format) {
    String name = format.toLowerCase(Locale.ROOT);
    return name.equals(name(Numbers.F32)) || name.equals(name(Numbers.INT8));
  }

  static Numbers named(String format) {
    return format.toLowerCase(Locale.ROOT).equals(name(Numbers.F32)) ? Numbers.F32 : Numbers.INT8;
  }

  /// As `imago compress --to` has it.
  static String name(Numbers numbers) {
    return switch (numbers) {
      case F32 -> "onnx";
      case INT8 -> "onnx-int8";
    };
  }

  /// @param folder that exists
  /// @param count numbers that the model has
  static GraphFile write(
      String name, Numbers numbers, Path from, ModelCard card, Path folder, long count, Run run) {
    try (Progress progress = run.progress("write " + name, count, "numbers")) {
      OnnxExport.write(from, folder, card, numbers, progress::add);
      return new GraphFile(name, numbers, from, folder, bytes(folder));
    } catch (BrokenFileException e) {
      throw Compress.broken(e);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be written as ONNX: %s".formatted(from, e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("write", folder, e);
    }
  }

  /// Of the graph in a folder, with the tensors that lie beside it where it is large.
  static long bytes(Path folder) throws IOException {
    Path beside = folder.resolve(OnnxExport.FILE + ".data");
    return Files.size(folder.resolve(OnnxExport.FILE))
        + (Files.exists(beside) ? Files.size(beside) : 0);
  }
}
