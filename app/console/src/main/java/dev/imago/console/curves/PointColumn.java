package dev.imago.console.curves;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;

/// The points of one metric of one run, in the order in which they were written, in arrays that
/// grow.
///
/// Past [#MOST] points the lowest and the highest of each four stay, so that a curve of any length
/// has a bound and keeps its spikes.
final class PointColumn {
  static final int MOST = 1 << 20;

  private double[] steps = new double[16];
  private double[] tokens = new double[16];
  private double[] times = new double[16];
  private double[] values = new double[16];
  private int size;
  private long read;

  void add(double step, double token, double time, double value) {
    if (size == values.length) {
      if (size >= MOST) {
        halve();
      } else {
        grow();
      }
    }
    steps[size] = step;
    tokens[size] = token;
    times[size] = time;
    values[size] = value;
    size++;
    read++;
  }

  private void grow() {
    int more = size * 2;
    steps = Arrays.copyOf(steps, more);
    tokens = Arrays.copyOf(tokens, more);
    times = Arrays.copyOf(times, more);
    values = Arrays.copyOf(values, more);
  }

  private void halve() {
    int to = 0;
    for (int from = 0; from + 4 <= size; from += 4) {
      int low = from;
      int high = from;
      for (int i = from + 1; i < from + 4; i++) {
        low = values[i] < values[low] ? i : low;
        // What is no number is as high as can be: it is never lost.
        high = Double.isNaN(values[i]) || values[i] > values[high] ? i : high;
      }
      if (low == high) {
        high = from + 3;
      }
      move(Math.min(low, high), to++);
      move(Math.max(low, high), to++);
    }
    size = to;
  }

  private void move(int from, int to) {
    steps[to] = steps[from];
    tokens[to] = tokens[from];
    times[to] = times[from];
    values[to] = values[from];
  }

  /// Writes it as [#read(DataInputStream)] takes it.
  void writeTo(WritableByteChannel out) throws IOException {
    writeFully(out, ByteBuffer.allocate(12).putLong(read).putInt(size).flip());
    ByteBuffer block = ByteBuffer.allocate(1 << 16);
    for (double[] array : List.of(steps, tokens, times, values)) {
      for (int from = 0; from < size; from += block.capacity() / Double.BYTES) {
        int length = Math.min(block.capacity() / Double.BYTES, size - from);
        block.clear().asDoubleBuffer().put(array, from, length);
        writeFully(out, block.limit(length * Double.BYTES));
      }
    }
  }

  static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /// @throws IllegalArgumentException for what is no column
  static PointColumn read(DataInputStream from) throws IOException {
    var column = new PointColumn();
    column.read = from.readLong();
    column.size = from.readInt();
    if (column.size < 0 || column.size > MOST || column.read < column.size) {
      throw new IllegalArgumentException("a column of " + column.size + " points");
    }
    // A power of two, as they grow: [#MOST] is met and not passed.
    int room = Math.max(16, Integer.highestOneBit(Math.max(1, column.size - 1)) << 1);
    column.steps = array(from, column.size, room);
    column.tokens = array(from, column.size, room);
    column.times = array(from, column.size, room);
    column.values = array(from, column.size, room);
    return column;
  }

  private static double[] array(DataInputStream from, int size, int room) throws IOException {
    double[] array = new double[room];
    byte[] block = new byte[1 << 16];
    for (int at = 0; at < size; ) {
      int length = Math.min(block.length / Double.BYTES, size - at);
      from.readFully(block, 0, length * Double.BYTES);
      ByteBuffer.wrap(block).asDoubleBuffer().get(array, at, length);
      at += length;
    }
    return array;
  }

  int size() {
    return size;
  }

  /// How many points the file had.
  long read() {
    return read;
  }

  /// The points along an axis.
  Points along(Axis axis) {
    double[] x =
        switch (axis) {
          case STEP -> Arrays.copyOf(steps, size);
          case TOKENS -> Arrays.copyOf(tokens, size);
          case TIME -> {
            double[] since = Arrays.copyOf(times, size);
            double begun = size == 0 ? 0 : since[0];
            for (int i = 0; i < size; i++) {
              since[i] -= begun;
            }
            yield since;
          }
          case CLOCK -> Arrays.copyOf(times, size);
        };
    return new Points(x, Arrays.copyOf(values, size));
  }
}
