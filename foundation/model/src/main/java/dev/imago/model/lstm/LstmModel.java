package dev.imago.model.lstm;

import dev.imago.model.Head;
import dev.imago.model.Model;
import dev.imago.model.Output;
import dev.imago.model.WeightSource;
import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;

/// An LSTM language model's forward pass.
final class LstmModel<W> implements Model<W> {
  private final LstmShape shape;
  private final W embedding;
  private final List<List<W>> layers = new ArrayList<>();
  private final Head<W> head;

  LstmModel(LstmShape shape, WeightSource<W> source) {
    this.shape = shape;
    this.embedding = source.weight(List.of(shape.embedding()));
    for (int i = 0; i < shape.layers(); i++) {
      layers.add(shape.layer(i).all().stream().map(p -> source.weight(List.of(p))).toList());
    }
    this.head =
        new Head<>(
            shape.head().tied() ? embedding : source.weight(List.of(shape.head())),
            source.weight(List.of(shape.headBias())));
  }

  @Override
  public Head<W> head() {
    return head;
  }

  @Override
  public <X> X hidden(Operations<W, X> ops) {
    X x = ops.gather(embedding, Operations.Index.TOKEN);
    for (int i = 0; i < layers.size(); i++) {
      List<W> l = layers.get(i);
      x = ops.lstm(i, x, l.get(0), l.get(1), l.get(2), l.get(3));
    }
    return shape.output() instanceof Output.Classes ? ops.pool(x, Operations.Pooling.LAST) : x;
  }
}
