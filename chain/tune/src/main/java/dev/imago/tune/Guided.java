package dev.imago.tune;

import dev.imago.core.ConfigException;
import dev.imago.core.Estimate;
import dev.imago.data.Weights;
import dev.imago.model.ModelShape;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.training.Distillation;
import dev.imago.training.TeacherModel;
import dev.imago.training.TrainingCost;
import java.util.Optional;

/// Tuning beside a teacher, where one is bound: a model of the same task, whose scores are learned
/// beside the labels. Owns the teacher's memory.
record Guided(Optional<TeacherModel> teacher) implements AutoCloseable {
  /// Without one.
  static final Guided NONE = new Guided(Optional.empty());

  /// A model that is to be beside the one that learns, as far as it is known before a run.
  ///
  /// @param input that it is bound to
  static Optional<TrainingCost.Model> cost(Estimate.Known known, String input) {
    return known.inputs().get(input) instanceof Weights weights
        ? Optional.of(TrainingCost.Model.of(TeacherModel.shape(weights)))
        : Optional.ofNullable(known.expected().get(input))
            .map(TrainingCost.Model::of)
            .filter(m -> m.parameters() > 0);
  }

  /// The same of inputs that stand.
  static Optional<TrainingCost.Model> cost(Tune.Inputs inputs) {
    return inputs.teacher().map(t -> TrainingCost.Model.of(TeacherModel.shape(t)));
  }

  /// Refuses what has no meaning, before a model is read.
  ///
  /// @param pairs whether pairs of answers are compared
  static void refuse(Tune.Inputs inputs, boolean pairs, Tune.Config config) {
    if (inputs.teacher().isEmpty()) {
      if (!config.distillation().equals(Distillation.USUAL)) {
        throw new ConfigException(
            "tune.distillation is of a student with a teacher, and the input teacher is not bound;"
                + " bind it, or leave distillation out");
      }
      return;
    }
    if (pairs) {
      throw new ConfigException(
          "tune.beta = %s compares pairs of answers, and the input teacher is of answers learned one by one; set beta to 0, or unbind the teacher"
              .formatted(config.beta()));
    }
    BaseModel.checkTokenizer(inputs, inputs.teacher().get());
  }

  static Guided open(
      Tune.Inputs inputs, Tune.Config config, ModelShape student, Parallelism parallelism)
      throws InterruptedException {
    if (inputs.teacher().isEmpty()) {
      return new Guided(Optional.empty());
    }
    int context =
        config.longest() == 0 ? student.context() : Math.min(config.longest(), student.context());
    return new Guided(
        Optional.of(
            TeacherModel.open(
                inputs.teacher().get(),
                "tune",
                student,
                context,
                config.distillation(),
                parallelism,
                config.precision().on(parallelism.place()))));
  }

  Objective objective(Objective.Likelihood targets) {
    return teacher.map(t -> t.objective(targets)).orElse(targets);
  }

  @Override
  public void close() {
    teacher.ifPresent(TeacherModel::close);
  }
}
