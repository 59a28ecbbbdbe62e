package dev.imago.model.convolution;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.WeightSource;
import dev.imago.model.WordEnds;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;

/// A gated convolutional language model's forward pass: x + (V ∗ x + c) ⊗ σ(W ∗ x + b), layer after
/// layer.
final class GatedConvolutionModel<W> implements Model<W> {
  private final GatedConvolutionShape shape;
  private final WordEnds.Bound<W> ends;
  private final List<Affine<W>> layers = new ArrayList<>();

  GatedConvolutionModel(GatedConvolutionShape shape, WeightSource<W> source) {
    this.shape = shape;
    this.ends = shape.ends().from(source);
    for (int i = 0; i < shape.layers(); i++) {
      layers.add(shape.layer(i).from(source));
    }
  }

  @Override
  public HeadLayer.Bound<W> last() {
    return ends.last();
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    X x = ends.embed(ops);
    for (int i = 0; i < layers.size(); i++) {
      int layer = i;
      x = ops.block(x, in -> layer(ops, layer, in));
    }
    return ends.rows(ops, x, shape.output());
  }

  private <X> X layer(Operations<W, X> ops, int i, X x) {
    X read = ops.dropout(x, shape.dropout().residual());
    X recent = ops.recent(i, read, shape.kernel());
    return ops.add(x, ops.gated(Nonlinearity.SIGMOID, layers.get(i).linear(ops, recent)));
  }
}
