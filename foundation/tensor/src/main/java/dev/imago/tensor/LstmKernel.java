package dev.imago.tensor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// A layer of LSTM over the sequences of a step: the input's part of all gates as one product, then
/// token after token, the sequences side by side.
final class LstmKernel {
  private LstmKernel() {}

  static Activation run(
      Team team,
      Batch batch,
      int layer,
      Activation x,
      CpuWeight input,
      CpuWeight recurrent,
      CpuWeight inputBias,
      CpuWeight recurrentBias) {
    int d = recurrent.columns();
    Activation gates = LinearKernel.run(team, x, input, inputBias);
    Activation y = Activation.zeros(x.rows(), d);
    for (List<Integer> wave : waves(batch)) {
      Activation before = Activation.zeros(wave.size(), d);
      for (int i = 0; i < wave.size(); i++) {
        float[] state = batch.sequence(wave.get(i)).state(layer, 2 * d);
        System.arraycopy(state, 0, before.data(), i * d, d);
      }
      Activation more = LinearKernel.run(team, before, recurrent, recurrentBias);
      for (int i = 0; i < wave.size(); i++) {
        int n = wave.get(i);
        float[] state = batch.sequence(n).state(layer, 2 * d);
        cell(gates.data(), n * 4 * d, more.data(), i * 4 * d, state, d);
        System.arraycopy(state, 0, y.data(), n * d, d);
      }
    }
    return y;
  }

  /// The first tokens of all sequences, then the second ones, and so on.
  private static List<List<Integer>> waves(Batch batch) {
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
  private static void cell(float[] a, int aAt, float[] b, int bAt, float[] state, int d) {
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
}
