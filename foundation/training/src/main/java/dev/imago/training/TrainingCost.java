package dev.imago.training;

import dev.imago.core.Estimate;
import dev.imago.core.Estimate.Figure;
import dev.imago.model.ModelShape;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Place;
import java.util.EnumMap;
import java.util.Map;

/// What training a model costs, from its shape: memory and disk follow from the number of
/// parameters P, operations from P and the tokens.
public final class TrainingCost {
  private static final long FLOAT = 4;

  /// Weights and AdamW's two means: what a checkpoint holds.
  private static final long STATE = 3;

  /// Checkpoints on disk at most: two, and the one that is being written.
  private static final long CHECKPOINTS = 3;

  /// Numbers that a block keeps of each position for the way back, in widths: norms, queries, keys
  /// and values, attention, a feed-forward some widths wide, what was rounded for products, and
  /// what lies beside them until the step ends. Measured: docs/log.md, 2026-11-29, memory of texts
  /// of unlike lengths.
  private static final long KEPT_WIDTHS = 40;

  /// The same of what dropout multiplies by, and of what comes of it.
  private static final long DROPPED_WIDTHS = 20;

  /// Numbers that are kept of each pair of positions and head where attention drops some: scores,
  /// with what hides some of them, their softmax, what it is multiplied by, and the product; and
  /// one for the way back.
  private static final long KEPT_PAIRS = 6;

  /// What the process takes by itself: the JVM with its heap, libtorch and the buffers of its
  /// products. Measured: docs/log.md, 2026-11-27, the memory of small models.
  private static final long PROCESS = 450_000_000;

  /// Times that the loss holds its rows of logits.
  private static final long LOGITS = 2;

  /// The same of the rows of scores that a loss with a teacher holds beside them: the teacher's and
  /// both distributions.
  private static final long TAUGHT = 4;

  private TrainingCost() {}

  /// A model, as far as its cost depends on it.
  ///
  /// @param layers blocks in all, an encoder's and a decoder's
  /// @param context tokens that it reads at once
  /// @param sequence tokens of the sequences that it is trained on
  /// @param vocabulary entries of the output matrix
  /// @param drops whether some of what attention and feed-forward give is 0 by chance
  /// @param weighing heads of a block whose attention is; 0 where none is
  public record Model(
      long parameters,
      long layers,
      long width,
      long context,
      long sequence,
      long vocabulary,
      boolean drops,
      long weighing) {
    /// Without dropout.
    public Model(long parameters, long layers, long width, long context, long vocabulary) {
      this(parameters, layers, width, context, context, vocabulary, false, 0);
    }

    public static Model of(ModelShape shape) {
      return new Model(
          shape.parameterCount(),
          shape.blocks(),
          shape.width(),
          shape.context(),
          shape.context(),
          shape.vocabularySize(),
          shape.dropout().residual() > 0,
          shape.dropout().attention() > 0 ? shape.heads() : 0);
    }

    /// With sequences of another length.
    public Model reading(long tokens) {
      return new Model(parameters, layers, width, context, tokens, vocabulary, drops, weighing);
    }

    /// Numbers that a block keeps of each position.
    private long kept() {
      return (KEPT_WIDTHS + (drops ? DROPPED_WIDTHS : 0)) * width
          + KEPT_PAIRS * weighing * sequence;
    }

    /// The one that an earlier step expects to make; one of no parameters where none does.
    public static Model expected(Estimate.Known known) {
      return of(known.figures());
    }

    /// One of which an estimate has told.
    public static Model of(Map<Figure, Long> figures) {
      return new Model(
          figures.getOrDefault(Figure.PARAMETERS, 0L),
          figures.getOrDefault(Figure.LAYERS, 0L),
          figures.getOrDefault(Figure.WIDTH, 0L),
          figures.getOrDefault(Figure.CONTEXT, 0L),
          figures.getOrDefault(Figure.VOCABULARY, 0L));
    }
  }

  /// How often weights and their state stand in the memory that a training has: a checkpoint is
  /// written from a copy, and a device has a mirror in the machine's memory; both are apart from
  /// that of a GPU with memory of its own.
  ///
  /// @param copies floats a weight that a checkpoint holds
  /// @return floats a weight
  public static long held(Place place, long copies) {
    return switch (place.kind()) {
      case HOST -> 2 * copies;
      case CUDA -> copies;
      case MPS, MIRROR -> 3 * copies;
    };
  }

  /// Bytes in the machine's memory beside those of a GPU with memory of its own: mirrors, and what
  /// a checkpoint is written from.
  ///
  /// @param floats that stand on the GPU and belong into a checkpoint
  /// @param frozen floats that stand there and do not
  public static long mirrors(long floats, long frozen) {
    return PROCESS + FLOAT * (2 * floats + frozen);
  }

  /// Operations of a step of training, a token.
  ///
  /// @param length of the sequences
  static double operationsPerToken(ModelShape shape, long length) {
    return operationsPerToken(Model.of(shape), length);
  }

  private static double operationsPerToken(Model model, long length) {
    return 6.0 * (model.parameters() + model.layers() * length * model.width());
  }

  /// What a teacher costs beside its student: its weights, its states of one micro-batch with the
  /// block that is at work, scores of some rows, and its forward pass.
  ///
  /// @param positions in a micro-batch
  public static Estimate withTeacher(
      Estimate student, Model teacher, long positions, long tokens, Parallelism parallelism) {
    long widths = teacher.layers() + KEPT_WIDTHS;
    long floats =
        teacher.parameters()
            + positions * widths * teacher.width()
            + parallelism.replicas()
                * TAUGHT
                * parallelism.place().scoreRows()
                * teacher.vocabulary();
    return new Estimate(
        student.figures(),
        student.memoryBytes() == 0 ? 0 : student.memoryBytes() + FLOAT * floats,
        student.diskBytes(),
        student.operations() + tokens * operationsPerToken(teacher, teacher.context()) / 3);
  }

  /// With tokens that a model computes besides, without learning from them.
  public static Estimate computing(Estimate training, Model model, long tokens) {
    return new Estimate(
        training.figures(),
        training.memoryBytes(),
        training.diskBytes(),
        training.operations() + tokens * operationsPerToken(model, model.context()) / 3);
  }

  /// With AdamW.
  ///
  /// @param positions in a micro-batch: sequences times their length
  /// @param tokens to train on in all
  public static Estimate of(
      Model model, long positions, long steps, long tokens, Parallelism parallelism) {
    return of(model, STATE, positions, steps, tokens, parallelism);
  }

  /// @param copies floats a weight that a checkpoint holds: the weight, the optimizer's state, an
  ///   average
  /// @param positions in a micro-batch: sequences times their length
  /// @param tokens to train on in all
  public static Estimate of(
      Model model, long copies, long positions, long steps, long tokens, Parallelism parallelism) {
    return of(model, copies, positions, steps, tokens, parallelism, false);
  }

  /// @param recomputes whether of each block its input alone is kept, and the block that is at work
  public static Estimate of(
      Model model,
      long copies,
      long positions,
      long steps,
      long tokens,
      Parallelism parallelism,
      boolean recomputes) {
    var figures = new EnumMap<Figure, Long>(Figure.class);
    figures.put(Figure.PARAMETERS, model.parameters());
    figures.put(Figure.LAYERS, model.layers());
    figures.put(Figure.WIDTH, model.width());
    figures.put(Figure.CONTEXT, model.context());
    figures.put(Figure.TRAINED, tokens);
    figures.put(Figure.STEPS, steps);
    long each =
        recomputes ? model.layers() * model.width() + model.kept() : model.layers() * model.kept();
    long kept = positions * each;
    int replicas = parallelism.replicas();
    long logits = replicas * LOGITS * parallelism.place().scoreRows() * model.vocabulary();
    // Threads of one replica each hold the gradient of one matrix, at most half a block, at a time.
    long apart =
        parallelism.threads() == 1
            ? 0
            : replicas
                * parallelism.threads()
                * model.parameters()
                / (2 * Math.max(1, model.layers()));
    long floats =
        model.parameters() * (held(parallelism.place(), copies) + replicas) + kept + logits + apart;
    // 2 operations a weight and token forward, 4 backward (Kaplan et al. 2020, arXiv:2001.08361,
    // section 2.1), and the causal half of every pair of positions in attention.
    double operations = tokens * operationsPerToken(model, model.sequence());
    return new Estimate(
        figures,
        model.parameters() == 0 ? 0 : PROCESS + FLOAT * floats,
        FLOAT * model.parameters() * (copies * CHECKPOINTS + 1),
        operations);
  }
}
