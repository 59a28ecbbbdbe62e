package dev.imago.pretrain;

import dev.imago.core.ConfigException;
import dev.imago.core.Estimate;
import dev.imago.core.Estimate.Figure;
import dev.imago.data.Weights;
import dev.imago.model.ModelShape;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.training.Distillation;
import dev.imago.training.TeacherModel;
import dev.imago.training.TrainingCost;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Training beside a teacher, where one is bound: what it must be, and what is minimised with it.
/// Owns the teacher's memory.
record Taught(Optional<TeacherModel> teacher) implements AutoCloseable {
  /// What the teacher will take of memory, as far as it is known before a run.
  static Optional<TrainingCost.Model> cost(Estimate.Known known) {
    return known.inputs().get("teacher") instanceof Weights teacher
        ? Optional.of(TrainingCost.Model.of(TeacherModel.shape(teacher)))
        : Optional.ofNullable(known.expected().get("teacher"))
            .map(expected -> TrainingCost.Model.of(withVocabulary(expected, known)))
            .filter(m -> m.parameters() > 0);
  }

  /// It is of the corpus' own.
  private static Map<Figure, Long> withVocabulary(
      Map<Figure, Long> expected, Estimate.Known known) {
    var figures = new HashMap<>(expected);
    figures.put(Figure.VOCABULARY, known.figure(Figure.VOCABULARY, 0));
    return figures;
  }

  /// The teacher's size, of inputs that stand.
  static Optional<TrainingCost.Model> cost(Pretrain.Inputs inputs) {
    return inputs.teacher().map(t -> TrainingCost.Model.of(TeacherModel.shape(t)));
  }

  /// @param context of the student
  static Taught open(
      Pretrain.Inputs inputs,
      Pretrain.Config config,
      ModelShape student,
      int context,
      Parallelism parallelism)
      throws InterruptedException {
    if (inputs.teacher().isEmpty()) {
      if (!config.distillation().equals(Distillation.USUAL)) {
        throw new ConfigException(
            "pretrain.distillation is of a student with a teacher, and the input teacher is not"
                + " bound; bind it, or leave distillation out");
      }
      return new Taught(Optional.empty());
    }
    Weights teacher = inputs.teacher().get();
    if (config.packing() == Packing.CONTIGUOUS && TeacherModel.shape(teacher).stateWidth() > 0) {
      throw new ConfigException(
          "pretrain.packing = contiguous carries a student's state from step to step, and that of %s would begin anew; give another packing"
              .formatted(teacher.ref()));
    }
    Continued.sameTokens(teacher, "teacher", inputs.vocabulary().folder());
    return new Taught(
        Optional.of(
            TeacherModel.open(
                teacher,
                "pretrain",
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
