package dev.imago.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A GGUF file (version 3, and 2, which reads the same), memory-mapped: the format of llama.cpp and
/// Ollama. <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>
///
/// Every count, length and offset is checked against the file before anything of its size is
/// allocated.
public final class Gguf implements AutoCloseable {
  /// "GGUF", little-endian.
  static final int MAGIC = 0x46554747;

  static final int VERSION = 3;
  static final int DEFAULT_ALIGNMENT = 32;
  static final String ALIGNMENT = "general.alignment";

  private final List<MappedFile> mapped = new ArrayList<>();
  private final SequencedMap<String, GgufValue> metadata = new LinkedHashMap<>();
  private final SequencedMap<String, HostTensor> tensors = new LinkedHashMap<>();
  private final SequencedMap<String, String> unread = new LinkedHashMap<>();

  private Gguf() {}

  /// Maps a file and checks all that its header claims; of a model that was split, whose first file
  /// this is, the others beside it too.
  ///
  /// @throws BrokenFileException naming the offset at which a file leaves the format
  public static Gguf open(Path file) throws IOException {
    var gguf = new Gguf();
    try {
      gguf.read(file);
      return gguf;
    } catch (IOException | RuntimeException e) {
      gguf.close();
      throw e;
    }
  }

  private void read(Path file) throws IOException {
    GgufReader first = map(file);
    metadata.putAll(first.metadata());
    GgufSplit split = GgufSplit.of(first);
    List<Path> others = split.count() == 1 ? List.of() : split.others(file, first);
    first.tensors(tensors, unread);
    for (int i = 0; i < others.size(); i++) {
      if (!Files.exists(others.get(i))) {
        throw new NoSuchFileException(
            others.get(i).toString(),
            null,
            "not there, of the model's %d files".formatted(split.count()));
      }
      GgufReader other = map(others.get(i));
      split.check(first, other, i + 1);
      other.tensors(tensors, unread);
    }
    split.checkTensors(first, tensors.size() + unread.size());
    metadata.keySet().removeIf(GgufSplit::isKey); // of the files, not of the model
  }

  private GgufReader map(Path file) throws IOException {
    var one = new MappedFile(file);
    mapped.add(one);
    return new GgufReader(file, one.bytes());
  }

  /// The names of a model's files, where one is that of the first of several, as
  /// `model-00001-of-00003.gguf` is; else itself alone.
  public static List<String> names(String name) {
    return GgufSplit.names(name);
  }

  /// How many files the model is in.
  public int files() {
    return mapped.size();
  }

  /// Writes the model in one file, as [#write] does.
  ///
  /// @throws IllegalArgumentException where a tensor is of a type that is not read
  public void copy(Path to) throws IOException {
    if (!unread.isEmpty()) {
      throw new IllegalArgumentException(
          "«%s» is of type %s, which is not read"
              .formatted(unread.firstEntry().getKey(), unread.firstEntry().getValue()));
    }
    SequencedMap<String, Pending> all = new LinkedHashMap<>();
    tensors.forEach((name, t) -> all.put(name, new Pending(t.type(), t.shape(), () -> t)));
    write(to, metadata, all);
  }

  /// All keys and values, in the file's order.
  public SequencedMap<String, GgufValue> metadata() {
    return Collections.unmodifiableSequencedMap(metadata);
  }

  /// All tensors by name, in the file's order; not those that are [#unread].
  public SequencedMap<String, HostTensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  /// The tensors of a type that is not read yet, such as `Q6_K`: name → type, in the file's order.
  /// Their places are checked as all others'.
  public SequencedMap<String, String> unread() {
    return Collections.unmodifiableSequencedMap(unread);
  }

  /// A tensor, in place in the mapped file.
  ///
  /// @throws IllegalArgumentException when the file has none of this name
  public HostTensor tensor(String name) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "%s has no tensor «%s»; it has %d others"
              .formatted(mapped.getFirst().path(), name, tensors.size()));
    }
    return tensor;
  }

  @Override
  public void close() {
    mapped.forEach(MappedFile::close);
  }

  /// A tensor to be written, whose numbers are made only when their turn comes.
  ///
  /// @param shape slowest first, at most 4 lengths
  public record Pending(DataType type, long[] shape, Content content) {
    public Pending {
      shape = shape.clone();
    }

    /// Gives the tensor, of the type and shape that were announced.
    @FunctionalInterface
    public interface Content {
      HostTensor load() throws IOException;
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    MemorySegment bytes(String name) throws IOException {
      HostTensor tensor = content.load();
      if (tensor.type() != type || !java.util.Arrays.equals(tensor.shape(), shape)) {
        throw new IllegalArgumentException(
            "%s was announced as %s%s and is %s"
                .formatted(name, type, java.util.Arrays.toString(shape), tensor));
      }
      return tensor.data();
    }
  }

  /// Writes a file, one tensor in memory at a time; the same input gives the same bytes. Not
  /// atomic: give it a temporary path, or one in a draft.
  public static void write(
      Path file, SequencedMap<String, GgufValue> metadata, SequencedMap<String, Pending> tensors)
      throws IOException {
    GgufWriter.write(file, metadata, tensors);
  }
}
