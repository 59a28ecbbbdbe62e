package dev.imago.model.neural;

import dev.imago.model.Affine;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.WeightSource;
import dev.imago.model.WordEnds;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations;

/// A neural probabilistic language model's forward pass: tanh(d + H · the last vectors).
final class NeuralProbabilisticModel<W> implements Model<W> {
  private final NeuralProbabilisticShape shape;
  private final WordEnds.Bound<W> ends;
  private final Affine<W> hidden;

  NeuralProbabilisticModel(NeuralProbabilisticShape shape, WeightSource<W> source) {
    this.shape = shape;
    this.ends = shape.ends().from(source);
    this.hidden = shape.hidden().from(source);
  }

  @Override
  public HeadLayer.Bound<W> last() {
    return ends.last();
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    X recent =
        ops.recent(0, ops.dropout(ends.embed(ops), shape.dropout().embedding()), shape.order() - 1);
    X x = ops.apply(Nonlinearity.TANH, hidden.linear(ops, recent));
    x = ops.dropout(x, shape.dropout().residual());
    return ends.rows(ops, x, shape.output());
  }
}
