package dev.imago.generate;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Chooses one request's next tokens, from whatever scores them. Not thread-safe.
public final class Sampler {
  private final float temperature;
  private final SamplingTruncation truncation;
  private final Candidates candidates;
  private final Penalties penalties;
  private final SplittableRandom random;

  /// How often each token was generated; 0 for those of the prompt alone.
  private final Map<Integer, Integer> seen = new HashMap<>();

  /// The prompt and the answer so far, where something looks at their order.
  private int[] order;

  private int length;
  private int generated;

  /// @param prompt what was there before; penalties look at it
  public Sampler(Sampling sampling, int[] prompt) {
    this(sampling, prompt, new Candidates());
  }

  /// @param candidates which others of the same thread may use in turn
  Sampler(Sampling sampling, int[] prompt, Candidates candidates) {
    this.temperature = sampling.temperature();
    this.truncation = sampling.truncation();
    this.candidates = candidates;
    this.penalties = sampling.penalties();
    this.random = new SplittableRandom(sampling.seed());
    for (int id : counts() ? prompt : new int[0]) {
      seen.put(id, 0);
    }
    this.order = penalties.dry().isNone() ? new int[0] : prompt.clone();
    this.length = order.length;
  }

  /// The next token.
  ///
  /// @param scores of every token, logits or ln p; changed
  /// @throws NotFiniteException when they are no numbers to choose by
  public int next(float[] scores) {
    return next(scores, Set.of(), null);
  }

  /// @param scores of every token; changed
  /// @param barred ids that may not be chosen
  /// @param constraint what the answer must be, if anything: it rules before all else
  /// @throws NotFiniteException when the scores are no numbers to choose by
  int next(float[] scores, Set<Integer> barred, @Nullable ConstrainedAnswer constraint) {
    check(scores, generated);
    if (constraint != null) {
      constraint.mask(scores);
    }
    penalize(scores);
    bar(scores, barred);
    int id = temperature == 0 ? likeliest(scores) : draw(scores);
    note(id);
    return id;
  }

  /// Where nothing but what is barred may come, it comes: a constraint rules before.
  private static void bar(float[] scores, Set<Integer> barred) {
    if (barred.isEmpty()) {
      return;
    }
    var were = new HashMap<Integer, Float>();
    for (int id : barred) {
      if (id < scores.length) {
        were.put(id, scores[id]);
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
    if (!were.isEmpty() && scores[likeliest(scores)] == Float.NEGATIVE_INFINITY) {
      were.forEach((id, score) -> scores[id] = score);
    }
  }

  /// Takes note of a token of the answer, chosen here or forced.
  void note(int id) {
    if (counts()) {
      seen.merge(id, 1, Integer::sum);
    }
    if (!penalties.dry().isNone()) {
      order = length < order.length ? order : Arrays.copyOf(order, 2 * length + 16);
      order[length++] = id;
    }
    generated++;
  }

  /// A score may be −∞, which some models give what they never say, yet not all of them.
  ///
  /// @param generated tokens of the answer so far
  static void check(float[] scores, int generated) {
    boolean any = false;
    for (float score : scores) {
      if (!(score < Float.POSITIVE_INFINITY)) { // NaN, too
        throw new NotFiniteException(score, generated);
      }
      any |= score > Float.NEGATIVE_INFINITY;
    }
    if (!any) {
      throw new NotFiniteException(Float.NEGATIVE_INFINITY, generated);
    }
  }

  /// Whether it matters which tokens there were.
  private boolean counts() {
    return penalties.repetition() != 1 || penalties.presence() != 0 || penalties.frequency() != 0;
  }

  private void penalize(float[] scores) {
    if (!penalties.bias().isEmpty()) {
      penalties.bias().forEach((id, bias) -> scores[id] += bias);
    }
    if (counts()) {
      penalizeSeen(scores);
    }
    if (!penalties.dry().isNone()) {
      penalties.dry().penalties(order, length).forEach((id, off) -> scores[id] -= off);
    }
  }

  private void penalizeSeen(float[] scores) {
    float repetition = penalties.repetition();
    float presence = penalties.presence();
    float frequency = penalties.frequency();
    seen.forEach(
        (id, count) -> {
          float s = scores[id];
          s = s > 0 ? s / repetition : s * repetition;
          scores[id] = s - count * frequency - (count > 0 ? presence : 0);
        });
  }

  /// The lowest id among equals.
  static int likeliest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }

  private int draw(float[] scores) {
    int n = scores.length;
    double most = scores[likeliest(scores)] / (double) temperature;
    double[] weights = candidates.weights(n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      weights[i] = Math.exp(scores[i] / (double) temperature - most);
      sum += weights[i];
    }
    int count = candidates.of(truncation, n, sum);
    double kept = 0;
    for (int i = 0; i < count; i++) {
      kept += weights[candidates.id(i)];
    }
    double at = random.nextDouble() * kept;
    int last = candidates.id(0);
    for (int i = 0; i < count; i++) {
      int id = candidates.id(i);
      at -= weights[id];
      if (at < 0) {
        return id;
      }
      last = weights[id] > 0 ? id : last;
    }
    return last; // rounding may leave a last sliver
  }
}
