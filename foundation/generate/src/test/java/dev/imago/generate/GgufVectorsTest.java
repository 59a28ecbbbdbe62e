package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.imago.tensor.Gguf;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// llama.cpp's own vectors of ids, of its vocabularies of every kind.
class GgufVectorsTest {
  @TempDir private Path folder;

  private static final Path ROOT = Path.of(System.getProperty("imago.root", "."));

  private static Path vocabulary(String name) {
    String named = System.getenv("IMAGO_SHARED");
    Path shared = named == null ? ROOT.resolve("../shared") : Path.of(named);
    Path file = shared.resolve("data/llama_cpp_vocab/ggml-vocab-" + name + ".gguf");
    assumeTrue(Files.exists(file), "the shared data is not beside the repository");
    return file;
  }

  static Tokenizer tokenizer(Path file) throws IOException {
    try (Gguf gguf = Gguf.open(file)) {
      return GgufVocabulary.read(gguf.metadata()).tokenizer();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-spm", "bert-bge"})
  void idsAreLlamaCpps(String name) throws IOException {
    Path file = vocabulary(name);
    sameIds(file, tokenizer(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-spm", "bert-bge"})
  void idsStayWhenATokenizerIsWrittenAsJsonAndBack(String name) throws IOException {
    Path file = vocabulary(name);
    Path json = Files.write(folder.resolve("tokenizer.json"), tokenizer(file).toJson());
    Path back = folder.resolve("back.gguf");
    GgufExport.writeVocabulary(Tokenizer.load(json), back, name, List.of());
    sameIds(file, tokenizer(back));
    GgufExport.writeVocabulary(tokenizer(file), back, name, List.of());
    sameIds(file, tokenizer(back));
  }

  private static void sameIds(Path file, Tokenizer tokenizer) throws IOException {
    String[] texts = Files.readString(Path.of(file + ".inp")).split("\n__ggml_vocab_test__\n", -1);
    String[] expected = Files.readString(Path.of(file + ".out")).split("\n", -1);
    int compared = 0;
    for (int i = 0; i < texts.length && i < expected.length; i++) {
      List<Integer> wanted =
          Arrays.stream(expected[i].strip().split(" "))
              .filter(id -> !id.isEmpty())
              .map(Integer::valueOf)
              .toList();
      assertEquals(
          wanted,
          Arrays.stream(tokenizer.encodeOrdinary(texts[i])).boxed().toList(),
          "«" + texts[i] + "»");
      compared += wanted.isEmpty() ? 0 : 1;
    }
    assertEquals(true, compared > 30, compared + " texts were compared");
  }
}
