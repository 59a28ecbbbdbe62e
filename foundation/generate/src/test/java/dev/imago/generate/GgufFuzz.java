package dev.imago.generate;

import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tokenizers.GgufTokens;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whatever a GGUF file holds of a vocabulary, it gives one message or a tokenizer that works. For
/// `conformance/fuzz gguf`.
public final class GgufFuzz {
  private GgufFuzz() {}

  private static final class Place {
    static final Path FILE = make();

    private static Path make() {
      try {
        Path file = Files.createTempFile("fuzz", ".gguf");
        file.toFile().deleteOnExit();
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Jazzer's entry.
  public static void fuzzerTestOneInput(byte[] content) throws IOException {
    Files.write(Place.FILE, content);
    try (Gguf gguf = Gguf.open(Place.FILE)) {
      Tokenizer tokenizer = GgufVocabulary.read(gguf.metadata()).tokenizer();
      for (String text : List.of("", "a b", "Hello 世界\n 12 👨‍👩‍👧")) {
        tokenizer.decode(tokenizer.encodeOrdinary(text));
      }
    } catch (IOException | IllegalArgumentException e) {
      if (e.getMessage() == null) {
        throw new AssertionError("a refusal says nothing", e);
      }
    }
  }

  /// Leaves small files of every kind in a folder.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    GgufExport.writeVocabulary(
        RandomModelFolder.tokenizer(), folder.resolve("seed-gpt2"), "x", List.of());
    for (String kind : List.of("llama", "t5", "bert")) {
      var tokens =
          new ArrayList<>(List.of("<unk>", "<s>", "</s>", "▁", "a", "b", "▁a", "ab", "▁ab"));
      var types = new ArrayList<>(List.of(2, 3, 3, 1, 1, 1, 1, 1, 4));
      for (int b = 0; b < 256 && kind.equals("llama"); b++) {
        tokens.add("<0x%02X>".formatted(b));
        types.add(6);
      }
      var says =
          new GgufTokens(
              kind,
              "default",
              tokens,
              Collections.nCopies(tokens.size(), -1.5f),
              types,
              List.of(),
              new byte[0],
              Map.of("bos", 1, "eos", 2, "unk", 0),
              Map.of("add_bos_token", true, "remove_extra_whitespaces", true));
      var metadata =
          new GgufVocabulary(Tokenizer.fromGguf(says), List.of(2), Optional.empty()).metadata(300);
      metadata.putFirst("general.architecture", new GgufValue.Text("llama"));
      Gguf.write(folder.resolve("seed-" + kind), metadata, new LinkedHashMap<>());
    }
  }
}
