package dev.imago.ngram;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Draws what a model goes on with.
///
/// @param temperature above 0: 1 draws by the model's probabilities, less prefers the likely
public record NgramSampler(NgramModel model, double temperature) {
  public NgramSampler {
    if (!(temperature > 0 && temperature <= 100)) {
      throw new IllegalArgumentException(
          "temperature = %s is not above 0 and at most 100; 0.8 is usual".formatted(temperature));
    }
  }

  /// A word after some others; `<unk>` and `<s>` are never drawn.
  public int next(int[] context, RandomGenerator random) {
    double[] upTo = model.successors(context);
    double most = Double.NEGATIVE_INFINITY;
    for (int word = 0; word < upTo.length; word++) {
      if (word == model.unknown() || word == model.begin()) {
        upTo[word] = Double.NEGATIVE_INFINITY;
      }
      most = Math.max(most, upTo[word]);
    }
    double sum = 0;
    for (int word = 0; word < upTo.length; word++) {
      sum += Math.pow(10, (upTo[word] - most) / temperature);
      upTo[word] = sum;
    }
    int at = Arrays.binarySearch(upTo, random.nextDouble() * sum);
    int next = at < 0 ? -at - 1 : at + 1;
    while (next < upTo.length - 1 && (next > 0 ? upTo[next] == upTo[next - 1] : upTo[0] == 0)) {
      next++;
    }
    return Math.min(next, upTo.length - 1);
  }

  /// A sentence from its beginning on, without `<s>` and `</s>`.
  ///
  /// @param most words
  public int[] sentence(int most, RandomGenerator random) {
    int[] ids = new int[most + 1];
    ids[0] = model.begin();
    int length = 1;
    while (length <= most) {
      int word = next(Arrays.copyOf(ids, length), random);
      if (word == model.end()) {
        break;
      }
      ids[length++] = word;
    }
    return Arrays.copyOfRange(ids, 1, length);
  }
}
