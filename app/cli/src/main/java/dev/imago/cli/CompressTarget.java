package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.OnnxExport;
import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.tensor.OnnxOperations.Numbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// What a model is written as.
sealed interface CompressTarget {
  /// A GGUF file.
  record Gguf(GgufMixture format) implements CompressTarget {
    @Override
    public String toString() {
      return format.name();
    }
  }

  /// A folder with `model.onnx`.
  record Onnx(Numbers numbers) implements CompressTarget {
    /// Writes the folder, which is there once it is whole.
    void write(Path model, Path out, LongConsumer progress) {
      checkOut(out);
      Path beside = out.toAbsolutePath().normalize();
      Path temporary = beside.resolveSibling("." + beside.getFileName() + ".part");
      try {
        delete(temporary);
        Files.createDirectories(temporary);
        ModelCard card = LanguageModel.card(model);
        ModelCard named = card.name().isBlank() ? card.called("imago", "", "") : card;
        OnnxExport.write(model, temporary, named, numbers, progress);
        delete(beside);
        Files.move(temporary, beside, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw AtomicFile.failure("write", out, e);
      } catch (IllegalArgumentException e) {
        throw new InputException(
            "%s cannot be written as ONNX: %s".formatted(model, e.getMessage()), e);
      } finally {
        quietly(temporary);
      }
    }

    private static void checkOut(Path out) {
      try (Stream<Path> there = Files.isDirectory(out) ? Files.list(out) : Stream.of(out)) {
        if (Files.exists(out) && there.findAny().isPresent()) {
          throw new ConfigException(
              "--out %s is there already; name a folder that is not, or is empty".formatted(out));
        }
      } catch (IOException e) {
        throw AtomicFile.failure("read", out, e);
      }
    }

    private static void quietly(Path folder) {
      try {
        delete(folder);
      } catch (IOException ignored) {
        // The first failure is the one to tell.
      }
    }

    private static void delete(Path folder) throws IOException {
      if (Files.isDirectory(folder)) {
        for (Path file : files(folder)) {
          Files.delete(file);
        }
      }
      Files.deleteIfExists(folder);
    }

    private static List<Path> files(Path folder) throws IOException {
      try (Stream<Path> files = Files.list(folder)) {
        return files.toList();
      }
    }

    /// Bytes of the graph and of the tensors beside it.
    static long bytes(Path folder) {
      try {
        long bytes = 0;
        for (Path file : files(folder)) {
          bytes += file.getFileName().toString().startsWith(OnnxExport.FILE) ? Files.size(file) : 0;
        }
        return bytes;
      } catch (IOException e) {
        throw AtomicFile.failure("read", folder, e);
      }
    }

    @Override
    public String toString() {
      return numbers == Numbers.F32 ? "onnx" : "onnx-" + numbers.name().toLowerCase(Locale.ROOT);
    }
  }

  /// All of them.
  private static List<CompressTarget> all() {
    return Stream.<CompressTarget>concat(
            Arrays.stream(GgufMixture.values()).map(Gguf::new),
            Arrays.stream(Numbers.values()).map(Onnx::new))
        .toList();
  }

  /// Their names, as help lists them.
  final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return all().stream().map(CompressTarget::toString).iterator();
    }
  }

  /// Finds one by its name, whatever its case.
  final class Parser implements ITypeConverter<CompressTarget> {
    @Override
    public CompressTarget convert(String value) {
      return all().stream()
          .filter(t -> t.toString().equalsIgnoreCase(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "«%s» is no format that is written; %s are"
                          .formatted(value, String.join(", ", new Names()))));
    }
  }
}
