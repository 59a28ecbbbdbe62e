package dev.imago.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Map;

/// What the graph of [OnnxOperations.Numbers#INT8] rounds, done to the numbers of this runtime: so
/// its loss can be told where no ONNX is run.
///
/// A matrix has bytes with a scale for each row; the input of a product has them by the range of
/// the whole step (`DynamicQuantizeLinear`), and its sums are of whole numbers. The sums here are
/// of floats, whose rounding is far below a byte's.
/// <https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html>
final class OnnxRounding {
  private static final int STEPS = 255;

  private final Map<CpuWeight, CpuWeight> rounded = new IdentityHashMap<>();

  /// A matrix whose numbers are those of its bytes.
  CpuWeight matrix(CpuWeight weight) {
    return rounded.computeIfAbsent(
        weight,
        w -> {
          var parts = new ArrayList<HostTensor>();
          for (HostTensor part : w.parts()) {
            float[] values = part.toFloats();
            for (int at = 0; at < values.length; at += w.columns()) {
              row(values, at, w.columns());
            }
            MemorySegment memory = Arena.ofAuto().allocate(4L * values.length, 64);
            MemorySegment.copy(values, 0, memory, HostTensor.F32, 0, values.length);
            parts.add(new HostTensor(DataType.F32, part.shape(), memory));
          }
          return CpuWeight.matrix(parts);
        });
  }

  private static void row(float[] values, int at, int columns) {
    float scale = OnnxWeight.scale(values, at, columns);
    for (int i = at; i < at + columns; i++) {
      values[i] = scale * OnnxWeight.code(values[i], scale);
    }
  }

  /// What a product is given, in steps of a 255th of its range, of which 0 is one.
  static CpuActivation input(CpuActivation x) {
    int count = x.rows() * x.columns();
    float least = 0;
    float most = 0;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, x.data()[i]);
      most = Math.max(most, x.data()[i]);
    }
    float scale = (most - least) / STEPS;
    if (!(scale > 0)) {
      return x;
    }
    float zero = (float) Math.rint(Math.clamp(-least / scale, 0f, STEPS));
    CpuActivation y = CpuActivation.zeros(x.rows(), x.columns());
    for (int i = 0; i < count; i++) {
      float code = Math.clamp((float) Math.rint(x.data()[i] / scale) + zero, 0f, STEPS);
      y.data()[i] = scale * (code - zero);
    }
    return y;
  }
}
