package dev.imago.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
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

  private final MappedFile mapped;
  private final SequencedMap<String, GgufValue> metadata;
  private final SequencedMap<String, HostTensor> tensors = new LinkedHashMap<>();
  private final SequencedMap<String, String> unread = new LinkedHashMap<>();

  private Gguf(MappedFile mapped) throws BrokenFileException {
    this.mapped = mapped;
    var reader = new GgufReader(mapped.path(), mapped.bytes());
    this.metadata = reader.metadata();
    reader.tensors(tensors, unread);
  }

  /// Maps a file and checks all that its header claims.
  ///
  /// @throws BrokenFileException naming the offset at which the file leaves the format
  public static Gguf open(Path file) throws IOException {
    var mapped = new MappedFile(file);
    try {
      return new Gguf(mapped);
    } catch (IOException | RuntimeException e) {
      mapped.close();
      throw e;
    }
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
          "%s has no tensor «%s»; it has %d others".formatted(mapped.path(), name, tensors.size()));
    }
    return tensor;
  }

  @Override
  public void close() {
    mapped.close();
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
