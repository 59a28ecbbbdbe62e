package dev.imago.torch;

import dev.imago.tensor.Operations.Cell;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Recurrent layers in one pass of one replica, which begin anew or with the states of the step
/// before.
///
/// *B sequences of T tokens, D width of a state.*
final class TorchRecurrence {
  /// Below it a layer goes step by step: oneDNN's LSTM for AVX-512, which libtorch takes where no
  /// gradient is asked for, gave other numbers at widths of 4 to 16 (a loss of 26.46 for 26.29 at
  /// 8) and the same ones from 20 on.
  private static final long NARROW = 32;

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
      if (d < NARROW) {
        return steps(rows, h, c, weights, carried, at);
      }
      var out = torch.lstm(rows, new TensorVector(h, c), weights, true, 1, 0.0, true, false, true);
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

  /// The same layer, a position after the other.
  private Tensor steps(
      Tensor rows, Tensor h, Tensor c, TensorVector weights, @Nullable Carried carried, long at) {
    long d = h.size(2);
    Tensor state = h.select(0, 0);
    Tensor cells = c.select(0, 0);
    var out = new TensorVector();
    for (long t = 0; t < length; t++) {
      var next =
          torch.lstm_cell(
              rows.select(1, t),
              new TensorVector(state, cells),
              weights.get(0),
              weights.get(1),
              new TensorOptional(weights.get(2)),
              new TensorOptional(weights.get(3)));
      state = next.get0();
      cells = next.get1();
      out.push_back(state);
    }
    end(carried, at, state.unsqueeze(0));
    end(carried, at + d, cells.unsqueeze(0));
    return torch.stack(out, 1).reshape(sequences * length, d);
  }

  /// What a layer begins with: its state of the step before, or zeros.
  private Tensor begin(@Nullable Carried carried, long at, long width) {
    return carried == null || draw == null || !batch.goesOn()
        ? torch.zeros(1, sequences, width)
        : carried.begin(draw.row(), sequences, at, width);
  }

  private void end(@Nullable Carried carried, long at, Tensor state) {
    if (carried != null && draw != null) {
      carried.end(draw.row(), at, state);
    }
  }
}
