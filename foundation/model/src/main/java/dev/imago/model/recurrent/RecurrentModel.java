package dev.imago.model.recurrent;

import dev.imago.model.Dropout;
import dev.imago.model.HeadLayer;
import dev.imago.model.Model;
import dev.imago.model.WeightSource;
import dev.imago.model.WordEnds;
import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;

/// A recurrent language model's forward pass.
final class RecurrentModel<W> implements Model<W> {
  private final RecurrentShape shape;
  private final WordEnds.Bound<W> ends;
  private final List<List<W>> layers = new ArrayList<>();

  RecurrentModel(RecurrentShape shape, WeightSource<W> source) {
    this.shape = shape;
    this.ends = shape.ends().from(source);
    for (int i = 0; i < shape.layers(); i++) {
      layers.add(shape.layer(i).all().stream().map(p -> source.weight(List.of(p))).toList());
    }
  }

  @Override
  public HeadLayer.Bound<W> last() {
    return ends.last();
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    Dropout d = shape.dropout();
    X x = ops.dropout(ends.embed(ops), d.embedding(), d.locked());
    for (int i = 0; i < layers.size(); i++) {
      List<W> l = layers.get(i);
      int layer = i;
      x =
          ops.block(
              x,
              in ->
                  ops.dropout(
                      ops.recurrent(
                          shape.cell(), layer, in, l.get(0), l.get(1), l.get(2), l.get(3)),
                      d.residual(),
                      d.locked()));
    }
    return ends.rows(ops, x, shape.output());
  }
}
