package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.torch.DistillationLoss;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.Teacher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A model that a student learns from, with its weights in memory: none of them trains. Owns native
/// memory.
public final class TeacherModel implements AutoCloseable {
  private final TrainableModel model;
  private final Distillation settings;
  private final Map<Integer, Integer> pairs;

  private TeacherModel(TrainableModel model, Distillation settings, Map<Integer, Integer> pairs) {
    this.model = model;
    this.settings = settings;
    this.pairs = pairs;
  }

  /// @throws InputException for a folder that is none of a model
  public static ModelShape shape(Weights teacher) {
    Path file = teacher.folder().resolve("config.json");
    try {
      return Architectures.read(Files.readString(file));
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    } catch (IllegalArgumentException e) {
      throw new InputException(teacher.ref() + " cannot be a teacher: " + e.getMessage(), e);
    }
  }

  /// Opens a teacher, if its scores are of the same choices as the student's.
  ///
  /// @param step of the recipe, such as `pretrain`
  /// @param context tokens of a sequence, at most
  /// @param parallelism of the student
  public static TeacherModel open(
      Weights teacher,
      String step,
      ModelShape student,
      int context,
      Distillation settings,
      Parallelism parallelism,
      Precision precision)
      throws InterruptedException {
    ModelShape shape = shape(teacher);
    check(teacher, shape, student, context);
    Map<Integer, Integer> pairs;
    try {
      pairs = settings.pairs(student, shape);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(step + "." + e.getMessage(), e);
    }
    return new TeacherModel(
        TrainableModel.read(
            teacher.folder(),
            UnaryOperator.identity(),
            new Tuning.Nothing(),
            ParameterGroups.NONE,
            0,
            parallelism,
            precision),
        settings,
        pairs);
  }

  private static void check(Weights teacher, ModelShape shape, ModelShape student, int context) {
    if (!shape.output().equals(student.output())
        || shape.decoderStart().isPresent() != student.decoderStart().isPresent()) {
      throw new InputException(
          "%s is a %s of %s%s, and the student a %s of %s%s: a teacher tells the same as its student; bind another"
              .formatted(
                  teacher.ref(),
                  shape.architecture(),
                  shape.output().words(),
                  names(shape),
                  student.architecture(),
                  student.output().words(),
                  names(student)));
    }
    if (shape.vocabularySize() != student.vocabularySize()) {
      throw new InputException(
          "%s knows a vocabulary of %,d, and the student one of %,d: a teacher has its student's tokenizer; bind another, or encode the corpus with the teacher's"
              .formatted(teacher.ref(), shape.vocabularySize(), student.vocabularySize()));
    }
    if (shape.context() < context) {
      throw new InputException(
          "%s reads %,d tokens at once, and the student is to read %,d; give a shorter context, or bind another teacher"
              .formatted(teacher.ref(), shape.context(), context));
    }
  }

  private static String names(ModelShape shape) {
    var names = shape.output().names();
    return names.isEmpty() ? "" : " (%s)".formatted(String.join(", ", names));
  }

  /// What the student minimises.
  ///
  /// @param targets what is added to the loss of the targets
  public Objective objective(Objective.Likelihood targets) {
    return new DistillationLoss(
        new Teacher(model.replicas(), model.output()),
        settings.alpha(),
        settings.temperature(),
        settings.hidden(),
        pairs,
        targets);
  }

  /// Of what it learns, in words.
  public String words() {
    String hidden =
        pairs.isEmpty()
            ? ""
            : "; hidden states of %d blocks count %s".formatted(pairs.size(), settings.hidden());
    return "a teacher of %,d parameters: %.3g of the loss is its divergence at temperature %s%s"
        .formatted(
            model.config().parameterCount(), settings.alpha(), settings.temperature(), hidden);
  }

  @Override
  public void close() {
    model.close();
  }
}
