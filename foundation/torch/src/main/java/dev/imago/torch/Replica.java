package dev.imago.torch;

import dev.imago.tensor.DataType;
import dev.imago.tensor.Rope;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/// One worker's view of the model: the shared weights, and gradients of its own for what trains.
final class Replica {
  private final List<@Nullable Tensor> leaves = new ArrayList<>();
  private final List<@Nullable Tensor> gradients = new ArrayList<>();
  private final Precision precision;
  private final int number;
  private final int threads;
  private final Map<Rope, Rotary> rotaries = new IdentityHashMap<>();
  private @Nullable Carried carried;
  private DistillationLoss.Parts parts = DistillationLoss.Parts.NONE;
  private double[] told = Objective.NOTHING;
  private final HeldWeights held;
  private final Place place;
  final Tensor gradient;

  /// @param number from 0
  /// @param flat all weights that train, shared
  /// @param frozen those that do not
  /// @param held what is frozen in blocks
  /// @param threads that it computes with
  Replica(
      int number,
      Layout layout,
      Tensor flat,
      Tensor frozen,
      HeldWeights held,
      Precision precision,
      int threads) {
    this.held = held;
    this.number = number;
    this.precision = precision;
    this.threads = threads;
    this.place = Place.of(flat);
    this.gradient = place.zeros(flat.numel());
    long[] offsets = layout.offsets();
    for (Slot slot : layout.slots()) {
      if (slot.held() != null) {
        leaves.add(null);
        gradients.add(null);
        continue;
      }
      long at = offsets[slot.index()];
      boolean trains = slot.group().trains();
      Tensor leaf = (trains ? flat : frozen).detach().narrow(0, at, slot.size()).view(slot.shape());
      leaves.add(leaf);
      if (trains) {
        Tensor part = gradient.narrow(0, at, slot.size()).view(slot.shape());
        leaf.set_requires_grad(true);
        leaf.mutable_grad().put(part);
        gradients.add(part);
      } else {
        gradients.add(null);
      }
    }
  }

  int threads() {
    return threads;
  }

  /// Where its tensors stand.
  Place place() {
    return place;
  }

  /// The parts of the loss since it was cleared, where there is a teacher.
  DistillationLoss.Parts parts() {
    return parts;
  }

  /// Adds to what is told.
  void tell(double[] sums) {
    if (told.length == 0) {
      told = sums.clone();
    } else {
      for (int i = 0; i < sums.length; i++) {
        told[i] += sums[i];
      }
    }
  }

  /// What was told since it was last asked, or cleared.
  double[] told() {
    double[] sums = told;
    told = Objective.NOTHING;
    return sums;
  }

  void clear() {
    gradient.zero_();
    told = Objective.NOTHING;
    parts = DistillationLoss.Parts.NONE;
  }

  /// Where recurrent layers keep their states from step to step; null where they begin anew.
  @Nullable Carried carried() {
    return carried;
  }

  void carry(Carried states) {
    carried = states;
  }

  /// A slot's numbers: where they lie in blocks, a tensor of its own, which [#done] is told of.
  Tensor leaf(Slot slot) {
    Tensor leaf = leaves.get(slot.index());
    DataType type = slot.held();
    if (leaf != null) {
      return leaf;
    }
    if (type == null) {
      throw new IllegalStateException(slot.names() + " have no numbers");
    }
    return held.expanded(slot, type, place);
  }

  /// Lets go of what was expanded for one product; what the way back needs of it stays.
  static void done(Slot slot, Tensor leaf) {
    if (slot.held() != null) {
      leaf.close();
    }
  }

  /// The angles of the first positions, of the longest table so far: one is kept a rope.
  Rotary rotary(Rope rope, long length) {
    Rotary kept = rotaries.get(rope);
    if (kept == null || kept.length() < length) {
      if (kept != null) {
        kept.close();
      }
      try (PointerScope _ = new PointerScope()) {
        kept = Rotary.of(rope, length, place).retained();
      }
      rotaries.put(rope, kept);
    }
    return kept.length() == length ? kept : kept.first(length);
  }

  /// Forward and, if asked, backward: adds the gradient of (objective · scale) to what is there.
  ///
  /// @return the objective's value, of the whole part of the batch
  double step(
      ModelWithHead model, Objective objective, Batch batch, double scale, boolean backward) {
    if (batch.sequences() == 0) {
      return 0;
    }
    if (objective instanceof SeveralTasks several) {
      SeveralTasks.One one = several.of(batch);
      double value = step(one.model(), one.objective(), batch, scale * one.weight(), backward);
      return one.weight() * value;
    }
    try (PointerScope scope = new PointerScope()) {
      if (objective instanceof DistillationLoss own) {
        return new Lesson(this, own, model, batch, scope).step(scale, backward);
      }
      if (!backward) {
        try (NoGradGuard _ = new NoGradGuard()) {
          return loss(hidden(model, batch, null, null), model, objective, batch, 0, null);
        }
      }
      Recomputation blocks = model.recomputes() ? new Recomputation(scope) : null;
      Tensor hidden = hidden(model, batch, blocks, null);
      Tensor dHidden = place.empty(hidden.size(0), hidden.size(1));
      double loss = loss(hidden.detach(), model, objective, batch, scale, dHidden);
      if (hidden.requires_grad() && blocks != null) {
        blocks.backward(hidden, dHidden);
      } else if (hidden.requires_grad()) {
        hidden.backward(dHidden, new BoolOptional(), false, new TensorArrayRefOptional());
      }
      return loss;
    }
  }

  int number() {
    return number;
  }

  /// Adds to the parts of the loss.
  void add(DistillationLoss.Parts some) {
    parts = parts.plus(some);
  }

  Tensor hidden(
      ModelWithHead model,
      Batch batch,
      @Nullable Recomputation blocks,
      @Nullable HiddenStates states) {
    LearnedTokens virtual = model.virtual();
    Tensor y = model.hidden().apply(operations(virtual, batch, blocks, states)).tensor;
    return virtual == null ? y : virtual.without(y, batch);
  }

  private TorchOperations operations(
      @Nullable LearnedTokens virtual,
      Batch batch,
      @Nullable Recomputation blocks,
      @Nullable HiddenStates states) {
    return new TorchOperations(
        this,
        place.longs(batch.ids()),
        virtual == null ? batch : virtual.before(batch),
        precision,
        blocks,
        states,
        virtual);
  }

  LastLayer lastLayer(ModelWithHead model) {
    return new LastLayer(
        leaf(model.lastWeight()).detach(),
        model.bias() == null ? null : leaf(model.bias()).detach(),
        model.softCap(),
        precision,
        threads);
  }

  /// Adds to the gradient of a weight, where it trains.
  void addGradient(Slot slot, Tensor some) {
    Tensor own = gradients.get(slot.index());
    if (own != null) {
      own.add_(some.view_as(own));
    }
  }

  /// Where the gradients of the last layer go.
  CrossEntropy.@Nullable Gradients gradients(ModelWithHead model, @Nullable Tensor dHidden) {
    if (dHidden == null) {
      return null;
    }
    Slot bias = model.bias();
    Slot weight = model.lastWeight();
    Tensor own =
        weight.adapter() instanceof Adapter.Rows rows ? gradients.get(rows.rows().index()) : null;
    return new CrossEntropy.Gradients(
        dHidden,
        gradients.get(weight.index()),
        bias == null ? null : gradients.get(bias.index()),
        own != null && weight.adapter() instanceof Adapter.Rows rows
            ? new CrossEntropy.Rows(place.longs(rows.indices()), own)
            : null);
  }

  private double loss(
      Tensor hidden,
      ModelWithHead model,
      Objective objective,
      Batch batch,
      double scale,
      @Nullable Tensor dHidden) {
    try (NoGradGuard _ = new NoGradGuard()) {
      if (objective instanceof HeadLoss own) {
        return own.run(this, model, hidden, batch, scale, dHidden);
      }
      var layer =
          new CrossEntropy(
              lastLayer(model),
              objective instanceof Objective.Likelihood own ? own : new Objective.Likelihood(0, 0));
      CrossEntropy.@Nullable Gradients to = gradients(model, dHidden);
      if (objective.plain()) {
        return layer.run(hidden, batch, scale, null, null, to);
      }
      float[] losses = new float[(int) hidden.size(0)];
      float[] weights = new float[losses.length];
      layer.run(hidden, batch, 0, null, losses, null);
      double value = objective.value(losses, batch, weights);
      tell(objective.tell(losses, batch));
      if (to != null) {
        layer.run(hidden, batch, scale, weights, null, to);
      }
      return value;
    }
  }

  /// Each row's loss.
  float[] losses(ModelWithHead model, Batch batch) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor hidden = hidden(model, batch, null, null);
      float[] losses = new float[(int) hidden.size(0)];
      new CrossEntropy(lastLayer(model)).run(hidden, batch, 0, null, losses, null);
      return losses;
    }
  }

  /// What a function of the operations gives, row by row.
  float[] compute(
      java.util.function.Function<dev.imago.tensor.Operations<Slot, Activation>, Activation>
          function,
      Batch batch,
      @Nullable LearnedTokens virtual) {
    try (PointerScope _ = new PointerScope();
        NoGradGuard _ = new NoGradGuard()) {
      Tensor all = function.apply(operations(virtual, batch, null, null)).tensor;
      Tensor y = (virtual == null ? all : virtual.without(all, batch)).contiguous();
      return Libtorch.floats(y);
    }
  }

  /// How many tables of angles are kept.
  int angleTables() {
    return rotaries.size();
  }

  void close() {
    rotaries.values().forEach(Rotary::close);
    for (Tensor leaf : leaves) {
      if (leaf != null) {
        leaf.close();
      }
    }
    for (Tensor part : gradients) {
      if (part != null) {
        part.close();
      }
    }
    gradient.close();
  }
}
