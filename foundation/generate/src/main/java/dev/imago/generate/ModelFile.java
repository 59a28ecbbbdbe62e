package dev.imago.generate;

import dev.imago.model.DecoderConfig;
import dev.imago.model.LlamaFolder;
import dev.imago.model.LlamaGguf;
import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.DataType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An open model on disk, of either kind, seen by Hugging Face's names.
final class ModelFile implements AutoCloseable {
  private final Path path;
  private final Kind kind;
  private final Map<String, HostTensor> tensors;
  private final DecoderConfig config;
  private final Tokenizer tokenizer;
  private final ChatTemplate chatTemplate;
  private final Set<Integer> stopIds;
  private final Opened opened;

  private enum Kind {
    GGUF,
    HUGGING_FACE
  }

  /// What has to be closed.
  private interface Opened extends AutoCloseable {
    @Override
    void close();
  }

  private ModelFile(Path path, Gguf gguf) {
    this.path = path;
    this.kind = Kind.GGUF;
    this.opened = gguf::close;
    this.tensors = gguf.tensors();
    this.config = LlamaGguf.config(gguf.metadata(), !tensors.containsKey("output.weight"));
    GgufVocabulary vocabulary = GgufVocabulary.read(gguf.metadata());
    this.tokenizer = vocabulary.tokenizer();
    this.chatTemplate = vocabulary.parsedTemplate();
    this.stopIds = ordered(vocabulary.stopIds());
  }

  private ModelFile(Path folder, Safetensors file) throws IOException {
    this.path = folder;
    this.kind = Kind.HUGGING_FACE;
    this.opened = file::close;
    this.tensors = file.tensors();
    String json = Files.readString(folder.resolve("config.json"));
    this.config = LlamaFolder.config(json);
    this.tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    this.chatTemplate =
        hasTemplate(folder)
            ? ChatTemplate.load(folder.resolve("tokenizer_config.json"))
            : ChatTemplate.chatml();
    this.stopIds = ordered(stops(folder));
  }

  /// Whether a Hugging Face folder brings a template for conversations.
  static boolean hasTemplate(Path folder) throws IOException {
    Path config = folder.resolve("tokenizer_config.json");
    return Files.exists(config)
        && (Files.readString(config).contains("\"chat_template\"")
            || Files.exists(folder.resolve("chat_template.jinja")));
  }

  /// The ids that end an answer in a Hugging Face folder, the end of text first.
  static List<Integer> stops(Path folder) throws IOException {
    var stops = new ArrayList<>(LlamaFolder.stops(Files.readString(folder.resolve("config.json"))));
    Path generation = folder.resolve("generation_config.json");
    if (Files.exists(generation)) {
      stops.addAll(LlamaFolder.stops(Files.readString(generation)));
    }
    return stops.stream().distinct().toList();
  }

  private static Set<Integer> ordered(List<Integer> ids) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(ids));
  }

  static ModelFile open(Path path) throws IOException {
    Path inside = path.resolve("model.gguf");
    if (Files.isDirectory(path) && !Files.exists(inside)) {
      Path weights = path.resolve("model.safetensors");
      if (!Files.exists(weights)) {
        throw new NoSuchFileException(
            path.toString(), null, "the folder holds neither model.gguf nor model.safetensors");
      }
      Safetensors file = Safetensors.open(weights);
      try {
        return new ModelFile(path, file);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }
    Path file = Files.isDirectory(path) ? inside : path;
    Gguf gguf = Gguf.open(file);
    try {
      return new ModelFile(file, gguf);
    } catch (RuntimeException e) {
      gguf.close();
      throw e;
    }
  }

  DecoderConfig config() {
    return config;
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  ChatTemplate chatTemplate() {
    return chatTemplate;
  }

  Set<Integer> stopIds() {
    return stopIds;
  }

  int endOfText() {
    return stopIds.isEmpty() ? 0 : stopIds.iterator().next();
  }

  AttentionShape.Rotary rotary() {
    return kind == Kind.GGUF ? AttentionShape.Rotary.PAIRS : AttentionShape.Rotary.HALVES;
  }

  String format() {
    return tensor("model.layers.0.self_attn.q_proj.weight").type().name();
  }

  long weightBytes() {
    return tensors.values().stream().mapToLong(t -> t.data().byteSize()).sum();
  }

  private HostTensor tensor(String name) {
    String own = kind == Kind.GGUF ? LlamaGguf.tensorName(name) : name;
    HostTensor tensor = tensors.get(own);
    if (tensor == null) {
      throw new IllegalArgumentException(path + " has no tensor «" + own + "»");
    }
    return tensor;
  }

  /// A weight in place, its shape checked against the config.
  CpuWeight weight(List<String> names, List<Integer> rows, int columns) {
    var parts = new ArrayList<HostTensor>();
    for (int i = 0; i < names.size(); i++) {
      HostTensor tensor = tensor(names.get(i));
      long[] expected = columns == 0 ? new long[] {rows.get(i)} : new long[] {rows.get(i), columns};
      if (!Arrays.equals(expected, tensor.shape())) {
        throw new IllegalArgumentException(
            "%s: «%s» is %s, and the config wants %s"
                .formatted(path, names.get(i), tensor, Arrays.toString(expected)));
      }
      parts.add(tensor);
    }
    if (columns == 0) {
      HostTensor vector = parts.getFirst();
      return CpuWeight.vector(vector.type() == DataType.F32 ? vector : vector.to(DataType.F32));
    }
    return CpuWeight.matrix(parts);
  }

  @Override
  public void close() {
    opened.close();
  }
}
