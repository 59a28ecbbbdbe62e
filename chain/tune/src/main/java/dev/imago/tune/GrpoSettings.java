package dev.imago.tune;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.torch.GroupPolicy;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/// How a model learns from rewards of answers that it writes itself, under TRL's names: group
/// relative policy optimisation ([GroupPolicy]).
///
/// @param rewards what tells how good an answer is; empty where nothing is learned so
/// @param rewardWeights of each of these in the sum; empty for 1 each
/// @param pattern of [RewardKind#REGEX]: a regular expression for the whole answer
/// @param schema of [RewardKind#SCHEMA]: a file with a JSON Schema
/// @param softPunishCache of [RewardKind#LENGTH]: over how many tokens before the longest the
///   reward falls from 0 to −1
/// @param numGenerations answers to a prompt
/// @param maxCompletionLength tokens of an answer, at most
/// @param lossType what the losses of tokens are divided by
/// @param beta how dear it is to leave the model that tuning begins with; 0 needs no such model
///   beside
/// @param epsilon by how much the ratio of a token's probability may fall before it is clipped
/// @param epsilonHigh by how much it may grow; −1 for as much as `epsilon`
/// @param delta what the ratio is at most also where the answer is bad; 0 for no bound
/// @param useBiasCorrectionKl whether the estimate of the distance is multiplied by that ratio
/// @param scaleRewards by whose standard deviation advantages are divided
/// @param numIterations steps that learn from the same answers
/// @param maskTruncatedCompletions whether answers without an end are not learned from
/// @param heldoutPrompts at most, and at most a twentieth of all, that are set apart and that the
///   model answers where the loss is measured, for a reward on what it does not learn from; 0 for
///   none
public record GrpoSettings(
    List<RewardKind> rewards,
    List<Double> rewardWeights,
    String pattern,
    String schema,
    int softPunishCache,
    int numGenerations,
    int maxCompletionLength,
    GroupPolicy.Kind lossType,
    double beta,
    double epsilon,
    double epsilonHigh,
    double delta,
    boolean useBiasCorrectionKl,
    Scale scaleRewards,
    int numIterations,
    boolean maskTruncatedCompletions,
    int heldoutPrompts) {
  /// A program that tells how good an answer is.
  public enum RewardKind {
    /// 1 where the answer is the label's, blanks around them apart, else 0.
    EXACT,
    /// 1 where the whole answer fits `pattern`, else 0.
    REGEX,
    /// 1 where the answer is JSON that `schema` allows, as `--schema` has it written, else 0.
    SCHEMA,
    /// 0 for answers short enough, falling to −1 at the longest. Yu et al. 2025, equation 13
    LENGTH,
    /// What the reward model says, the input `reward`.
    MODEL
  }

  /// Of which rewards the standard deviation is taken.
  public enum Scale {
    GROUP,
    BATCH,
    NONE
  }

  /// Not used; TRL's own defaults.
  public static final GrpoSettings NONE =
      new GrpoSettings(
          List.of(),
          List.of(),
          "",
          "",
          0,
          8,
          512,
          GroupPolicy.Kind.DAPO,
          0,
          0.2,
          -1,
          0,
          true,
          Scale.GROUP,
          1,
          false,
          32);

  public GrpoSettings {
    rewards = List.copyOf(rewards);
    rewardWeights = List.copyOf(rewardWeights);
    if (rewards.size() > 1 && EnumSet.copyOf(rewards).size() < rewards.size()) {
      throw new ConfigException("rewards = %s names one twice; leave it out".formatted(rewards));
    }
    if (!rewardWeights.isEmpty() && rewardWeights.size() != rewards.size()) {
      throw new ConfigException(
          "rewardWeights = %s are %d, and there are %d rewards; give one for each, in their order"
              .formatted(rewardWeights, rewardWeights.size(), rewards.size()));
    }
    needs(rewards, RewardKind.REGEX, "pattern", !pattern.isEmpty());
    needs(rewards, RewardKind.SCHEMA, "schema", !schema.isEmpty());
    needs(rewards, RewardKind.LENGTH, "softPunishCache", softPunishCache != 0);
    Bounds.whole("numGenerations", numGenerations, 2, 1024, "8 is usual");
    Bounds.whole("maxCompletionLength", maxCompletionLength, 1, 1 << 17, "512 is usual");
    Bounds.whole("softPunishCache", softPunishCache, 0, maxCompletionLength);
    Bounds.number("beta", beta, 0, 100, "0.04 is usual, 0 for no reference");
    Bounds.number("epsilon", epsilon, 0, 1, "0.2 is usual");
    if (epsilonHigh != -1) {
      Bounds.number("epsilonHigh", epsilonHigh, 0, 100, "0.28 is usual, −1 for that of epsilon");
    }
    if (delta != 0) {
      Bounds.number("delta", delta, 1, 1000, "above 1 + epsilon, 0 for no bound");
    }
    Bounds.whole("numIterations", numIterations, 1, 64, "1 is usual");
    Bounds.whole("heldoutPrompts", heldoutPrompts, 0, 4096);
  }

  private static void needs(
      List<RewardKind> rewards, RewardKind kind, String setting, boolean given) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    if (rewards.contains(kind) && !given) {
      throw new ConfigException("rewards = %s needs %s".formatted(name, setting));
    }
    if (given && !rewards.contains(kind)) {
      throw new ConfigException(
          "%s is of the reward %s, which rewards = %s does not have; leave it out"
              .formatted(setting, name, rewards.toString().toLowerCase(Locale.ROOT)));
    }
  }

  /// Whether a model learns so.
  public boolean used() {
    return !rewards.isEmpty();
  }

  /// Answers that are learned of each prompt, those of several steps too; 1 where no reward is
  /// learned from.
  int each() {
    return used() ? numGenerations * numIterations : 1;
  }

  /// What one reward counts.
  double weight(int reward) {
    return rewardWeights.isEmpty() ? 1 : rewardWeights.get(reward);
  }

  GroupPolicy objective() {
    return new GroupPolicy(
        lossType,
        numGenerations,
        beta,
        epsilon,
        epsilonHigh == -1 ? epsilon : epsilonHigh,
        delta,
        useBiasCorrectionKl,
        maxCompletionLength);
  }

  /// By how much better each answer is than its group, in deviations.
  ///
  /// @param all rewards, those of a group one after the other
  double[] advantages(double[] all) {
    double[] advantages = new double[all.length];
    double ofBatch = deviation(all, 0, all.length);
    for (int from = 0; from < all.length; from += numGenerations) {
      double mean = mean(all, from, from + numGenerations);
      double by =
          switch (scaleRewards) {
            case GROUP -> deviation(all, from, from + numGenerations) + 1e-4;
            case BATCH -> ofBatch + 1e-4;
            case NONE -> 1;
          };
      for (int i = from; i < from + numGenerations; i++) {
        advantages[i] = (all[i] - mean) / by;
      }
    }
    return advantages;
  }

  private static double mean(double[] all, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += all[i];
    }
    return sum / (to - from);
  }

  private static double deviation(double[] all, int from, int to) {
    double mean = mean(all, from, to);
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (all[i] - mean) * (all[i] - mean);
    }
    return Math.sqrt(sum / Math.max(1, to - from - 1));
  }
}
