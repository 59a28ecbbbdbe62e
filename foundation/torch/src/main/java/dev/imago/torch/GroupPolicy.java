package dev.imago.torch;

import java.util.Map;
import java.util.TreeMap;

/// Group relative policy optimisation: of several answers to one prompt those with more reward than
/// their group become likelier, the others less, by a ratio of probabilities that is clipped. Shao
/// et al. 2024, arXiv:2402.03300; the ways to take its mean under TRL's names.
///
/// *A an answer's advantage; r of a token p / p when it was drawn; k3 = p_ref / p − ln(p_ref / p) −
/// 1, an estimate of KL(model ‖ reference), Schulman 2020.* A token's loss is −min(r · A, clip(r, 1
/// − ε, 1 + ε_high) · A) + β · k3.
///
/// @param generations answers to a prompt, which stand together
/// @param beta how dear it is to leave the reference; 0 where there is none
/// @param epsilon ε
/// @param epsilonHigh ε_high. Yu et al. 2025, arXiv:2503.14476
/// @param delta what r is at most before it is multiplied, also of bad answers; 0 for no bound.
///   INTELLECT-2, arXiv:2505.07291
/// @param corrected whether k3 is multiplied by r, so that its gradient is that of the KL
/// @param longest tokens of an answer, at most; what [Kind#DR_GRPO] divides by
public record GroupPolicy(
    Kind kind,
    int generations,
    double beta,
    double epsilon,
    double epsilonHigh,
    double delta,
    boolean corrected,
    int longest)
    implements Objective {
  private static final int TOLD = 13;

  /// What the losses of tokens are divided by.
  public enum Kind {
    /// Of each answer by its tokens, then by the answers.
    GRPO,
    /// By all tokens of a micro-batch.
    BNPO,
    /// By answers times the longest that one may be: no answer weighs less for being long. Liu et
    /// al. 2025, arXiv:2503.20783
    DR_GRPO,
    /// By all tokens of a step. Yu et al. 2025, arXiv:2503.14476
    DAPO
  }

  public GroupPolicy {
    if (generations < 2 || longest < 1) {
      throw new IllegalArgumentException(
          "generations = %d is at least 2, longest = %d at least 1"
              .formatted(generations, longest));
    }
    if (!(beta >= 0) || !(epsilon >= 0 && epsilon <= 1) || !(epsilonHigh >= 0) || !(delta >= 0)) {
      throw new IllegalArgumentException(
          "beta = %s, epsilonHigh = %s and delta = %s are not below 0, epsilon = %s is within 0 … 1"
              .formatted(beta, epsilonHigh, delta, epsilon));
    }
  }

  @Override
  public int group() {
    return generations;
  }

  @Override
  public boolean plain() {
    return false;
  }

  @Override
  public int count(Batch batch) {
    return switch (kind) {
      case GRPO -> batch.sequences();
      case BNPO, DAPO -> Math.max(1, batch.counted());
      case DR_GRPO -> batch.sequences() * longest;
    };
  }

  /// Of one token.
  ///
  /// @param value of the loss
  /// @param slope by how much it grows with ln p
  /// @param kl the term of the reference, before β
  /// @param side −1 where the ratio is clipped from below, 1 from above, 0 where it is not
  private record Token(double value, double slope, double kl, int side) {}

  private Token token(double ratio, double advantage, double toReference) {
    double first = delta > 0 ? Math.min(ratio, delta) : ratio;
    double clipped = Math.clamp(ratio, 1 - epsilon, 1 + epsilonHigh);
    boolean free = first * advantage <= clipped * advantage;
    double value = -(free ? first : clipped) * advantage;
    // What a bound holds does not grow.
    boolean held = free ? first < ratio : clipped != ratio;
    double slope = held ? 0 : -ratio * advantage;
    double kl = 0;
    if (beta > 0) {
      double grown = Math.exp(toReference);
      double k3 = grown - toReference - 1;
      kl = corrected ? k3 * ratio : k3;
      slope += beta * (corrected ? (1 - grown) * ratio + kl : 1 - grown);
      value += beta * kl;
    }
    int side =
        first < 1 - epsilon && advantage < 0
            ? -1
            : first > 1 + epsilonHigh && advantage > 0 ? 1 : 0;
    return new Token(value, slope, kl, side);
  }

  private Token token(float[] losses, Batch batch, SampledAnswers of, int sequence, int at) {
    double loss = losses[at];
    double ratio = of.drawn().length == 0 ? 1 : Math.exp(of.drawn()[at] - loss);
    return token(ratio, of.advantages()[sequence], beta > 0 ? loss - of.reference()[at] : 0);
  }

  private SampledAnswers answers(Batch batch) {
    SampledAnswers sampled = batch.answers().sampled();
    if (sampled == null) {
      throw new IllegalArgumentException("the batch does not say what its answers are worth");
    }
    if (beta > 0 && sampled.reference().length == 0) {
      throw new IllegalArgumentException(
          "beta = %s, and the batch does not say how likely its answers are for the reference"
              .formatted(beta));
    }
    return sampled;
  }

  @Override
  public double value(float[] losses, Batch batch, float[] weights) {
    SampledAnswers of = answers(batch);
    double value = 0;
    for (int s = 0; s < batch.sequences(); s++) {
      double each = kind == Kind.GRPO ? 1.0 / Preference.tokens(batch, s) : 1;
      for (int i = s * batch.length(); i < (s + 1) * batch.length(); i++) {
        weights[i] = 0;
        if (batch.targets()[i] != Batch.IGNORED) {
          Token token = token(losses, batch, of, s, i);
          value += each * token.value;
          weights[i] = (float) (-each * token.slope); // a row's loss is −ln p of its token
        }
      }
    }
    return value;
  }

  @Override
  public int sums() {
    return TOLD;
  }

  @Override
  public double[] tell(float[] losses, Batch batch) {
    SampledAnswers of = answers(batch);
    double[] sums = new double[TOLD];
    for (int s = 0; s < batch.sequences(); s++) {
      sums[0]++;
      sums[1] += of.rewards()[s];
      sums[2] += of.rewards()[s] * of.rewards()[s];
      sums[3] += of.lengths()[s];
      sums[4] += of.truncated()[s] ? 1 : 0;
      for (int i = s * batch.length(); i < (s + 1) * batch.length(); i++) {
        if (batch.targets()[i] != Batch.IGNORED) {
          Token token = token(losses, batch, of, s, i);
          sums[5]++;
          sums[6] += losses[i];
          sums[7] += token.kl;
          sums[8] += token.side < 0 ? 1 : 0;
          sums[9] += token.side > 0 ? 1 : 0;
        }
      }
    }
    for (int s = 0; s + generations <= batch.sequences(); s += generations) {
      boolean alike = true;
      for (int i = s + 1; i < s + generations; i++) {
        alike &= of.rewards()[i] == of.rewards()[s];
      }
      sums[10]++;
      sums[11] += alike ? 1 : 0;
    }
    sums[12] += beta > 0 ? 1 : 0;
    return sums;
  }

  @Override
  public Map<String, Double> told(double[] sums) {
    var means = new TreeMap<String, Double>();
    if (sums.length != TOLD || sums[0] == 0) {
      return means;
    }
    double n = sums[0];
    means.put("reward", sums[1] / n);
    means.put(
        "rewardStd", Math.sqrt(Math.max(0, sums[2] - sums[1] * sums[1] / n) / Math.max(1, n - 1)));
    means.put("completionLength", sums[3] / n);
    means.put("clippedCompletions", sums[4] / n);
    double tokens = Math.max(1, sums[5]);
    means.put("entropy", sums[6] / tokens);
    means.put("clipRatioLow", sums[8] / tokens);
    means.put("clipRatioHigh", sums[9] / tokens);
    means.put("clipRatio", (sums[8] + sums[9]) / tokens);
    means.put("fracRewardZeroStd", sums[11] / Math.max(1, sums[10]));
    if (sums[12] > 0) {
      means.put("kl", sums[7] / tokens);
    }
    return means;
  }
}
