package dev.imago.torch;

/// How the weights of a slot are trained.
///
/// @param trains whether they change at all: what does not has no gradient and no moments
/// @param learningRateFactor times the schedule's learning rate
/// @param weightDecayFactor times the optimizer's weight decay
/// @param hidden whether it is a matrix between embedding and output, which [Muon] makes orthogonal
///   steps for
public record Group(
    boolean trains, double learningRateFactor, double weightDecayFactor, boolean hidden) {
  /// What matrices usually are.
  public static final Group DECAYING = new Group(true, 1, 1);

  /// What vectors usually are.
  public static final Group NOT_DECAYING = new Group(true, 1, 0);

  public static final Group FROZEN = new Group(false, 0, 0);

  public Group {
    if (!(learningRateFactor >= 0) || !(weightDecayFactor >= 0)) {
      throw new IllegalArgumentException(
          "learningRateFactor = %s and weightDecayFactor = %s are not below 0"
              .formatted(learningRateFactor, weightDecayFactor));
    }
  }

  /// Of what is no hidden matrix.
  public Group(boolean trains, double learningRateFactor, double weightDecayFactor) {
    this(trains, learningRateFactor, weightDecayFactor, false);
  }
}
