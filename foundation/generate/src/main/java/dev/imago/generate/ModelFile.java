package dev.imago.generate;

import dev.imago.model.Architectures;
import dev.imago.model.Biaffine;
import dev.imago.model.ConfigJson;
import dev.imago.model.Form;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Transitions;
import dev.imago.model.VirtualTokens;
import dev.imago.model.WeightSource;
import dev.imago.templates.ChatTemplate;
import dev.imago.tensor.Bottleneck;
import dev.imago.tensor.CpuBackend;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.HostTensor;
import dev.imago.tokenizers.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// An open model on disk, of either form: its shape, weights, tokenizer and template.
final class ModelFile implements AutoCloseable, WeightSource<CpuWeight> {
  /// A card longer than this was not written for a model.
  private static final long LONGEST_CARD_BYTES = 1 << 20;

  private final ModelTensors tensors;
  private final Map<CpuWeight, List<Parameter>> matrices = new IdentityHashMap<>();
  private final long weightBytes;
  private final ModelShape shape;
  private final Tokenizer tokenizer;
  private final ChatTemplate chatTemplate;
  private final Set<Integer> stopIds;
  private final ModelCard card;
  private final Instant written;
  private final Opened opened;

  /// Of a Hugging Face folder; nothing of a file of GGUF, which may be made of several.
  private final Optional<Path> folder;

  private final Optional<VirtualTokens> virtual;
  private final Map<String, Bottleneck> bottlenecks;

  /// What has to be closed.
  private interface Opened extends AutoCloseable {
    @Override
    void close();
  }

  private ModelFile(Path path, Gguf gguf) throws IOException {
    this.opened = gguf::close;
    this.folder = Optional.empty();
    this.virtual = Optional.empty();
    this.bottlenecks = Map.of();
    this.shape = Architectures.read(gguf.metadata(), gguf.tensors());
    if (!gguf.unread().isEmpty()) {
      var first = gguf.unread().firstEntry();
      throw new IllegalArgumentException(
          "%s: %d tensors are of types that are not read yet, such as «%s» of %s; F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K … Q6_K, IQ4_NL, IQ4_XS and MXFP4 are: get the model in one of those"
              .formatted(path, gguf.unread().size(), first.getKey(), first.getValue()));
    }
    this.tensors = new ModelTensors(path.toString(), shape, Form.GGUF, gguf.tensors());
    this.weightBytes = bytes(gguf.tensors());
    GgufVocabulary vocabulary = GgufVocabulary.read(gguf.metadata());
    this.tokenizer = vocabulary.tokenizer();
    shape.checkTokenizer(tokenizer.textSize(), tokenizer.vocabularySize());
    this.chatTemplate = vocabulary.parsedTemplate();
    this.stopIds = ordered(vocabulary.stopIds());
    this.card = ModelCard.of(gguf.metadata(), shape.parameterCount());
    this.written = Files.getLastModifiedTime(path).toInstant();
  }

  private ModelFile(Path folder, ModelFolder files) throws IOException {
    this.opened = files::close;
    this.folder = Optional.of(folder);
    this.virtual = files.virtualTokens();
    this.bottlenecks = files.bottlenecks();
    this.shape =
        PoolingFile.applied(files.shape(), folder, Files.readString(folder.resolve("config.json")));
    this.tensors = files.tensors();
    this.weightBytes = files.bytes();
    this.tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    shape.checkTokenizer(tokenizer.textSize(), tokenizer.vocabularySize());
    this.chatTemplate =
        hasTemplate(folder)
            ? ChatTemplate.load(folder.resolve("tokenizer_config.json"))
            : ChatTemplate.chatml();
    this.stopIds = ordered(stops(folder));
    this.card = card(folder).ofParameters(shape.parameterCount());
    this.written = Files.getLastModifiedTime(folder.resolve("config.json")).toInstant();
  }

  private static long bytes(Map<String, HostTensor> tensors) {
    return tensors.values().stream().mapToLong(t -> t.data().byteSize()).sum();
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
    var stops =
        new ArrayList<>(new ConfigJson(Files.readString(folder.resolve("config.json"))).stops());
    Path generation = folder.resolve("generation_config.json");
    if (Files.exists(generation)) {
      stops.addAll(new ConfigJson(Files.readString(generation)).stops());
    }
    return stops.stream().distinct().toList();
  }

  /// What a Hugging Face folder's `README.md` says of the model; nothing where there is none.
  static ModelCard card(Path folder) throws IOException {
    Path file = folder.resolve(ModelCardText.FILE);
    boolean readable = Files.isRegularFile(file) && Files.size(file) <= LONGEST_CARD_BYTES;
    return readable
        ? ModelCardText.read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
        : ModelCard.named("");
  }

  private static Set<Integer> ordered(List<Integer> ids) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(ids));
  }

  Optional<Path> folder() {
    return folder;
  }

  static ModelFile open(Path path) throws IOException {
    Path inside = path.resolve("model.gguf");
    if (Files.isDirectory(path) && !Files.exists(inside)) {
      if (!ModelFolder.isOne(path)) {
        throw none(path);
      }
      ModelFolder files = ModelFolder.openWithVirtual(path);
      try {
        return new ModelFile(path, files);
      } catch (IOException | RuntimeException e) {
        files.close();
        throw e;
      }
    }
    Path file = Files.isDirectory(path) ? inside : path;
    Gguf gguf = Gguf.open(file);
    try {
      return new ModelFile(file, gguf);
    } catch (IOException | RuntimeException e) {
      gguf.close();
      throw e;
    }
  }

  /// What a folder without a model is refused with.
  static NoSuchFileException none(Path folder) {
    return new NoSuchFileException(
        folder.toString(),
        null,
        "the folder holds neither model.gguf nor model.safetensors, its shards' index, or an"
            + " adapter");
  }

  ModelCard card() {
    return card;
  }

  /// When the model was written.
  Instant written() {
    return written;
  }

  ModelShape shape() {
    return shape;
  }

  ModelTensors tensors() {
    return tensors;
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

  /// Puts what stands before each text into the steps of a backend.
  void stand(CpuBackend backend) {
    virtual.ifPresent(tokens -> backend.stand(tokens.values(), tokens.keys()));
  }

  /// How the first matrix of the blocks is stored.
  String format() {
    return tensors
        .get(
            shape.parameters().stream()
                .filter(p -> p.isMatrix() && p.block() == 0)
                .findFirst()
                .orElse(shape.parameters().getFirst()))
        .type()
        .name();
  }

  long weightBytes() {
    return weightBytes;
  }

  @Override
  public Form form() {
    return tensors.form();
  }

  /// A weight, in place wherever the file holds it as the operations take it.
  @Override
  public CpuWeight weight(List<Parameter> parts) {
    List<HostTensor> found = parts.stream().map(tensors::get).toList();
    if (!parts.getFirst().isMatrix()) {
      return CpuWeight.vector(found);
    }
    CpuWeight alone = CpuWeight.matrix(found);
    Bottleneck behind = bottlenecks.get(parts.getFirst().name());
    CpuWeight matrix = behind == null ? alone : alone.with(behind);
    matrices.put(matrix, List.copyOf(parts));
    return matrix;
  }

  /// The numbers of a CRF, where the output has one.
  Optional<Transitions> transitions() {
    return shape.output() instanceof Output.Tags(List<String> labels, boolean chained) && chained
        ? Optional.of(
            Transitions.of(
                Transitions.parameters(labels.size()).stream()
                    .map(p -> tensors.get(p).toFloats())
                    .toList()))
        : Optional.empty();
  }

  /// The numbers of a parser, where the output has one.
  Optional<Biaffine> biaffine() {
    return shape.output() instanceof Output.Dependencies parser
        ? Optional.of(Biaffine.of(parser, tensors))
        : Optional.empty();
  }

  /// The matrices that were given out.
  List<CpuWeight> matrices() {
    return List.copyOf(matrices.keySet());
  }

  /// What a matrix that was given out is made of.
  List<Parameter> parts(CpuWeight matrix) {
    return matrices.getOrDefault(matrix, List.of());
  }

  @Override
  public void close() {
    opened.close();
  }
}
