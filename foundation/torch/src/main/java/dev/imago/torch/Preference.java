package dev.imago.torch;

import java.util.Map;
import java.util.TreeMap;

/// Of two answers the better one is to be likelier: sequence 2i of a batch was preferred to
/// sequence 2i + 1. Its [Kind] says what is compared and how; beside that, the chosen answers may
/// be learned as answers.
///
/// *p of an answer's targets; a gain is ln p less what it was for the model that training began
/// as.*
///
/// @param beta how dear it is to leave that model; of [Kind#SIMPO] and [Kind#SIGMOID_NORM] what a
///   mean over tokens is multiplied by; of [Kind#ORPO] what the odds weigh beside the answers
/// @param smoothing ε, the share of pairs that are taken to be the wrong way round; of the kinds
///   with a σ. Mitchell 2023, «conservative DPO»
/// @param margin γ, by how much β · (chosen − rejected) is to be above 0; of [Kind#SIMPO]
/// @param answers α, times −ln p of a token of the chosen answers, in the mean over a step's. Pang
///   et al. 2024, arXiv:2404.19733
public record Preference(Kind kind, double beta, double smoothing, double margin, double answers)
    implements Objective {
  private static final int TOLD = 8;

  /// How two answers are compared.
  public enum Kind {
    /// Direct preference optimisation: −ln σ(β · (gain of chosen − gain of rejected)). Rafailov et
    /// al. 2023, arXiv:2305.18290
    SIGMOID(true, false),
    /// max(0, 1 − β · (gain of chosen − gain of rejected)). Zhao et al. 2023, arXiv:2305.10425
    HINGE(true, false),
    /// (gain a token of chosen − that of rejected − 1 / 2β)². Azar et al. 2023, arXiv:2310.12036;
    /// by tokens, as its authors told TRL's
    IPO(true, true),
    /// DPO of gains a token. Lambert et al. 2024, arXiv:2411.15124
    SIGMOID_NORM(true, true),
    /// −ln σ(β · (ln p a token of chosen − that of rejected) − γ). Meng et al. 2024,
    /// arXiv:2405.14734
    SIMPO(false, true),
    /// The chosen answers' −ln p a token, and −β · ln σ of the logarithm of the ratio of odds of p
    /// a token. Hong et al. 2024, arXiv:2403.07691
    ORPO(false, true);

    private final boolean referenced;
    private final boolean byTokens;

    Kind(boolean referenced, boolean byTokens) {
      this.referenced = referenced;
      this.byTokens = byTokens;
    }

    /// Whether answers are compared with how likely they were before.
    public boolean referenced() {
      return referenced;
    }
  }

  public Preference {
    if (!(beta > 0)) {
      throw new IllegalArgumentException("beta = %s is above 0, such as 0.1".formatted(beta));
    }
    if (!(smoothing >= 0 && smoothing < 0.5) || !(margin >= 0) || !(answers >= 0)) {
      throw new IllegalArgumentException(
          "smoothing = %s is within 0 ≤ smoothing < 0.5, margin = %s and answers = %s not below 0"
              .formatted(smoothing, margin, answers));
    }
  }

  /// DPO alone.
  public Preference(double beta) {
    this(Kind.SIGMOID, beta, 0, 0, 0);
  }

  @Override
  public int group() {
    return 2;
  }

  @Override
  public boolean plain() {
    return false;
  }

  @Override
  public int count(Batch batch) {
    return batch.sequences() / 2;
  }

  @Override
  public Objective measured() {
    return this;
  }

  @Override
  public double value(float[] losses, Batch batch, float[] weights) {
    double value = 0;
    for (int s = 0; s + 1 < batch.sequences(); s += 2) {
      double chosen = score(losses, batch, s);
      double rejected = score(losses, batch, s + 1);
      Compared compared = compared(chosen, rejected);
      value += compared.value;
      // A row's loss is −ln p of its token.
      fill(weights, batch, s, -compared.ofChosen / (kind.byTokens ? tokens(batch, s) : 1));
      fill(
          weights, batch, s + 1, -compared.ofRejected / (kind.byTokens ? tokens(batch, s + 1) : 1));
      if (answers > 0) {
        double each = answers * perToken(batch);
        value -= each * likelihood(losses, batch, s);
        for (int i = 0; i < batch.length(); i++) {
          weights[s * batch.length() + i] += (float) each;
        }
      }
    }
    return value;
  }

  /// What one pair gives, and by how much that grows with each score.
  private record Compared(double value, double ofChosen, double ofRejected) {
    static Compared ofDifference(double value, double slope) {
      return new Compared(value, slope, -slope);
    }
  }

  private Compared compared(double chosen, double rejected) {
    double x = chosen - rejected;
    return switch (kind) {
      case SIGMOID, SIGMOID_NORM -> smoothed(beta * x);
      case SIMPO -> smoothed(beta * x - margin);
      case HINGE -> Compared.ofDifference(Math.max(0, 1 - beta * x), beta * x < 1 ? -beta : 0);
      case IPO -> {
        double off = x - 1 / (2 * beta);
        yield Compared.ofDifference(off * off, 2 * off);
      }
      case ORPO -> {
        double odds = x - (ofTheRest(chosen) - ofTheRest(rejected));
        double slope = beta * sigmoid(-odds);
        yield new Compared(
            beta * softplus(-odds), slope / Math.expm1(chosen), -slope / Math.expm1(rejected));
      }
    };
  }

  private Compared smoothed(double z) {
    return Compared.ofDifference(
        (1 - smoothing) * softplus(-z) + smoothing * softplus(z),
        beta * (smoothing * sigmoid(z) - (1 - smoothing) * sigmoid(-z)));
  }

  private static double perToken(Batch batch) {
    if (batch.answers().perToken() <= 0) {
      throw new IllegalArgumentException("the batch does not say what a token of an answer weighs");
    }
    return batch.answers().perToken();
  }

  private static void fill(float[] weights, Batch batch, int sequence, double with) {
    int from = sequence * batch.length();
    java.util.Arrays.fill(weights, from, from + batch.length(), (float) with);
  }

  /// ln(1 − p) of ln p, exact where p is near 1 and where it is near 0.
  private static double ofTheRest(double logarithm) {
    return logarithm > -Math.log(2)
        ? Math.log(-Math.expm1(logarithm))
        : Math.log1p(-Math.exp(logarithm));
  }

  static double softplus(double z) {
    return Math.log1p(Math.exp(-Math.abs(z))) + Math.max(0, z);
  }

  static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /// What is compared of an answer.
  private double score(float[] losses, Batch batch, int sequence) {
    double now = likelihood(losses, batch, sequence);
    double score = kind.referenced ? batch.answers().gain(now, sequence) : now;
    return kind.byTokens ? score / tokens(batch, sequence) : score;
  }

  /// An answer's reward: β times its gain, or, without a reference, times ln p a token; as TRL has
  /// it.
  private double reward(float[] losses, Batch batch, int sequence) {
    double now = likelihood(losses, batch, sequence);
    return beta
        * (kind.referenced ? batch.answers().gain(now, sequence) : now / tokens(batch, sequence));
  }

  /// By how much a chosen sequence's reward is above that of the rejected one behind it.
  ///
  /// @param losses of the batch's rows
  public double margin(float[] losses, Batch batch, int chosen) {
    return reward(losses, batch, chosen) - reward(losses, batch, chosen + 1);
  }

  @Override
  public int sums() {
    return TOLD;
  }

  @Override
  public double[] tell(float[] losses, Batch batch) {
    double[] sums = new double[TOLD];
    for (int s = 0; s + 1 < batch.sequences(); s += 2) {
      double chosen = reward(losses, batch, s);
      double rejected = reward(losses, batch, s + 1);
      sums[0]++;
      sums[1] += chosen;
      sums[2] += rejected;
      sums[3] += chosen > rejected ? 1 : 0;
      sums[4] += likelihood(losses, batch, s);
      sums[5] += likelihood(losses, batch, s + 1);
      sums[6] += tokens(batch, s);
      sums[7] += tokens(batch, s + 1);
    }
    return sums;
  }

  @Override
  public Map<String, Double> told(double[] sums) {
    var means = new TreeMap<String, Double>();
    if (sums.length == TOLD && sums[0] > 0) {
      means.put("chosenReward", sums[1] / sums[0]);
      means.put("rejectedReward", sums[2] / sums[0]);
      means.put("rewardMargin", (sums[1] - sums[2]) / sums[0]);
      means.put("rewardAccuracy", sums[3] / sums[0]);
      means.put("chosenLogp", sums[4] / sums[0]);
      means.put("rejectedLogp", sums[5] / sums[0]);
    }
    return means;
  }

  /// ln p of a sequence's targets.
  ///
  /// @param losses of the batch's rows
  public static double likelihood(float[] losses, Batch batch, int sequence) {
    double sum = 0;
    for (int i = 0; i < batch.length(); i++) {
      sum -= losses[sequence * batch.length() + i];
    }
    return sum;
  }

  /// How many targets a sequence has; 1 at least.
  public static int tokens(Batch batch, int sequence) {
    int n = 0;
    for (int i = 0; i < batch.length(); i++) {
      n += batch.targets()[sequence * batch.length() + i] == Batch.IGNORED ? 0 : 1;
    }
    return Math.max(1, n);
  }
}
