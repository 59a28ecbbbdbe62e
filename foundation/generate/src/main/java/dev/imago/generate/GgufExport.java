package dev.imago.generate;

import dev.imago.model.DecoderConfig;
import dev.imago.model.LlamaFolder;
import dev.imago.model.LlamaGguf;
import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.DataType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongConsumer;

/// A Hugging Face folder as one GGUF file that llama.cpp and Ollama run, and [LanguageModel] too.
public final class GgufExport {
  private GgufExport() {}

  /// Writes the file, one tensor in memory at a time; the same folder gives the same bytes. Not
  /// atomic: give it a temporary path, or one in a draft.
  ///
  /// @param folder `config.json`, `model.safetensors`, `tokenizer.json`, and where there are such
  ///   `tokenizer_config.json` and `generation_config.json`
  /// @param name of the model, for people
  /// @param type of the matrices: F32, F16 or Q8_0; rows that Q8_0 cannot hold become F16, and
  ///   norms stay F32
  /// @param progress told the numbers written, tensor by tensor
  /// @throws IllegalArgumentException naming what is missing or not supported
  public static void write(
      Path folder, Path file, String name, DataType type, LongConsumer progress)
      throws IOException {
    DecoderConfig config = LlamaFolder.config(Files.readString(folder.resolve("config.json")));
    SequencedMap<String, GgufValue> metadata = LlamaGguf.metadata(config, name, type);
    metadata.putAll(vocabulary(folder).metadata(config.vocabularySize()));
    try (Safetensors weights = Safetensors.open(folder.resolve("model.safetensors"))) {
      var tensors = new LinkedHashMap<String, Gguf.Pending>();
      for (Map.Entry<String, long[]> entry : LlamaFolder.tensors(config).entrySet()) {
        HostTensor tensor = weights.tensor(entry.getKey());
        if (!Arrays.equals(tensor.shape(), entry.getValue())) {
          throw new IllegalArgumentException(
              "%s: «%s» is %s, and its config.json wants %s"
                  .formatted(folder, entry.getKey(), tensor, Arrays.toString(entry.getValue())));
        }
        DataType stored = LlamaGguf.storedType(tensor.shape(), type);
        tensors.put(
            LlamaGguf.tensorName(entry.getKey()),
            new Gguf.Pending(
                stored,
                tensor.shape(),
                () -> {
                  HostTensor made = LlamaGguf.reorder(config, entry.getKey(), tensor).to(stored);
                  progress.accept(made.size());
                  return made;
                }));
      }
      Gguf.write(file, metadata, tensors);
    }
  }

  /// Writes a file of a tokenizer alone, such as llama.cpp loads with `vocab_only`. Not atomic.
  ///
  /// @param name of the tokenizer, for people
  /// @param stops the ids at which an answer ends, where they are known: the end of text first
  /// @throws IllegalArgumentException naming the part of the tokenizer that GGUF has no room for
  public static void writeVocabulary(
      Tokenizer tokenizer, Path file, String name, List<Integer> stops) throws IOException {
    var vocabulary =
        new GgufVocabulary(tokenizer, stops, Optional.empty()).metadata(tokenizer.vocabularySize());
    String kind = tokenizer.toGguf().model();
    var metadata = new LinkedHashMap<String, GgufValue>();
    // llama.cpp asks for an architecture, though nothing of it is there.
    metadata.put(
        "general.architecture",
        new GgufValue.Text(kind.equals("bert") || kind.equals("t5") ? kind : "llama"));
    metadata.put("general.name", new GgufValue.Text(name));
    metadata.putAll(vocabulary);
    Gguf.write(file, metadata, new LinkedHashMap<>());
  }

  private static GgufVocabulary vocabulary(Path folder) throws IOException {
    Path template = folder.resolve("tokenizer_config.json");
    return new GgufVocabulary(
        Tokenizer.load(folder.resolve("tokenizer.json")),
        ModelFile.stops(folder),
        ModelFile.hasTemplate(folder)
            ? Optional.of(ChatTemplate.load(template).source())
            : Optional.empty());
  }
}
