package dev.imago.tensor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// A recurrent layer over the sequences of a step: the input's part of all gates as one product,
/// then token after token, the sequences side by side.
final class RecurrentKernel {
  private RecurrentKernel() {}

  static CpuActivation run(
      Team team,
      ForwardBatch batch,
      Operations.Cell cell,
      int layer,
      CpuActivation x,
      CpuWeight input,
      CpuWeight recurrent,
      CpuWeight inputBias,
      CpuWeight recurrentBias) {
    int d = recurrent.columns();
    int width = cell.gates() * d;
    CpuActivation gates = LinearKernel.run(team, x, input, inputBias);
    CpuActivation y = CpuActivation.zeros(x.rows(), d);
    for (List<Integer> wave : waves(batch)) {
      CpuActivation before = CpuActivation.zeros(wave.size(), d);
      for (int i = 0; i < wave.size(); i++) {
        float[] state = batch.sequence(wave.get(i)).state(layer, cell.states() * d);
        System.arraycopy(state, 0, before.data(), i * d, d);
      }
      CpuActivation more = LinearKernel.run(team, before, recurrent, recurrentBias);
      for (int i = 0; i < wave.size(); i++) {
        int n = wave.get(i);
        float[] state = batch.sequence(n).state(layer, cell.states() * d);
        float[] a = gates.data();
        float[] b = more.data();
        switch (cell) {
          case LSTM -> lstm(a, n * width, b, i * width, state, d);
          case GRU -> gru(a, n * width, b, i * width, state, d);
          case RNN_TANH -> plain(Nonlinearity.TANH, a, n * width, b, i * width, state, d);
          case RNN_RELU -> plain(Nonlinearity.RELU, a, n * width, b, i * width, state, d);
        }
        System.arraycopy(state, 0, y.data(), n * d, d);
      }
    }
    return y;
  }

  /// The first tokens of all sequences, then the second ones, and so on.
  private static List<List<Integer>> waves(ForwardBatch batch) {
    var waves = new ArrayList<List<Integer>>();
    Map<KeyValues, Integer> seen = new IdentityHashMap<>();
    for (int n = 0; n < batch.size(); n++) {
      int wave = seen.merge(batch.sequence(n), 1, Integer::sum) - 1;
      if (wave == waves.size()) {
        waves.add(new ArrayList<>());
      }
      waves.get(wave).add(n);
    }
    return waves;
  }

  /// One token: changes the state, h first, then c.
  private static void lstm(float[] a, int aAt, float[] b, int bAt, float[] state, int d) {
    float[] g = new float[4 * d];
    for (int i = 0; i < 4 * d; i++) {
      g[i] = a[aAt + i] + b[bAt + i];
    }
    float[] f = new float[4 * d];
    ElementKernels.apply(Nonlinearity.SIGMOID, g, 0, f, 0, 2 * d);
    ElementKernels.apply(Nonlinearity.TANH, g, 2 * d, f, 2 * d, d);
    ElementKernels.apply(Nonlinearity.SIGMOID, g, 3 * d, f, 3 * d, d);
    for (int i = 0; i < d; i++) {
      state[d + i] = f[d + i] * state[d + i] + f[i] * f[2 * d + i];
    }
    ElementKernels.apply(Nonlinearity.TANH, state, d, g, 0, d);
    for (int i = 0; i < d; i++) {
      state[i] = f[3 * d + i] * g[i];
    }
  }

  /// One token: r and z of the sums, n = tanh(a + r · b), h = (1 − z) · n + z · h.
  private static void gru(float[] a, int aAt, float[] b, int bAt, float[] state, int d) {
    float[] g = new float[3 * d];
    float[] f = new float[3 * d];
    for (int i = 0; i < 2 * d; i++) {
      g[i] = a[aAt + i] + b[bAt + i];
    }
    ElementKernels.apply(Nonlinearity.SIGMOID, g, 0, f, 0, 2 * d);
    for (int i = 0; i < d; i++) {
      g[2 * d + i] = a[aAt + 2 * d + i] + f[i] * b[bAt + 2 * d + i];
    }
    ElementKernels.apply(Nonlinearity.TANH, g, 2 * d, f, 2 * d, d);
    for (int i = 0; i < d; i++) {
      float z = f[d + i];
      state[i] = (1 - z) * f[2 * d + i] + z * state[i];
    }
  }

  private static void plain(
      Nonlinearity function, float[] a, int aAt, float[] b, int bAt, float[] state, int d) {
    float[] g = new float[d];
    for (int i = 0; i < d; i++) {
      g[i] = a[aAt + i] + b[bAt + i];
    }
    ElementKernels.apply(function, g, 0, state, 0, d);
  }
}
