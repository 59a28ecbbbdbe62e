package dev.imago.model;

import dev.imago.tensor.HostTensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file's tensors, seen by a model's table: none missing, none of another shape, none to spare.
public final class ModelTensors {
  private final Form form;
  private final Map<String, HostTensor> stored;
  private final @Nullable ModelTensors base;
  private final Map<String, AdapterChange> changes;

  /// Compares a file with a table.
  ///
  /// @param where names the file, for messages
  /// @throws IllegalArgumentException naming the tensor that is missing, of another shape, or that
  ///   the model has no use for
  public ModelTensors(String where, ModelShape shape, Form form, Map<String, HostTensor> file) {
    Map<String, HostTensor> tensors = shape.unpacked(form, file);
    this.form = form;
    this.stored = new LinkedHashMap<>();
    this.base = null;
    this.changes = Map.of();
    Set<String> left = new HashSet<>(tensors.keySet());
    for (Parameter p : shape.parameters()) {
      if (p.tied()) {
        // Some writers repeat the numbers; llama.cpp and we take the one they are tied to.
        checkRepeated(where, p, tensors);
        p.gguf().ifPresent(g -> left.remove(form == Form.GGUF ? g.name() : p.name()));
        left.remove(p.storedName(Form.HUGGING_FACE));
        continue;
      }
      String name = found(shape, p, tensors.keySet());
      HostTensor tensor = tensors.get(name);
      if (tensor == null) {
        throw new IllegalArgumentException(
            "%s has no tensor «%s», which its config asks for".formatted(where, name));
      }
      if (!Arrays.equals(tensor.shape(), p.storedShape(form))) {
        throw new IllegalArgumentException(
            "%s: «%s» is %s, and the config wants %s"
                .formatted(where, name, tensor, Arrays.toString(p.storedShape(form))));
      }
      left.remove(name);
      stored.put(p.name(), tensor);
    }
    left.removeIf(name -> shape.ignores(name, form));
    if (!left.isEmpty()) {
      String first = left.stream().sorted().findFirst().orElseThrow();
      throw new IllegalArgumentException(
          "%s has %s that a %s of its config has no place for: «%s»%s; its answers would be wrong without"
              .formatted(
                  where,
                  left.size() == 1 ? "a tensor" : left.size() + " tensors",
                  shape.architecture(),
                  first.length() > 80 ? first.substring(0, 80) + "…" : first,
                  left.size() == 1 ? "" : " and others"));
    }
  }

  private ModelTensors(ModelTensors base, Map<String, AdapterChange> changes) {
    this.form = Form.HUGGING_FACE;
    this.stored = Map.of();
    this.base = base;
    this.changes = changes;
  }

  /// A model's tensors as an adapter makes them, each when it is asked for. What the base has and
  /// the shape does not, such as another last layer, is left out.
  ///
  /// @param base of a Hugging Face folder
  /// @param shape of the model with the adapter
  /// @throws IllegalArgumentException naming the tensor that neither of the two has
  static ModelTensors adapted(
      ModelTensors base, ModelShape shape, Map<String, AdapterChange> changes) {
    for (Parameter p : shape.parameters()) {
      if (!p.tied() && !(changes.get(p.name()) instanceof AdapterChange.Replaced)) {
        HostTensor own = base.find(p.name());
        long[] whole = p.storedShape(Form.HUGGING_FACE);
        if (own != null
            && changes.get(p.name()) instanceof AdapterChange.Rows rows
            && rows.completes(own.shape(), whole)) {
          continue; // Tokens that the base has no rows for.
        }
        if (own == null || !Arrays.equals(own.shape(), whole)) {
          throw new IllegalArgumentException(
              "«%s» is %s in the base, and the model with the adapter has it as %s"
                  .formatted(p.name(), own == null ? "not" : own, Arrays.toString(whole)));
        }
      }
    }
    return new ModelTensors(base, changes);
  }

  /// A tensor as the first base holds it; nothing where it has none of the name.
  private @Nullable HostTensor find(String name) {
    AdapterChange change = changes.get(name);
    if (change instanceof AdapterChange.Replaced(HostTensor values)) {
      return values;
    }
    return base == null ? stored.get(name) : base.find(name);
  }

  /// A copy with numbers of its own would be lost without a word.
  private static void checkRepeated(String where, Parameter p, Map<String, HostTensor> tensors) {
    HostTensor copy = tensors.get(p.name());
    HostTensor first = tensors.get(p.tiedTo().orElse(""));
    if (copy != null && first != null && copy.data().mismatch(first.data()) != -1) {
      throw new IllegalArgumentException(
          "%s: «%s» differs from «%s», and the config ties them: set tie_word_embeddings to false"
              .formatted(where, p.name(), p.tiedTo().orElse("")));
    }
  }

  private String found(ModelShape shape, Parameter p, Set<String> names) {
    String name = p.storedName(form);
    if (form == Form.GGUF || names.contains(name)) {
      return name;
    }
    for (String other : shape.aliases(name)) {
      if (names.contains(other)) {
        return other;
      }
    }
    return name;
  }

  public Form form() {
    return form;
  }

  /// A tensor as the operations take it: in place in its file wherever that holds it so.
  public HostTensor get(Parameter parameter) {
    AdapterChange change = changes.get(parameter.tiedTo().orElse(parameter.name()));
    if (base != null && !(change instanceof AdapterChange.Replaced)) {
      HostTensor before = base.get(parameter);
      return change == null ? before : change.of(before);
    }
    HostTensor tensor = find(parameter.tiedTo().orElse(parameter.name()));
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor " + parameter.name());
    }
    return form == Form.HUGGING_FACE && parameter.transposed() ? transposed(tensor) : tensor;
  }

  /// Whether an adapter adds to a parameter of the base, or multiplies it.
  boolean changes(Parameter parameter) {
    AdapterChange change = changes.get(parameter.name());
    return change != null && !(change instanceof AdapterChange.Replaced);
  }

  /// A tensor of the base, as the operations take it.
  HostTensor before(Parameter parameter) {
    return base == null ? get(parameter) : base.get(parameter);
  }

  /// A tensor as GGUF has it.
  public HostTensor forGguf(Parameter parameter) {
    HostTensor tensor = get(parameter);
    float more = parameter.gguf().map(Parameter.Gguf::more).orElse(0f);
    if (form == Form.HUGGING_FACE && more != 0) {
      float[] values = tensor.toFloats();
      for (int i = 0; i < values.length; i++) {
        values[i] += more;
      }
      return HostTensor.of(values, tensor.shape());
    }
    int from = parameter.gguf().map(Parameter.Gguf::from).orElse(0);
    if (form == Form.HUGGING_FACE && from > 0) {
      long[] shape = parameter.storedShape(Form.GGUF);
      long skipped = tensor.type().bytes(from, shape[1]);
      return new HostTensor(tensor.type(), shape, tensor.data().asSlice(skipped));
    }
    return form == Form.GGUF ? tensor : ordered(tensor, parameter, Form.GGUF);
  }

  /// Rows that go with a parameter's, such as the B of an adapter's, as files of a form order them.
  ///
  /// @param rows [out,…] as Hugging Face orders them
  public static HostTensor ordered(HostTensor rows, Parameter parameter, Form form) {
    int rotated = parameter.gguf().map(Parameter.Gguf::rotated).orElse(0);
    return form == Form.GGUF && rotated > 0 ? pairs(rows, rotated) : rows;
  }

  /// The tensors of a Hugging Face file, in the order of the table.
  ///
  /// @param values each parameter as the operations take it
  public static SequencedMap<String, HostTensor> forHuggingFace(
      ModelShape shape, Map<String, HostTensor> values) {
    var to = new LinkedHashMap<String, HostTensor>();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        HostTensor value = values.get(p.name());
        if (value == null) {
          throw new IllegalStateException("no weight " + p.name());
        }
        to.put(shape.writtenName(p.name()), p.transposed() ? transposed(value) : value);
      }
    }
    return to;
  }

  private static HostTensor transposed(HostTensor tensor) {
    int rows = (int) tensor.shape()[0];
    int columns = (int) tensor.shape()[1];
    float[] from = tensor.toFloats();
    float[] to = new float[from.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        to[c * rows + r] = from[r * columns + c];
      }
    }
    return HostTensor.of(to, columns, rows);
  }

  /// Row s · C/2 + i of each head (s 0 or 1) becomes row 2i + s.
  private static HostTensor pairs(HostTensor tensor, int headWidth) {
    long[] shape = tensor.shape();
    long rowBytes = tensor.type().bytes(shape.length == 1 ? 1 : shape[1]);
    MemorySegment to = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.data().byteSize())]);
    int half = headWidth / 2;
    for (int row = 0; row < shape[0]; row++) {
      int within = row % headWidth;
      int target = row - within + 2 * (within % half) + within / half;
      MemorySegment.copy(tensor.data(), row * rowBytes, to, target * rowBytes, rowBytes);
    }
    return new HostTensor(tensor.type(), shape, to);
  }
}
