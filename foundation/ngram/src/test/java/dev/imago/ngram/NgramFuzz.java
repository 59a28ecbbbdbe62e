package dev.imago.ngram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whatever a file holds that is called a language model, it gives one message or a model that
/// answers and is written again. For `conformance/fuzz ngrams`.
public final class NgramFuzz {
  private NgramFuzz() {}

  private static final class Place {
    static final Path FOLDER = make();

    private static Path make() {
      try {
        return Files.createTempDirectory("fuzz-ngram");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Jazzer's entry.
  public static void fuzzerTestOneInput(byte[] content) throws IOException {
    Path file = Files.write(Place.FOLDER.resolve("fuzzed"), content);
    try (NgramModel model = NgramFile.open(file, NgramUnit.WORDS, Place.FOLDER, 1 << 20)) {
      int a = model.id("a");
      model.sentence(a, model.id("b"), -1, model.id("c"));
      if (model.vocabularySize() < 1000) {
        model.successors(model.begin(), a);
      }
      if (model.form().structure() == NgramForm.Structure.TRIE) {
        NgramFile.writeArpa(model, Place.FOLDER.resolve("again.arpa"));
      }
    } catch (IllegalArgumentException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a refusal says nothing", e);
      }
    }
  }

  /// Leaves small files of every kind in a folder.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    Path arpa = folder.resolve("seed-arpa");
    Files.write(arpa, ArpaTest.ARPA.getBytes(StandardCharsets.UTF_8));
    try (NgramModel model = NgramFile.open(arpa, NgramUnit.WORDS, Place.FOLDER, 1 << 20)) {
      NgramFile.writeArpa(model, folder.resolve("seed-packed.gz"), true);
      model.writeTo(folder.resolve("seed-trie"), NgramForm.TRIE);
      model.writeTo(folder.resolve("seed-hash"), NgramForm.HASH);
      model.writeTo(folder.resolve("seed-quantised"), NgramForm.quantized(4, 4));
    }
  }
}
