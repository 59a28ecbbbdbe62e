// Past 400 lines: one form of file: each kind of tensor that it may hold, checked against a model.
package dev.imago.model;

import dev.imago.tensor.Bottleneck;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An adapter in PEFT's form, open: `adapter_config.json` and `adapter_model.safetensors`, whose
/// tensors are called after the modules that they change, behind `base_model.model.`.
/// <https://huggingface.co/docs/peft/developer_guides/checkpoint>
public final class AdapterFile implements AutoCloseable {
  public static final String TENSORS = "adapter_model.safetensors";

  /// The parts of a bottleneck, behind the beginning of their names.
  private static final List<String> PARTS =
      List.of(
          "adapter_down.0.weight", "adapter_down.0.bias", "adapter_up.weight", "adapter_up.bias");

  private static final String PREFIX = "base_model.model.";
  private static final String WHOLE = "base_model.";
  private static final String WEIGHT = ".weight";

  /// The name of an artifact's folder: the hash of what is in it.
  private static final String ARTIFACT = "[0-9a-f]{64}";

  /// What stands before each text, in PEFT's files.
  public static final String VIRTUAL = "prompt_embeddings";

  /// What a last layer of classes or tags is called, by any family.
  private static final String LAST =
      ".*\\b(score|classifier|classifier\\.out_proj|classification_head\\.out_proj)\\.weight";

  /// Rows of an embedding, behind its module's name.
  public static final String ROWS = "token_adapter.trainable_tokens_delta";

  private final Path folder;
  private final AdapterConfig config;
  private final Safetensors file;

  /// A last layer in a file of its own, as AdapterHub has it.
  private final @Nullable Safetensors head;

  private AdapterFile(
      Path folder, AdapterConfig config, Safetensors file, @Nullable Safetensors head) {
    this.folder = folder;
    this.config = config;
    this.file = file;
    this.head = head;
  }

  /// Whether a folder claims to hold an adapter.
  public static boolean isOne(Path folder) {
    return Files.exists(folder.resolve(AdapterConfig.FILE));
  }

  /// @throws IOException where a file is missing or broken
  /// @throws IllegalArgumentException naming what of it is not computed
  public static AdapterFile open(Path folder) throws IOException {
    AdapterConfig config;
    try {
      config = AdapterConfig.read(Files.readString(folder.resolve(AdapterConfig.FILE)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(folder + ": " + e.getMessage(), e);
    }
    if (config.bottlenecks().isEmpty()) {
      return new AdapterFile(folder, config, Safetensors.open(folder.resolve(TENSORS)), null);
    }
    Safetensors own = Safetensors.open(folder.resolve(BottleneckConfig.TENSORS));
    try {
      Path head = folder.resolve(BottleneckConfig.HEAD);
      return new AdapterFile(
          folder, config, own, Files.exists(head) ? Safetensors.open(head) : null);
    } catch (IOException | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  public AdapterConfig config() {
    return config;
  }

  /// All tensors, by the names that they have in the file.
  public Map<String, HostTensor> tensors() {
    if (head == null) {
      return file.tensors();
    }
    var both = new LinkedHashMap<>(file.tensors());
    both.putAll(head.tensors());
    return both;
  }

  /// Where the model lies that it was made for; nothing where the file names none, or a hub's.
  public Optional<Path> base() {
    return config.base().map(b -> folder.resolve(b).normalize()).filter(Files::isDirectory);
  }

  /// In words, with the mend.
  private String otherBase() {
    return config
        .base()
        .map(
            own ->
                "it is for another base, «%s» by its settings; take it with that one"
                    .formatted(shortened(own)))
        .orElse("it is for another base; take it with the model that it was trained on");
  }

  /// Whether it names an artifact as its base, and this is another: one of the same shape would
  /// take it, and answer wrongly. A base elsewhere may be a copy.
  ///
  /// @param base a folder
  public boolean isOfAnother(Path base) {
    String own = config.base().map(b -> String.valueOf(Path.of(b).getFileName())).orElse("");
    String here = String.valueOf(base.normalize().getFileName());
    return own.matches(ARTIFACT) && here.matches(ARTIFACT) && !own.equals(here);
  }

  /// @throws IllegalArgumentException where it [#isOfAnother]
  public void checkBase(Path base) {
    if (isOfAnother(base)) {
      throw new IllegalArgumentException(
          "%s is not of %s: %s".formatted(folder, base, otherBase()));
    }
  }

  /// The model with the adapter: the base, with a last layer of as many labels as the adapter's own
  /// has rows, and rows for tokens that the base does not have.
  public ModelShape shape(ModelShape base) {
    return labelled(Architectures.ofTokens(base, rows(base.vocabularySize())));
  }

  /// The rows of a vocabulary with the adapter's own tokens, where they begin where it ends.
  private int rows(int rows) {
    int to = rows;
    for (List<Integer> ids : config.tokens().values()) {
      int whole = rows;
      for (int id : ids.stream().sorted().toList()) {
        whole += id == whole ? 1 : 0;
      }
      to = Math.max(to, whole);
    }
    return to;
  }

  /// The base with the last layer that the task needs, where it has another.
  ///
  /// @throws IllegalArgumentException where neither the adapter nor the base has one
  private ModelShape labelled(ModelShape base) {
    return switch (config.task()) {
      case "TOKEN_CLS" -> labelled(base, true);
      case "SEQ_CLS" -> labelled(base, false);
      case "QUESTION_ANS" ->
          base.output() instanceof Output.Span ? base : base.withOutput(new Output.Span());
      case "FEATURE_EXTRACTION" ->
          base.output() instanceof Output.Embedding
              ? base
              : base.withOutput(new Output.Embedding(Operations.Pooling.MEAN));
      default -> base;
    };
  }

  private ModelShape labelled(ModelShape base, boolean tags) {
    Output own = base.output();
    boolean same = tags ? own instanceof Output.Tags : own instanceof Output.Classes;
    for (Map.Entry<String, HostTensor> entry : tensors().entrySet()) {
      if (entry.getKey().matches(LAST)) {
        int rows = (int) entry.getValue().shape()[0];
        if (same && own.names().size() == rows) {
          return base;
        }
        List<String> labels = IntStream.range(0, rows).mapToObj(i -> "LABEL_" + i).toList();
        return base.withOutput(tags ? new Output.Tags(labels) : new Output.Classes(labels));
      }
    }
    if (!same) {
      throw new IllegalArgumentException(
          "%s is of %s and has no last layer for them, nor has the base: it was not saved (modules_to_save names it)"
              .formatted(folder, tags ? "tags" : "classes"));
    }
    return base;
  }

  /// What stands before each text with the adapter; nothing where it changes parameters alone.
  ///
  /// @param shape of the model with the adapter
  /// @throws IllegalArgumentException where it is of another model, or missing
  public Optional<VirtualTokens> virtualTokens(ModelShape shape) {
    if (config.virtual().isEmpty()) {
      return Optional.empty();
    }
    boolean keys = config.method() == AdapterConfig.Method.PREFIX_TUNING;
    HostTensor values = file.tensors().get(VIRTUAL);
    if (values == null) {
      throw new IllegalArgumentException("%s has no tensor «%s»".formatted(folder, VIRTUAL));
    }
    check(VIRTUAL, values, config.virtual().get().tokens(), VirtualTokens.width(shape, keys));
    return Optional.of(new VirtualTokens(values, keys));
  }

  /// What stands behind linear layers, by the names of their matrices; nothing of other methods.
  ///
  /// @param shape of the model with the adapter
  /// @throws IllegalArgumentException naming the tensor that is missing, or of another model
  public Map<String, Bottleneck> bottlenecks(ModelShape shape) {
    if (config.bottlenecks().isEmpty()) {
      return Map.of();
    }
    var named = new HashMap<String, HostTensor>();
    file.tensors().forEach((name, tensor) -> named.put(plain(name), tensor));
    var to = new TreeMap<String, Bottleneck>();
    for (Parameter p : shape.parameters()) {
      String before =
          befores(shape, p.name())
              .filter(b -> named.containsKey(b + PARTS.getFirst()))
              .findFirst()
              .orElse("");
      if (before.isEmpty()) {
        continue; // `leave_out` names blocks without.
      }
      List<HostTensor> parts = PARTS.stream().map(part -> part(named, before + part)).toList();
      int rank = (int) parts.getFirst().shape()[0];
      check(before + PARTS.get(0), parts.get(0), rank, p.rows());
      check(before + PARTS.get(1), parts.get(1), rank);
      check(before + PARTS.get(2), parts.get(2), p.rows(), rank);
      check(before + PARTS.get(3), parts.get(3), p.rows());
      to.put(
          p.name(),
          new Bottleneck(
              config.bottlenecks().get().function(),
              parts.get(0),
              parts.get(1),
              parts.get(2),
              parts.get(3)));
    }
    if (to.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no bottleneck for a layer of a %s: %s"
              .formatted(folder, shape.architecture(), otherBase()));
    }
    return to;
  }

  /// What a layer's bottleneck may be called, before its parts.
  private static Stream<String> befores(ModelShape shape, String parameter) {
    return Stream.concat(Stream.of(parameter), shape.aliases(parameter).stream())
        .flatMap(name -> BottleneckConfig.before(name).stream());
  }

  private HostTensor part(Map<String, HostTensor> named, String name) {
    HostTensor found = named.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "%s has no tensor «%s»".formatted(folder, shortened(name)));
    }
    return found;
  }

  /// What the adapter makes of a model's parameters, by their names.
  ///
  /// @param shape of the model with the adapter
  /// @throws IllegalArgumentException naming the tensor that the model has no place for, that has
  ///   another shape, or that would change what is tied to it
  public Map<String, AdapterChange> changes(ModelShape shape) {
    Map<String, Parameter> known = names(shape);
    var to = new TreeMap<String, AdapterChange>();
    var left = new LinkedHashMap<String, HostTensor>();
    tensors().forEach((name, tensor) -> left.put(plain(name), tensor));
    if (config.method().virtual()) {
      left.remove(VIRTUAL);
    }
    if (config.bottlenecks().isPresent()) {
      for (String name : bottlenecks(shape).keySet()) {
        befores(shape, name).forEach(before -> PARTS.forEach(part -> left.remove(before + part)));
      }
    }
    while (!left.isEmpty()) {
      String name = left.firstEntry().getKey();
      HostTensor values = left.firstEntry().getValue();
      int cut = cut(name);
      if (cut < 0) {
        replace(parameter(known, name), name, values, to);
        left.remove(name);
      } else if (name.endsWith("." + ROWS)) {
        rows(known, name.substring(0, cut), values, to);
        left.remove(name);
      } else if (name.startsWith(".ia3_l", cut)) {
        factors(known, name.substring(0, cut), values, to);
        left.remove(name);
      } else {
        lowRank(known, name.substring(0, cut), left, to);
      }
    }
    checkTied(shape, to);
    return to;
  }

  /// Where the adapter's part of a name begins; −1 for a parameter's own name.
  private static int cut(String name) {
    for (String part : new String[] {".lora_", ".ia3_l", ".token_adapter."}) {
      int at = name.lastIndexOf(part);
      if (at >= 0) {
        return at;
      }
    }
    return -1;
  }

  private String plain(String name) {
    if (config.bottlenecks().isPresent()) {
      return BottleneckConfig.plain(name);
    }
    // What stands before texts wraps no module of the model.
    String first = config.method().virtual() ? WHOLE : PREFIX;
    String own = name.startsWith(first) ? name.substring(first.length()) : name;
    return own.replace(".base_layer.", ".");
  }

  /// The parameters by all names that files have for them.
  private static Map<String, Parameter> names(ModelShape shape) {
    var to = new HashMap<String, Parameter>();
    for (Parameter p : shape.parameters()) {
      shape.aliases(p.name()).forEach(alias -> to.putIfAbsent(alias, p));
      to.put(p.name(), p);
    }
    return to;
  }

  private Parameter parameter(Map<String, Parameter> known, String name) {
    Parameter found = known.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "%s changes «%s», which the model does not have: %s"
              .formatted(folder, shortened(name), otherBase()));
    }
    return found;
  }

  private static String shortened(String name) {
    return name.length() > 80 ? name.substring(0, 80) + "…" : name;
  }

  private void replace(Parameter p, String name, HostTensor values, Map<String, AdapterChange> to) {
    check(name, values, p.storedShape(Form.HUGGING_FACE));
    to.put(p.name(), new AdapterChange.Replaced(values));
  }

  private void rows(
      Map<String, Parameter> known,
      String module,
      HostTensor values,
      Map<String, AdapterChange> to) {
    Parameter p = parameter(known, module + WEIGHT);
    List<Integer> ids = config.tokens(module);
    if (ids.isEmpty() || ids.stream().anyMatch(id -> id < 0 || id >= p.rows())) {
      throw new IllegalArgumentException(
          "%s: trainable_token_indices = %s are no ids within 0 … %d, the rows of «%s»: %s"
              .formatted(folder, ids, p.rows() - 1, shortened(module), otherBase()));
    }
    check(module + "." + ROWS, values, ids.size(), p.columns());
    if (to.put(p.name(), new AdapterChange.Rows(ids, values)) != null) {
      throw new IllegalArgumentException(
          "%s changes «%s» twice: rows of it, and all of it; save it with PEFT's save_embedding_layers = False"
              .formatted(folder, shortened(module)));
    }
  }

  private void factors(
      Map<String, Parameter> known,
      String module,
      HostTensor values,
      Map<String, AdapterChange> to) {
    Parameter p = parameter(known, module + WEIGHT);
    boolean columns = values.shape().length == 2 && values.shape()[0] == 1;
    boolean inputs = columns && (p.rows() != 1 || fed(module));
    check(
        module + ".ia3_l", values, inputs ? new long[] {1, p.columns()} : new long[] {p.rows(), 1});
    to.put(p.name(), new AdapterChange.Factors(values, inputs));
    Parameter bias = known.get(module + ".bias");
    if (bias != null && !inputs) {
      to.put(bias.name(), new AdapterChange.Factors(values, false));
    }
  }

  private boolean fed(String module) {
    return config.feedForward().stream()
        .anyMatch(f -> module.equals(f) || module.endsWith("." + f));
  }

  private void lowRank(
      Map<String, Parameter> known,
      String module,
      Map<String, HostTensor> left,
      Map<String, AdapterChange> to) {
    Parameter p = parameter(known, module + WEIGHT);
    boolean embedding = left.containsKey(module + ".lora_embedding_A");
    String first = module + (embedding ? ".lora_embedding_A" : ".lora_A.weight");
    String last = module + (embedding ? ".lora_embedding_B" : ".lora_B.weight");
    HostTensor a = left.remove(first);
    HostTensor b = left.remove(last);
    if (a == null || b == null || a.shape().length != 2) {
      String other =
          left.keySet().stream()
              .filter(n -> n.startsWith(module + ".lora_"))
              .findFirst()
              .orElse(first);
      throw new IllegalArgumentException(
          "%s: «%s» is without what belongs beside it, or is not computed"
              .formatted(folder, shortened(other)));
    }
    // Of an embedding [V,D] the first is [r,V], the last [D,r]: the table gets their product
    // turned.
    int rank = (int) a.shape()[0];
    check(first, a, rank, embedding ? p.rows() : p.columns());
    check(last, b, embedding ? p.columns() : p.rows(), rank);
    HostTensor magnitude = left.remove(module + ".lora_magnitude_vector");
    if (magnitude == null) {
      magnitude = left.remove(module + ".lora_magnitude_vector.weight");
    }
    checkMagnitude(module, p, magnitude, embedding);
    double scale = config.scale(module, rank);
    to.put(
        p.name(),
        embedding
            ? new AdapterChange.LowRank(turned(a), turned(b), scale, null)
            : new AdapterChange.LowRank(b, a, scale, magnitude));
    for (String name : left.keySet()) {
      if (name.startsWith(module + ".lora_")) {
        throw new IllegalArgumentException(
            "%s: «%s» is not computed, and the adapter's numbers would be others without"
                .formatted(folder, shortened(name)));
      }
    }
  }

  private void checkMagnitude(
      String module, Parameter p, @Nullable HostTensor magnitude, boolean embedding) {
    if (magnitude != null) {
      check(module + ".lora_magnitude_vector", magnitude, p.rows());
    }
    if ((magnitude != null) != config.magnitudes() || magnitude != null && embedding) {
      throw new IllegalArgumentException(
          "%s: use_dora = %s, and «%s» has %s lengths of rows"
              .formatted(
                  folder,
                  config.magnitudes(),
                  shortened(module),
                  magnitude == null ? "no" : "such"));
    }
  }

  private static HostTensor turned(HostTensor tensor) {
    int rows = (int) tensor.shape()[0];
    int columns = (int) tensor.shape()[1];
    float[] from = tensor.toFloats();
    float[] to = new float[from.length];
    for (int i = 0; i < from.length; i++) {
      to[i % columns * rows + i / columns] = from[i];
    }
    return HostTensor.of(to, columns, rows);
  }

  private void check(String name, HostTensor tensor, long... shape) {
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new IllegalArgumentException(
          "%s: «%s» is %s, and the model's is %s: %s"
              .formatted(folder, shortened(name), tensor, Arrays.toString(shape), otherBase()));
    }
  }

  /// PEFT changes one of two tied matrices and leaves the other; here they are one.
  private void checkTied(ModelShape shape, Map<String, AdapterChange> changes) {
    for (Parameter p : shape.parameters()) {
      AdapterChange own = changes.get(p.name());
      AdapterChange other = p.tied() ? changes.get(p.tiedTo().orElseThrow()) : null;
      if (!p.tied() || own == null && other == null) {
        continue;
      }
      if (own == null && other instanceof AdapterChange.Rows) {
        continue; // PEFT's head goes with the rows of a tied embedding.
      }
      boolean same =
          own instanceof AdapterChange.Replaced(HostTensor a)
              && other instanceof AdapterChange.Replaced(HostTensor b)
              && a.equals(b);
      if (!same) {
        throw new IllegalArgumentException(
            "%s changes one of «%s» and «%s», which the model's config ties: merged, both would change; save the base with tie_word_embeddings = false"
                .formatted(folder, p.name(), p.tiedTo().orElseThrow()));
      }
      changes.remove(p.name());
    }
  }

  @Override
  public void close() {
    if (head != null) {
      head.close();
    }
    file.close();
  }
}
