package dev.imago.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;

/// Reads the sparse tensors of an ONNX file (`SparseTensorProto`), which [OnnxWriter] makes of what
/// was pruned. For one file.
final class OnnxSparse {
  /// Bytes that all of them may take, filled up: what a file could hold of whole tensors.
  private static final long MOST = Integer.MAX_VALUE;

  /// The same for each byte of the file: far beyond any pruning, and a small file takes no memory.
  private static final long FOR_EACH_BYTE = 1000;

  private final long fileBytes;
  private long filled;

  OnnxSparse(long fileBytes) {
    this.fileBytes = fileBytes;
  }

  /// A sparse tensor, its zeros filled in: values [n], and their places in the whole tensor, row by
  /// row, rising, or [n,rank] by dimension.
  Onnx.Named read(ProtoFields sparse) throws IOException {
    Onnx.Named values = null;
    HostTensor places = null;
    var shape = new ArrayList<Long>();
    while (sparse.next()) {
      switch (sparse.field()) {
        case 1 -> values = Onnx.tensor(sparse.message());
        case 2 -> places = Onnx.tensor(sparse.message()).value();
        case 3 -> sparse.numbers(shape::add);
        default -> sparse.skip();
      }
    }
    if (values == null || places == null || places.type() != DataType.I64) {
      throw sparse.broken("a sparse tensor lacks its values, or their places as whole numbers");
    }
    String name = values.name();
    long[] lengths = Onnx.lengths(shape, name, sparse);
    MemorySegment from = values.value().data();
    long width = values.value().type().blockBytes();
    MemorySegment to = zeros(values.value().type(), lengths, name, sparse);
    long[] at = places.toLongs();
    boolean byDimension = places.shape().length == 2;
    int each = byDimension ? lengths.length : 1;
    if (at.length != values.value().size() * each) {
      throw sparse.broken(
          "«%s» has %d values and %d places".formatted(name, values.value().size(), at.length));
    }
    long before = -1;
    for (int i = 0; i < at.length; i += each) {
      long place = byDimension ? place(at, i, lengths) : at[i];
      if (place <= before || place >= to.byteSize() / width) {
        throw sparse.broken(
            "«%s» has a value at %d, after %d, of %d"
                .formatted(name, place, before, to.byteSize() / width));
      }
      MemorySegment.copy(from, i / each * width, to, place * width, width);
      before = place;
    }
    return new Onnx.Named(name, new HostTensor(values.value().type(), lengths, to));
  }

  /// The place in the whole tensor; −1 for one beyond a dimension.
  private static long place(long[] at, int from, long[] lengths) {
    long place = 0;
    for (int i = 0; i < lengths.length; i++) {
      long one = at[from + i];
      if (one < 0 || one >= lengths[i]) {
        return -1;
      }
      place = place * lengths[i] + one;
    }
    return place;
  }

  /// Memory for a tensor whose size no bytes of the file vouch for.
  private MemorySegment zeros(DataType type, long[] shape, String name, ProtoFields at)
      throws IOException {
    long most = Math.min(MOST, FOR_EACH_BYTE * fileBytes);
    try {
      long bytes = type.bytes(shape);
      if (bytes <= most - filled) {
        filled += bytes;
        return Arena.ofAuto().allocate(bytes, 64);
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw at.broken(
        "«%s» has the shape %s and few values: sparse tensors may take %,d bytes in all, filled up"
            .formatted(name, Arrays.toString(shape), most));
  }
}
