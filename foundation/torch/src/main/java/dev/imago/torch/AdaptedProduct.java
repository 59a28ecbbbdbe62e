package dev.imago.torch;

import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRef;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// The product of a step with a frozen weight and what adapts it.
///
/// *N tokens, P parts of the weight, r rank.*
///
/// @param replica whose weights they are
/// @param ops of the step
record AdaptedProduct(Replica replica, TorchOperations ops) {
  /// x [N,in] → [N,out].
  Tensor of(Tensor x, Slot weight, Adapter adapter, @Nullable Tensor bias) {
    Tensor w = replica.leaf(weight);
    Tensor result =
        switch (adapter) {
          case Adapter.Scaling own -> scaled(x, w, weight, own, bias);
          case Adapter.Rows own -> {
            Tensor learned = ops.product(x, replica.leaf(own.rows()));
            Tensor y =
                ops.product(x, w).index_copy(1, replica.place().longs(own.indices()), learned);
            yield bias == null ? y : y.add(bias);
          }
          case Adapter.Bottleneck own -> {
            Tensor y = ops.product(x, w);
            yield behind(bias == null ? y : y.add(bias), own);
          }
          case Adapter.LowRank own -> {
            Tensor y = added(x, w, weight, own);
            yield bias == null ? y : y.add(bias);
          }
        };
    Replica.done(weight, w);
    return result;
  }

  private Tensor behind(Tensor y, Adapter.Bottleneck own) {
    Tensor inner = ops.product(y, replica.leaf(own.down())).add(replica.leaf(own.downBias()));
    Tensor more = ops.product(TorchOperations.apply(own.function(), inner), replica.leaf(own.up()));
    return y.add(more).add(replica.leaf(own.upBias()));
  }

  private Tensor scaled(
      Tensor x, Tensor w, Slot weight, Adapter.Scaling adapter, @Nullable Tensor bias) {
    Slot first = adapter.factors().getFirst();
    if (adapter.inputs()) {
      if (adapter.factors().size() > 1 || first == null) {
        throw new IllegalArgumentException(
            weight.names() + " have one input, and factors of it cannot be apart");
      }
      Tensor y = ops.product(x.mul(replica.leaf(first)), w);
      return bias == null ? y : y.add(bias);
    }
    Tensor y = ops.product(x, w);
    if (bias != null) {
      y = y.add(bias);
    }
    var factors = new TensorVector();
    for (int part = 0; part < weight.rows().size(); part++) {
      Slot own = adapter.factors().get(part);
      factors.push_back(
          own == null ? replica.place().ones(weight.rows().get(part)) : replica.leaf(own));
    }
    return y.mul(joined(factors, 0));
  }

  /// x · (W + scale · up · down)ᵀ, each row at its own length where lengths are learned. As PEFT,
  /// dropout is of what is added alone, and the length of W + … has no gradient (DoRA, section
  /// 4.3).
  private Tensor added(Tensor x, Tensor w, Slot weight, Adapter.LowRank adapter) {
    Tensor in = ops.operand(x); // rounded once, and kept once for the way back of both products
    Tensor y = ops.product(in, w);
    boolean drops = ops.dropout().drops(adapter.dropout());
    if (!drops && !adapter.magnitudes()) {
      return y.add(low(in, weight, adapter));
    }
    if (!adapter.magnitudes()) {
      return y.add(dropped(x, w, weight, adapter, null));
    }
    Tensor lengths = lengths(w, weight, adapter);
    if (drops) {
      return y.add(dropped(x, w, weight, adapter, lengths));
    }
    return y.add(low(in, weight, adapter)).mul(lengths);
  }

  /// scale · x · downᵀ · upᵀ of all parts side by side, zeros for those without.
  private Tensor low(Tensor x, Slot weight, Adapter.LowRank adapter) {
    Tensor low = ops.product(x, replica.leaf(adapter.down()));
    var parts = new TensorVector();
    for (int part = 0; part < weight.rows().size(); part++) {
      Adapter.Part own = adapter.parts().get(part);
      Slot up = own.up();
      parts.push_back(
          up == null
              ? replica.place().zeros(x.size(0), weight.rows().get(part))
              : ops.product(
                  low.narrow(1, own.from(), own.rank()).mul(new Scalar(own.scale())),
                  replica.leaf(up)));
    }
    return joined(parts, 1);
  }

  /// What is added where each part drops inputs of its own.
  ///
  /// @param lengths m / ‖W + …‖ [out], of DoRA: what it changes is of the dropped inputs, too
  private Tensor dropped(
      Tensor x, Tensor w, Slot weight, Adapter.LowRank adapter, @Nullable Tensor lengths) {
    Tensor down = replica.leaf(adapter.down());
    var parts = new TensorVector();
    long row = 0;
    for (int part = 0; part < weight.rows().size(); part++) {
      int rows = weight.rows().get(part);
      Adapter.Part own = adapter.parts().get(part);
      Slot up = own.up();
      if (up == null) {
        parts.push_back(replica.place().zeros(x.size(0), rows));
      } else {
        Tensor in = ops.dropout(new Activation(x), adapter.dropout(), false).tensor;
        Tensor first = down.narrow(0, own.from(), own.rank());
        Tensor more =
            ops.product(ops.product(in, first), replica.leaf(up)).mul(new Scalar(own.scale()));
        if (lengths != null) {
          Tensor factor = lengths.narrow(0, row, rows);
          Tensor base = ops.product(in, w.narrow(0, row, rows));
          more = more.mul(factor).add(base.mul(factor.sub(new Scalar(1.0))));
        }
        parts.push_back(more);
      }
      row += rows;
    }
    return joined(parts, 1);
  }

  /// m / ‖W + scale · up · down‖ [out] row by row; 1 for parts without.
  private Tensor lengths(Tensor w, Slot weight, Adapter.LowRank adapter) {
    var factors = new TensorVector();
    long row = 0;
    for (int part = 0; part < weight.rows().size(); part++) {
      int rows = weight.rows().get(part);
      Adapter.Part own = adapter.parts().get(part);
      Slot up = own.up();
      Slot magnitude = own.magnitude();
      if (up == null || magnitude == null) {
        factors.push_back(replica.place().ones(rows));
      } else {
        Tensor norm;
        try (NoGradGuard _ = new NoGradGuard()) {
          Tensor down = replica.leaf(adapter.down()).narrow(0, own.from(), own.rank());
          Tensor sum =
              torch.addmm(
                  w.narrow(0, row, rows),
                  replica.leaf(up),
                  down,
                  new Scalar(1.0),
                  new Scalar(own.scale()));
          norm = sum.square().sum(1).sqrt();
        }
        factors.push_back(replica.leaf(magnitude).div(norm));
      }
      row += rows;
    }
    return joined(factors, 0);
  }

  private static Tensor joined(TensorVector parts, long along) {
    return parts.size() == 1 ? parts.get(0) : torch.cat(new TensorArrayRef(parts), along);
  }
}
