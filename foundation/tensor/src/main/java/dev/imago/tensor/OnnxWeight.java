package dev.imago.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A weight for an ONNX graph: a matrix or a vector that is written when its turn comes.
///
/// @param name in the file
/// @param shape [rows,columns] or [length]
/// @param content its numbers, in any type
public record OnnxWeight(String name, long[] shape, Gguf.Pending.Content content) {
  public OnnxWeight {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  int rows() {
    return (int) shape[0];
  }

  int columns() {
    return shape.length == 1 ? 0 : (int) shape[1];
  }

  /// Its numbers in single precision.
  String floats(OnnxGraph graph) {
    return graph.tensor(
        name,
        DataType.F32,
        shape,
        () -> {
          HostTensor tensor = content.load();
          return tensor.type() == DataType.F32 ? tensor : HostTensor.of(tensor.toFloats(), shape);
        });
  }

  /// Its numbers as bytes, of which 128 is zero; each row has a scale of its own.
  String codes(OnnxGraph graph) {
    return graph.tensor(
        name + ".codes",
        DataType.U8,
        shape,
        () -> {
          float[] from = content.load().toFloats();
          byte[] to = new byte[from.length];
          int columns = columns();
          for (int row = 0; row < rows(); row++) {
            float scale = scale(from, row * columns, columns);
            for (int i = row * columns; i < (row + 1) * columns; i++) {
              to[i] = (byte) (128 + code(from[i], scale));
            }
          }
          MemorySegment data = MemorySegment.ofArray(new byte[to.length]);
          MemorySegment.copy(to, 0, data, ValueLayout.JAVA_BYTE, 0, to.length);
          return new HostTensor(DataType.U8, shape, data);
        });
  }

  /// The scales of its rows [rows].
  String scales(OnnxGraph graph) {
    return graph.tensor(
        name + ".scales",
        DataType.F32,
        new long[] {rows()},
        () -> {
          float[] from = content.load().toFloats();
          float[] to = new float[rows()];
          for (int row = 0; row < to.length; row++) {
            to[row] = scale(from, row * columns(), columns());
          }
          return HostTensor.of(to, to.length);
        });
  }

  /// A number's byte, from −127 to 127.
  static int code(float value, float scale) {
    return Math.clamp(Math.round(value / scale), -127, 127);
  }

  /// The scale of a row.
  static float scale(float[] values, int from, int count) {
    float most = 0;
    for (int i = from; i < from + count; i++) {
      most = Math.max(most, Math.abs(values[i]));
    }
    return most == 0 ? 1 : most / 127;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OnnxWeight w && name.equals(w.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name + java.util.Arrays.toString(shape);
  }
}
