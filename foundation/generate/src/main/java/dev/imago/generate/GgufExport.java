package dev.imago.generate;

import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Parameter;
import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.DataType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongConsumer;

/// A model as one GGUF file that llama.cpp and Ollama run, and [LanguageModel] too.
public final class GgufExport {
  private GgufExport() {}

  /// Writes the file with all columns of the same importance.
  ///
  /// @param type of most matrices: F32, F16, Q8_0, Q6_K, Q5_K, Q4_K or Q4_0
  public static void write(
      Path folder, Path file, ModelCard card, DataType type, LongConsumer progress)
      throws IOException {
    write(folder, file, card, GgufMixture.of(type), Map.of(), 1, progress);
  }

  /// Writes the file, one tensor in memory at a time; the same folder gives the same bytes. Not
  /// atomic: give it a temporary path, or one in a draft.
  ///
  /// @param model a folder with `config.json`, `model.safetensors`, `tokenizer.json`, and where
  ///   there are such `tokenizer_config.json` and `generation_config.json`; or a GGUF file, or a
  ///   folder with `model.gguf`, whose metadata stays as it is but for the type
  /// @param card what the model says of itself; a GGUF's own stays
  /// @param mixture which type each matrix has
  /// @param importance of the columns of matrices, by [InputSquares#means]; empty for the same of
  ///   all
  /// @param threads that search for scales; they change no bit
  /// @param progress told the numbers written, tensor by tensor
  /// @throws IllegalArgumentException naming what is missing or not supported
  public static void write(
      Path model,
      Path file,
      ModelCard card,
      GgufMixture mixture,
      Map<String, float[]> importance,
      int threads,
      LongConsumer progress)
      throws IOException {
    Path inside = model.resolve("model.gguf");
    if (!Files.isDirectory(model) || Files.exists(inside)) {
      try (Gguf gguf = Gguf.open(Files.isDirectory(model) ? inside : model)) {
        write(gguf, file, mixture, importance, threads, progress);
      }
      return;
    }
    ofFolder(model, file, card, mixture, importance, threads, progress);
  }

  private static void ofFolder(
      Path folder,
      Path file,
      ModelCard card,
      GgufMixture mixture,
      Map<String, float[]> importance,
      int threads,
      LongConsumer progress)
      throws IOException {
    String config = Files.readString(folder.resolve("config.json"));
    ModelShape shape = PoolingFile.applied(Architectures.read(config), folder, config);
    SequencedMap<String, GgufValue> metadata = shape.gguf(card.name(), mixture.type());
    metadata.putAll(card.metadata());
    metadata.putAll(vocabulary(folder).metadata(shape.vocabularySize()));
    try (ModelFolder files = ModelFolder.open(folder)) {
      ModelTensors weights = files.tensors();
      var tensors = new LinkedHashMap<String, Gguf.Pending>();
      for (Map.Entry<String, HostTensor> entry : shape.ggufConstants().entrySet()) {
        HostTensor tensor = entry.getValue();
        tensors.put(entry.getKey(), new Gguf.Pending(tensor.type(), tensor.shape(), () -> tensor));
      }
      for (Parameter parameter : shape.parameters()) {
        if (!parameter.tied()) {
          tensors.put(
              parameter.storedName(Form.GGUF),
              pending(parameter, shape, weights, mixture, importance, threads, progress));
        }
      }
      Gguf.write(file, metadata, tensors);
    }
  }

  /// A GGUF file once more, its matrices in other types: what is no weight stays as it is.
  private static void write(
      Gguf gguf,
      Path file,
      GgufMixture mixture,
      Map<String, float[]> importance,
      int threads,
      LongConsumer progress)
      throws IOException {
    ModelShape shape = Architectures.read(gguf.metadata(), gguf.tensors());
    var weights = new ModelTensors("the file", shape, Form.GGUF, gguf.tensors());
    var metadata = new LinkedHashMap<String, GgufValue>(gguf.metadata());
    SequencedMap<String, GgufValue> made = shape.gguf("", mixture.type());
    for (String key : List.of("general.file_type", "general.quantization_version")) {
      GgufValue value = made.get(key);
      if (value != null) {
        metadata.put(key, value);
      }
    }
    var byName = new HashMap<String, Parameter>();
    shape.parameters().stream()
        .filter(p -> !p.tied())
        .forEach(p -> byName.put(p.storedName(Form.GGUF), p));
    var tensors = new LinkedHashMap<String, Gguf.Pending>();
    for (Map.Entry<String, HostTensor> entry : gguf.tensors().entrySet()) {
      Parameter parameter = byName.get(entry.getKey());
      HostTensor tensor = entry.getValue();
      tensors.put(
          entry.getKey(),
          parameter == null
              ? new Gguf.Pending(tensor.type(), tensor.shape(), () -> tensor)
              : pending(parameter, shape, weights, mixture, importance, threads, progress));
    }
    Gguf.write(file, metadata, tensors);
  }

  private static Gguf.Pending pending(
      Parameter parameter,
      ModelShape shape,
      ModelTensors weights,
      GgufMixture mixture,
      Map<String, float[]> importance,
      int threads,
      LongConsumer progress) {
    DataType stored = mixture.of(parameter, shape.parameters());
    return new Gguf.Pending(
        stored,
        parameter.storedShape(Form.GGUF),
        () -> {
          HostTensor exact = weights.forGguf(parameter);
          float[] columns = importance.get(parameter.name());
          HostTensor made = exact.to(stored, columns, threads);
          progress.accept(made.size());
          return made;
        });
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
