package dev.imago.torch;

import dev.imago.tensor.Operations.Cell;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Recurrent layers in one pass of one replica, which begin anew or with the states of the step
/// before.
///
/// *B sequences of T tokens, D width of a state.*
final class TorchRecurrence {
  private final Replica replica;
  private final Batch batch;
  private final @Nullable Draw draw;
  private final long sequences;
  private final long length;

  /// @param draw of the batch; null where nothing is learned, and no state carried
  TorchRecurrence(Replica replica, Batch batch, @Nullable Draw draw) {
    this.replica = replica;
    this.batch = batch;
    this.draw = draw;
    this.sequences = batch.sequences();
    this.length = batch.length();
  }

  /// One layer: x [B·T,E] → [B·T,D].
  Tensor layer(
      Cell cell,
      int layer,
      Tensor x,
      Slot input,
      Slot recurrent,
      Slot inputBias,
      Slot recurrentBias) {
    long d = replica.leaf(recurrent).size(1);
    Carried carried = draw == null ? null : replica.carried();
    long at = (long) layer * cell.states() * d;
    Tensor h = begin(carried, at, d);
    var weights =
        new TensorVector(
            replica.leaf(input),
            replica.leaf(recurrent),
            replica.leaf(inputBias),
            replica.leaf(recurrentBias));
    Tensor rows = x.view(sequences, length, x.size(1));
    if (cell == Cell.LSTM) {
      Tensor c = begin(carried, at + d, d);
      var out = lstm(rows, h, c, weights);
      end(carried, at, out.get1());
      end(carried, at + d, out.get2());
      return out.get0().reshape(sequences * length, d);
    }
    var out =
        switch (cell) {
          case GRU -> torch.gru(rows, h, weights, true, 1, 0.0, true, false, true);
          case RNN_TANH -> torch.rnn_tanh(rows, h, weights, true, 1, 0.0, true, false, true);
          case RNN_RELU, LSTM -> torch.rnn_relu(rows, h, weights, true, 1, 0.0, true, false, true);
        };
    end(carried, at, out.get1());
    return out.get0().reshape(sequences * length, d);
  }

  /// One layer, computed as where a gradient is asked for: what oneDNN's LSTM for AVX-512 has for
  /// other passes gave wrong numbers at widths of 1 to 16 beyond a multiple of 32 (a loss of 26.06
  /// for 25.12 at 47).
  private static T_TensorTensorTensor_T lstm(
      Tensor rows, Tensor h, Tensor c, TensorVector weights) {
    if (GradMode.is_enabled()) {
      return torch.lstm(rows, new TensorVector(h, c), weights, true, 1, 0.0, true, false, true);
    }
    var constants = new TensorVector();
    for (long i = 0; i < weights.size(); i++) {
      constants.push_back(weights.get(i).detach());
    }
    try (AutoGradMode _ = new AutoGradMode(true)) {
      return torch.lstm(rows, new TensorVector(h, c), constants, true, 1, 0.0, true, false, true);
    }
  }

  /// What a layer begins with: its state of the step before, or zeros.
  private Tensor begin(@Nullable Carried carried, long at, long width) {
    return carried == null || draw == null || !batch.goesOn()
        ? replica.place().zeros(1, sequences, width)
        : carried.begin(draw.row(), sequences, at, width);
  }

  private void end(@Nullable Carried carried, long at, Tensor state) {
    if (carried != null && draw != null) {
      carried.end(draw.row(), at, state);
    }
  }
}
