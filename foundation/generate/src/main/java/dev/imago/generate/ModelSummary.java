package dev.imago.generate;

import dev.imago.model.AdapterFile;
import dev.imago.model.Architectures;
import dev.imago.model.ConfigJson;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.SafetensorsFolder;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a model's files hold, without computing anything; also of a model that does not run here,
/// as far as its files can be read.
///
/// @param form `GGUF` or `safetensors`
/// @param architecture as the files name it; empty where they do not
/// @param refusal why it does not run here; empty where it does
/// @param stored its tensors by type, the most bytes first
/// @param tokenizer empty where there is none that is read
/// @param template whether the files bring a template for conversations
/// @param stopIds at which an answer ends, the end of text first
public record ModelSummary(
    String form,
    String architecture,
    Optional<ModelShape> shape,
    String refusal,
    List<Stored> stored,
    Optional<Tokenizer> tokenizer,
    boolean template,
    List<Integer> stopIds,
    ModelCard card) {
  private static final String ADAPTER = "an adapter in safetensors";

  public ModelSummary {
    stored = List.copyOf(stored);
    stopIds = List.copyOf(stopIds);
  }

  /// The tensors of one type.
  ///
  /// @param type such as `Q4_K`
  /// @param numbers of all of them; 0 where the type is not read here
  /// @param bytes likewise
  public record Stored(String type, int tensors, long numbers, long bytes) {}

  /// Numbers of all tensors.
  public long numbers() {
    return stored.stream().mapToLong(Stored::numbers).sum();
  }

  /// Bytes of all tensors.
  public long bytes() {
    return stored.stream().mapToLong(Stored::bytes).sum();
  }

  /// Bytes of the weights while the model runs: of its tensors, or of an adapter those of the whole
  /// model, which is merged in F32.
  public long weightBytes() {
    return form.equals(ADAPTER)
        ? shape.map(s -> Float.BYTES * s.parameterCount()).orElse(bytes())
        : bytes();
  }

  /// Bytes of the keys and values of so many tokens of one sequence.
  ///
  /// @param type in which they are kept
  /// @throws IllegalStateException for a model of a shape that is not known
  /// @throws IllegalArgumentException for a type that cannot keep what this model does
  public long contextBytes(int tokens, CacheType type) {
    ModelShape known = shape.orElseThrow(() -> new IllegalStateException("an unknown shape"));
    type.check(known.keyHeadWidth());
    return CacheBlocks.bytes(type, known.layers(), known.keyWidth(), tokens);
  }

  /// Reads a `.gguf` file, a folder that holds `model.gguf`, or a Hugging Face folder.
  ///
  /// @throws IOException when a file is missing or broken: the message names it, and the offset
  public static ModelSummary read(Path path) throws IOException {
    Path inside = path.resolve("model.gguf");
    if (Files.isDirectory(path) && !Files.exists(inside)) {
      return ofFolder(path);
    }
    Path file = Files.isDirectory(path) ? inside : path;
    try (Gguf gguf = Gguf.open(file)) {
      return ofGguf(path, gguf);
    }
  }

  private static ModelSummary ofGguf(Path path, Gguf gguf) throws IOException {
    Optional<GgufVocabulary> vocabulary;
    try {
      vocabulary = Optional.of(GgufVocabulary.read(gguf.metadata()));
    } catch (IllegalArgumentException e) {
      vocabulary = Optional.empty();
    }
    Optional<ModelShape> shape;
    try {
      shape = Optional.of(Architectures.read(gguf.metadata(), gguf.tensors()));
    } catch (IllegalArgumentException e) {
      shape = Optional.empty();
    }
    GgufValue named = gguf.metadata().get("general.architecture");
    var stored = new ArrayList<>(stored(gguf.tensors()));
    Map<String, Integer> unread = new TreeMap<>();
    gguf.unread().values().forEach(type -> unread.merge(type, 1, Integer::sum));
    unread.forEach((type, count) -> stored.add(new Stored(type, count, 0, 0)));
    return new ModelSummary(
        "GGUF",
        named instanceof GgufValue.Text(String text) ? text : "",
        shape,
        refusal(path),
        stored,
        vocabulary.map(GgufVocabulary::tokenizer),
        vocabulary.flatMap(GgufVocabulary::chatTemplate).isPresent(),
        vocabulary.map(GgufVocabulary::stopIds).orElse(List.of()),
        ModelCard.of(gguf.metadata(), shape.map(ModelShape::parameterCount).orElse(0L)));
  }

  private static ModelSummary ofFolder(Path folder) throws IOException {
    if (SafetensorsFolder.isOne(folder)) {
      try (SafetensorsFolder files = SafetensorsFolder.open(folder)) {
        return ofFolder(folder, "safetensors", files.tensors());
      }
    }
    if (AdapterFile.isOne(folder)) {
      try (AdapterFile file = AdapterFile.open(folder)) {
        return ofFolder(folder, ADAPTER, file.tensors());
      }
    }
    throw ModelFile.none(folder);
  }

  private static ModelSummary ofFolder(Path folder, String form, Map<String, HostTensor> tensors)
      throws IOException {
    Path config = folder.resolve("config.json");
    Path vocabulary = folder.resolve("tokenizer.json");
    Optional<ModelShape> shape = Optional.empty();
    List<Integer> stops = List.of();
    String named = "";
    try {
      if (Files.exists(config)) {
        String json = Files.readString(config);
        named = new ConfigJson(json).text("model_type", "");
        shape = Optional.of(Architectures.read(json));
        stops = ModelFile.stops(folder);
      }
    } catch (IllegalArgumentException e) {
      shape = Optional.empty();
    }
    Optional<Tokenizer> tokenizer;
    try {
      tokenizer =
          Files.exists(vocabulary) ? Optional.of(Tokenizer.load(vocabulary)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      tokenizer = Optional.empty();
    }
    return new ModelSummary(
        form,
        shape.map(ModelShape::architecture).orElse(named),
        shape,
        refusal(folder),
        stored(tensors),
        tokenizer,
        ModelFile.hasTemplate(folder),
        stops,
        ModelFile.card(folder).ofParameters(shape.map(ModelShape::parameterCount).orElse(0L)));
  }

  /// Why it does not run, in the words of whoever would run it.
  private static String refusal(Path path) throws IOException {
    try {
      ModelCheck.check(path);
      return "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static List<Stored> stored(Map<String, HostTensor> tensors) {
    Map<String, Stored> byType = new TreeMap<>();
    for (HostTensor tensor : tensors.values()) {
      byType.merge(
          tensor.type().name(),
          new Stored(tensor.type().name(), 1, tensor.size(), tensor.data().byteSize()),
          (a, b) ->
              new Stored(a.type, a.tensors + b.tensors, a.numbers + b.numbers, a.bytes + b.bytes));
    }
    return byType.values().stream()
        .sorted(Comparator.comparingLong(Stored::bytes).reversed())
        .toList();
  }
}
