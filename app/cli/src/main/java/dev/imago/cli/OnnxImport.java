package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.model.OnnxEncoder;
import dev.imago.model.Specials;
import dev.imago.tensor.BrokenFileException;
import dev.imago.tensor.Onnx;
import dev.imago.tensor.Operations.Pooling;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.TokenizerFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// An encoder that comes as ONNX, with its tokenizer beside it or both in a jar, made a Hugging
/// Face folder: `config.json`, `model.safetensors`, `tokenizer.json`.
///
/// @param path of the `.onnx` file or the jar
/// @param from where it came from, as messages say it
/// @param pooling which rows stand for a text; empty for what the jar says, else the mean
/// @param folder to write into; emptied first
/// @param notes told what people should know of it
record OnnxImport(
    Path path, String from, Optional<Pooling> pooling, Path folder, Consumer<String> notes) {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  private static final String ENDING = ".onnx";

  /// Of a file in a jar, more than any encoder takes.
  private static final long MOST_BYTES = 8L << 30;

  /// Whether a file is one to be read so.
  static boolean isOne(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return Files.isRegularFile(path) && (name.endsWith(ENDING) || name.endsWith(".jar"));
  }

  /// Makes the folder.
  ///
  /// @throws InputException for a graph that is another model's
  Path make() throws IOException {
    discard();
    Files.createDirectories(folder);
    boolean jar = !String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT).endsWith(ENDING);
    try {
      return jar ? ofJar() : ofFiles();
    } catch (BrokenFileException | IllegalArgumentException e) {
      throw new InputException("%s cannot be imported: %s".formatted(from, e.getMessage()), e);
    }
  }

  private Path ofFiles() throws IOException {
    Path absolute = path.toAbsolutePath();
    String name = String.valueOf(path.getFileName());
    String stem = name.substring(0, name.length() - ENDING.length());
    List<Path> places =
        List.of(
            absolute.resolveSibling(stem + "-" + TOKENIZER),
            absolute.resolveSibling(TOKENIZER),
            absolute.resolveSibling("..").normalize().resolve(TOKENIZER));
    Path tokenizer =
        places.stream()
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s has no tokenizer beside it: put its tokenizer.json (or %s-%s) into the same folder"
                            .formatted(from, stem, TOKENIZER)));
    Files.copy(tokenizer, folder.resolve(TOKENIZER));
    Path said = tokenizer.resolveSibling(settingsOf(String.valueOf(tokenizer.getFileName())));
    if (Files.isRegularFile(said)) {
      Files.copy(said, folder.resolve(TOKENIZER_CONFIG));
    }
    return write(absolute, pooling.or(() -> usual("the graph")));
  }

  private Path ofJar() throws IOException {
    try (ZipFile zip = new ZipFile(path.toFile())) {
      ZipEntry graph = only(zip, ENDING);
      ZipEntry tokenizer = only(zip, TOKENIZER);
      copy(zip, tokenizer, folder.resolve(TOKENIZER));
      ZipEntry said = zip.getEntry(settingsOf(tokenizer.getName()));
      if (said != null) {
        copy(zip, said, folder.resolve(TOKENIZER_CONFIG));
      }
      Path file = folder.resolve("graph");
      copy(zip, graph, file);
      Optional<Pooling> found = pooling.or(() -> said(zip));
      Path made = write(file, found.or(() -> usual("the jar")));
      Files.delete(file);
      return made;
    } catch (java.util.zip.ZipException e) {
      throw new InputException("%s is no jar: %s".formatted(from, e.getMessage()), e);
    }
  }

  /// What the settings beside a tokenizer are called: of `a-tokenizer.json` they are
  /// `a-tokenizer_config.json`.
  static String settingsOf(String tokenizer) {
    return tokenizer.substring(0, tokenizer.length() - TOKENIZER.length()) + TOKENIZER_CONFIG;
  }

  private ZipEntry only(ZipFile zip, String ending) {
    List<? extends ZipEntry> found =
        zip.stream().filter(e -> !e.isDirectory() && e.getName().endsWith(ending)).toList();
    if (found.size() != 1) {
      throw new InputException(
          "%s holds %s that end in %s, and a jar of an encoder holds one: unpack it and name the .onnx file"
              .formatted(from, found.isEmpty() ? "no files" : found.size() + " files", ending));
    }
    return found.getFirst();
  }

  private void copy(ZipFile zip, ZipEntry entry, Path to) throws IOException {
    long bytes = entry.getSize();
    if (bytes < 0 || bytes > MOST_BYTES) {
      throw new InputException(
          "%s: %s has %,d bytes, which are not 0 … %,d"
              .formatted(from, entry.getName(), bytes, MOST_BYTES));
    }
    try (InputStream in = zip.getInputStream(entry);
        OutputStream out = Files.newOutputStream(to)) {
      byte[] chunk = new byte[1 << 16];
      long left = bytes;
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        left -= read;
        if (left < 0) {
          throw new InputException(
              "%s: %s is longer than the %,d bytes that it claims"
                  .formatted(from, entry.getName(), bytes));
        }
        out.write(chunk, 0, read);
      }
    }
  }

  /// Removes what was made, once it is an artifact.
  void discard() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /// What a jar's classes say, as langchain4j's encoders name their pooling.
  private static Optional<Pooling> said(ZipFile zip) {
    try (Stream<? extends ZipEntry> entries = zip.stream()) {
      for (ZipEntry entry : entries.filter(e -> e.getName().endsWith(".class")).toList()) {
        try (InputStream in = zip.getInputStream(entry)) {
          Optional<Pooling> found = PoolingInClass.of(in.readNBytes(1 << 20));
          if (found.isPresent()) {
            return found;
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Pooling> usual(String what) {
    notes.accept(
        "%s does not say which rows stand for a text: their mean is taken; --pooling first takes the first"
            .formatted(what));
    return Optional.of(Pooling.MEAN);
  }

  private Path write(Path graph, Optional<Pooling> pooled) throws IOException {
    try (Onnx onnx = Onnx.open(graph)) {
      OnnxEncoder encoder = OnnxEncoder.read(onnx, pooled.orElse(Pooling.MEAN));
      if (onnx.outputs().size() > 1) {
        notes.accept(
            "of the results %s the rows of the tokens are taken; what makes the others stays behind"
                .formatted(String.join(", ", onnx.outputs())));
      }
      // Of the settings beside it the side that is cut is taken over; the rest is made anew.
      TokenizerFolder.agree(folder, notes);
      Tokenizer tokenizer = Tokenizer.load(folder.resolve(TOKENIZER));
      encoder.shape().checkTokenizer(tokenizer.textSize(), tokenizer.vocabularySize());
      Files.write(folder.resolve(TOKENIZER_CONFIG), tokenizer.toConfigJson());
      Files.writeString(
          folder.resolve("config.json"), encoder.shape().configJson(new Specials(-1, List.of())));
      Safetensors.write(
          folder.resolve("model.safetensors"), encoder.tensors(), Safetensors.FORMAT_PT);
      notes.accept(
          "a %s of %,d parameters: %s, pooling %s"
              .formatted(
                  encoder.shape().architecture(),
                  encoder.shape().parameterCount(),
                  encoder.shape().description(),
                  pooled.orElse(Pooling.MEAN).name().toLowerCase(Locale.ROOT)));
    }
    return folder;
  }

  /// @throws ConfigException for a name that is none
  static Pooling pooling(String name) {
    return switch (name) {
      case "first", "cls" -> Pooling.FIRST;
      case "last" -> Pooling.LAST;
      case "mean" -> Pooling.MEAN;
      default ->
          throw new ConfigException(
              "--pooling %s is not known; first, last and mean are".formatted(name));
    };
  }
}
