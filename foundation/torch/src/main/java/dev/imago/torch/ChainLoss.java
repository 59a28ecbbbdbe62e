package dev.imago.torch;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// −ln p of a sequence's tags by a linear-chain CRF, as pytorch-crf defines it
/// ([dev.imago.model.Transitions]); of the tokens that have a target, one after the other. The mean
/// is by such tokens. The sum over all sequences of tags is the forward algorithm's; gradients are
/// libtorch's own.
///
/// *B sequences, N tagged tokens of the longest, L tags.*
public record ChainLoss() implements HeadLoss {
  @Override
  public double run(
      Replica replica,
      ModelWithHead model,
      Tensor hidden,
      Batch batch,
      double scale,
      @Nullable Tensor dHidden) {
    if (model.readout().size() != 3) {
      throw new IllegalArgumentException("the model has no CRF beside its last layer");
    }
    Chains chains = Chains.of(batch);
    if (dHidden != null) {
      dHidden.zero_();
    }
    return chains.count() == 0
        ? 0
        : ReadoutGradients.run(replica, model, hidden, scale, dHidden, chains::loss);
  }

  /// The tagged tokens of the sequences that have one, side by side.
  ///
  /// @param count C, sequences
  /// @param longest N
  /// @param rows [C·N] of the scores; 0 behind the last of a sequence
  /// @param tags [C·N]; 0 there, too
  /// @param lengths [C]
  private record Chains(int count, int longest, long[] rows, int[] tags, int[] lengths) {
    static Chains of(Batch batch) {
      int t = batch.length();
      int[] counts = new int[batch.sequences()];
      for (int i = 0; i < batch.targets().length; i++) {
        counts[i / t] += batch.targets()[i] == Batch.IGNORED ? 0 : 1;
      }
      int[] lengths = Arrays.stream(counts).filter(n -> n > 0).toArray();
      int longest = Arrays.stream(lengths).max().orElse(0);
      long[] rows = new long[lengths.length * longest];
      int[] tags = new int[rows.length];
      int at = 0;
      for (int b = 0; b < counts.length; b++) {
        int next = at * longest;
        for (int i = b * t; i < (b + 1) * t; i++) {
          if (batch.targets()[i] != Batch.IGNORED) {
            rows[next] = i;
            tags[next++] = batch.targets()[i];
          }
        }
        at += counts[b] > 0 ? 1 : 0;
      }
      return new Chains(lengths.length, longest, rows, tags, lengths);
    }

    /// ln of the sum over all sequences of tags, less the score of the right one.
    Tensor loss(Tensor z, List<Tensor> weights) {
      Place place = Place.of(z);
      int n = Math.toIntExact(z.size(1));
      Tensor between = weights.get(0);
      Tensor emissions = z.index_select(0, place.longs(rows)).view(count, longest, n);
      Tensor forward = weights.get(1).add(emissions.select(1, 0));
      for (int i = 1; i < longest; i++) {
        Tensor next =
            forward.view(count, n, 1).add(between).logsumexp(1).add(emissions.select(1, i));
        Tensor goesOn = place.floats(goesOn(i), count, 1);
        forward = next.mul(goesOn).add(forward.mul(goesOn.neg().add(new Scalar(1.0))));
      }
      Tensor all = forward.add(weights.get(2)).logsumexp(1).sum();
      Tensor right =
          emissions
              .mul(place.floats(chosen(n), count, longest, n))
              .sum()
              .add(between.mul(place.floats(steps(n), n, n)).sum())
              .add(weights.get(1).mul(place.floats(ends(n, true), n)).sum())
              .add(weights.get(2).mul(place.floats(ends(n, false), n)).sum());
      return all.sub(right);
    }

    private float[] goesOn(int place) {
      float[] to = new float[count];
      for (int c = 0; c < count; c++) {
        to[c] = place < lengths[c] ? 1 : 0;
      }
      return to;
    }

    private float[] chosen(int n) {
      float[] to = new float[tags.length * n];
      for (int i = 0; i < tags.length; i++) {
        to[i * n + tags[i]] = i % longest < lengths[i / longest] ? 1 : 0;
      }
      return to;
    }

    /// How often each tag follows each.
    private float[] steps(int n) {
      float[] to = new float[n * n];
      for (int c = 0; c < count; c++) {
        for (int i = 1; i < lengths[c]; i++) {
          to[tags[c * longest + i - 1] * n + tags[c * longest + i]]++;
        }
      }
      return to;
    }

    /// How often each tag begins a sequence, or ends one.
    private float[] ends(int n, boolean first) {
      float[] to = new float[n];
      for (int c = 0; c < count; c++) {
        to[tags[c * longest + (first ? 0 : lengths[c] - 1)]]++;
      }
      return to;
    }
  }
}
