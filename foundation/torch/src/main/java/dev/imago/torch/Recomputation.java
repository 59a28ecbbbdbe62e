package dev.imago.torch;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// One pass of which each block keeps its inputs alone: on the way back it is computed again, with
/// what it keeps for the gradient this time. Chen et al. 2016, arXiv:1604.06174.
///
/// The graph is cut before each block. A cut's two sides are the tensor before it and a leaf of the
/// same numbers behind it; the leaf's gradient is that of the tensor. What comes before the first
/// block of a stack, such as an embedding, gets all its gradients in one pass at the end, so that
/// they are summed in the order that an uncut graph has.
final class Recomputation {
  /// Where what lives to the end of the step belongs.
  private final PointerScope step;

  private final List<Block> blocks = new ArrayList<>();

  /// Tensors that were cut, and the leaves behind; outputs of blocks are leaves themselves.
  private final Map<Tensor, Tensor> cuts = new IdentityHashMap<>();

  private final List<Tensor> cut = new ArrayList<>();
  private boolean within;

  /// @param place of the first number that is drawn in the block
  private record Block(
      TorchOperations operations,
      int place,
      List<Tensor> inputs,
      Function<List<Tensor>, Tensor> body,
      Tensor output) {}

  /// @param step the scope of the whole step
  Recomputation(PointerScope step) {
    this.step = step;
  }

  /// Computes a block and forgets how.
  Tensor run(TorchOperations operations, List<Tensor> inputs, Function<List<Tensor>, Tensor> body) {
    if (within) {
      return body.apply(inputs);
    }
    List<Tensor> leaves = inputs.stream().map(this::leaf).toList();
    int place = operations.dropout().place();
    Tensor output = computed(leaves, body, y -> leafOf(y));
    cuts.put(output, output);
    blocks.add(new Block(operations, place, leaves, body, output));
    return output;
  }

  private Tensor computed(
      List<Tensor> inputs, Function<List<Tensor>, Tensor> body, Function<Tensor, Tensor> then) {
    within = true;
    try (PointerScope _ = new PointerScope()) {
      return then.apply(body.apply(inputs));
    } finally {
      within = false;
    }
  }

  /// The numbers of a tensor, behind a cut.
  Tensor leaf(Tensor x) {
    return cuts.computeIfAbsent(
        x,
        before -> {
          Tensor leaf = leafOf(kept(before));
          if (before.requires_grad()) {
            cut.add(before);
          }
          return leaf;
        });
  }

  private Tensor leafOf(Tensor x) {
    Tensor leaf = x.detach();
    leaf.set_requires_grad(x.requires_grad());
    return kept(leaf);
  }

  /// Keeps a tensor that a block made, for other blocks.
  Tensor kept(Tensor x) {
    step.attach(x);
    return x;
  }

  /// The same where blocks are computed again; where all is kept, there is nothing to do.
  static Tensor kept(@Nullable Recomputation blocks, Tensor x) {
    return blocks == null ? x : blocks.kept(x);
  }

  /// The way back, from the last rows.
  void backward(Tensor hidden, Tensor gradient) {
    hidden.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    backward();
  }

  /// The way back through the blocks, where what came behind them has its gradients.
  void backward() {
    for (Block block : blocks.reversed()) {
      Tensor arrived = block.output.grad();
      if (!block.output.requires_grad() || !arrived.defined()) {
        continue;
      }
      block.operations.dropout().place(block.place);
      computed(
          block.inputs,
          block.body,
          y -> {
            y.backward(arrived, new BoolOptional(), false, new TensorArrayRefOptional());
            return y;
          });
    }
    var tensors = new TensorVector();
    var gradients = new TensorVector();
    for (Tensor before : cut) {
      Tensor arrived = java.util.Objects.requireNonNull(cuts.get(before)).grad();
      if (arrived.defined()) {
        tensors.push_back(before);
        gradients.push_back(arrived);
      }
    }
    if (tensors.size() > 0) {
      torch.backward(tensors, gradients, new BoolOptional(), false, new TensorVector());
    }
  }
}
