package dev.imago.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// One step of one replica of a student beside its teacher ([DistillationLoss]): the teacher reads
/// the batch first, and what its blocks computed is gone before the student's begin.
///
/// *B sequences of T tokens, R rows with targets, D width.*
final class Lesson {
  private final Replica student;
  private final DistillationLoss loss;
  private final ModelWithHead model;
  private final Batch batch;
  private final PointerScope scope;

  /// @param scope of the step
  Lesson(
      Replica student,
      DistillationLoss loss,
      ModelWithHead model,
      Batch batch,
      PointerScope scope) {
    this.student = student;
    this.loss = loss;
    this.model = model;
    this.batch = batch;
    this.scope = scope;
  }

  /// @return the loss, of the whole part of the batch
  double step(double scale, boolean backward) {
    Map<Integer, Integer> pairs = new TreeMap<>(loss.blocks());
    Teacher.Reading read =
        loss.teacher().read(student.number(), batch, scope, Set.copyOf(pairs.values()));
    var states = new HiddenStates(pairs.keySet(), scope);
    if (!backward) {
      try (NoGradGuard _ = new NoGradGuard()) {
        Tensor hidden = student.hidden(model, batch, null, states);
        return taught(hidden, read, scale, null)
            + loss.hidden() * differences(pairs, states, read, hidden.size(0), scale, null);
      }
    }
    Recomputation blocks = model.recomputes() ? new Recomputation(scope) : null;
    Tensor hidden = student.hidden(model, batch, blocks, states);
    Tensor dHidden = student.place().empty(hidden.size(0), hidden.size(1));
    double value = taught(hidden.detach(), read, scale, dHidden);
    List<Tensor> roots = new ArrayList<>(List.of(hidden));
    List<Tensor> gradients = new ArrayList<>(List.of(dHidden));
    var slopes = new ArrayList<Tensor>();
    value += loss.hidden() * differences(pairs, states, read, hidden.size(0), scale, slopes);
    for (int block : pairs.keySet()) {
      Tensor slope = slopes.get(roots.size() - 1);
      roots.add(states.of(block));
      gradients.add(slope);
    }
    var tensors = new TensorVector();
    var arrived = new TensorVector();
    for (int i = 0; i < roots.size(); i++) {
      if (roots.get(i).requires_grad()) {
        tensors.push_back(roots.get(i));
        arrived.push_back(gradients.get(i));
      }
    }
    if (tensors.size() > 0) {
      torch.backward(tensors, arrived, new BoolOptional(), false, new TensorVector());
    }
    if (blocks != null) {
      blocks.backward();
    }
    return value;
  }

  /// The loss of the scores, and its gradient.
  private double taught(
      Tensor hidden, Teacher.Reading read, double scale, @Nullable Tensor dHidden) {
    try (NoGradGuard _ = new NoGradGuard()) {
      var own = new CrossEntropy(student.lastLayer(model), loss.targets());
      if (loss.alpha() > 0) {
        own.taught(new SoftTargets(read.layer(), read.rows(), loss.temperature()), loss.alpha());
      }
      double value = own.run(hidden, batch, scale, null, null, student.gradients(model, dHidden));
      student.add(new DistillationLoss.Parts(own.ofTargets(), own.divergence(), 0));
      return value;
    }
  }

  /// Mean squared differences of hidden states, in the mean of the pairs of blocks.
  ///
  /// @param rows that the last layer scores
  /// @param slopes gets by how much the loss grows with each of the student's states
  private double differences(
      Map<Integer, Integer> pairs,
      HiddenStates own,
      Teacher.Reading read,
      long rows,
      double scale,
      @Nullable List<Tensor> slopes) {
    if (pairs.isEmpty()) {
      return 0;
    }
    try (NoGradGuard _ = new NoGradGuard()) {
      Tensor weights = student.place().floats(weights((int) rows), (long) batch.ids().length, 1);
      double sum = 0;
      for (Map.Entry<Integer, Integer> pair : pairs.entrySet()) {
        Tensor theirs = read.states().of(pair.getValue());
        Tensor apart = own.of(pair.getKey()).detach().sub(theirs);
        double even = 1.0 / pairs.size() / theirs.size(1);
        sum += even * apart.square().mul_(weights).sum().item_double();
        if (slopes != null) {
          slopes.add(apart.mul_(weights).mul_(new Scalar(2 * even * loss.hidden() * scale)));
        }
      }
      student.add(new DistillationLoss.Parts(0, 0, sum));
      return sum;
    }
  }

  /// How much each token counts: as a row that has a target, or as a part of a sequence that has
  /// one.
  private float[] weights(int rows) {
    int t = batch.length();
    int choices = batch.targets().length / rows;
    float[] weights = new float[batch.ids().length];
    boolean ofTokens = rows == weights.length;
    for (int i = 0; i < weights.length; i++) {
      int sequence = i / t;
      int row = ofTokens ? i : sequence;
      boolean counts = batch.targets()[row * choices] != Batch.IGNORED;
      int length = batch.lengths().length == 0 ? t : batch.lengths()[sequence];
      weights[i] = !counts ? 0 : ofTokens ? 1 : i % t < length ? 1f / length : 0;
    }
    return weights;
  }
}
