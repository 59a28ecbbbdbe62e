package dev.imago.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A row of an architecture's table: one tensor, and all that anybody needs to know of it.
///
/// @param name Hugging Face's
/// @param shape as the operations take it: [out,in] or [length]
/// @param transposed whether Hugging Face's files hold [in,out]
/// @param gguf its name and order there, where GGUF has it
/// @param initial what it is before training
/// @param decays whether weight decay pulls on it
/// @param tiedTo the name of the parameter whose numbers it shares: files and optimizer have that
///   one alone
public record Parameter(
    String name,
    List<Integer> shape,
    boolean transposed,
    Optional<Gguf> gguf,
    Initialisation initial,
    boolean decays,
    Optional<String> tiedTo) {
  private static final Pattern BLOCK = Pattern.compile("\\.(\\d{1,9})\\.|_l(\\d{1,9})$");

  /// A parameter's place in GGUF.
  ///
  /// @param rotated the width of the heads whose rows lie in pairs there; 0 for rows as they are
  /// @param full whether llama.cpp wants it in F32 whatever the others are
  /// @param more what is added to its numbers there
  /// @param from rows before this one are left out there
  public record Gguf(String name, int rotated, boolean full, float more, int from) {}

  public Parameter {
    shape = List.copyOf(shape);
    if (shape.isEmpty() || shape.size() > 2 || shape.stream().anyMatch(n -> n < 1)) {
      throw new IllegalArgumentException(name + " cannot have the shape " + shape);
    }
  }

  /// A matrix, which decays.
  public static Parameter matrix(String name, int rows, int columns, Initialisation initial) {
    return new Parameter(
        name, List.of(rows, columns), false, Optional.empty(), initial, true, Optional.empty());
  }

  /// A vector, which does not.
  public static Parameter vector(String name, int length, Initialisation initial) {
    return new Parameter(
        name, List.of(length), false, Optional.empty(), initial, false, Optional.empty());
  }

  /// With its name in GGUF.
  public Parameter gguf(String name) {
    return gguf(name, 0);
  }

  /// With its name in GGUF, and rows there in pairs for heads of this width.
  public Parameter gguf(String ggufName, int rotated) {
    return gguf(new Gguf(ggufName, rotated, false, 0, 0));
  }

  /// With its name in GGUF, where it stays F32.
  public Parameter ggufInFull(String ggufName) {
    return ggufInFull(ggufName, 0);
  }

  /// The same, without the rows before `from`.
  public Parameter ggufInFull(String ggufName, int from) {
    return gguf(new Gguf(ggufName, 0, true, 0, from));
  }

  /// With its name in GGUF, where its numbers are larger by 1.
  public Parameter ggufPlusOne(String ggufName) {
    return gguf(new Gguf(ggufName, 0, false, 1, 0));
  }

  private Parameter gguf(Gguf place) {
    return new Parameter(name, shape, transposed, Optional.of(place), initial, decays, tiedTo);
  }

  /// Held as [in,out] in Hugging Face's files, as of GPT-2's `Conv1D`.
  public Parameter transposedInFiles() {
    return new Parameter(name, shape, true, gguf, initial, decays, tiedTo);
  }

  /// With another number of rows.
  public Parameter ofRows(int rows) {
    List<Integer> other = isMatrix() ? List.of(rows, columns()) : List.of(rows);
    return new Parameter(name, other, transposed, gguf, initial, decays, tiedTo);
  }

  /// Sharing the numbers of another.
  public Parameter tiedTo(Parameter other) {
    return new Parameter(name, shape, transposed, gguf, initial, decays, Optional.of(other.name()));
  }

  public boolean tied() {
    return tiedTo.isPresent();
  }

  /// The number of the block that it is in, as Hugging Face's names number blocks and PyTorch's the
  /// layers of recurrent cells; −1 outside all.
  public int block() {
    Matcher matcher = BLOCK.matcher(name);
    if (!matcher.find()) {
      return -1;
    }
    return Integer.parseInt(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
  }

  /// Whether an adapter can be put on it: a linear layer's matrix in a block, and neither a
  /// recurrent cell's, within which no adapter is computed, nor a table of distances.
  public boolean adaptable() {
    return isMatrix()
        && block() >= 0
        && !name.matches(".*_l\\d+|.*relative_attention_bias\\.weight");
  }

  public boolean isMatrix() {
    return shape.size() == 2;
  }

  /// Rows; a vector's length.
  public int rows() {
    return shape.getFirst();
  }

  /// Columns; 0 for a vector.
  public int columns() {
    return isMatrix() ? shape.get(1) : 0;
  }

  public long size() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  /// The shape of its tensor in a file of this form.
  public long[] storedShape(Form form) {
    long[] stored = shape.stream().mapToLong(Integer::longValue).toArray();
    if (form == Form.HUGGING_FACE && transposed) {
      return new long[] {stored[1], stored[0]};
    }
    if (form == Form.GGUF) {
      stored[0] -= gguf.map(Gguf::from).orElse(0);
    }
    return Arrays.copyOf(stored, stored.length);
  }

  /// Its name in a file of this form.
  ///
  /// @throws IllegalArgumentException where the form has none for it
  public String storedName(Form form) {
    return switch (form) {
      case HUGGING_FACE -> name;
      case GGUF ->
          gguf.map(Gguf::name)
              .orElseThrow(() -> new IllegalArgumentException("GGUF has no name for " + name));
    };
  }
}
