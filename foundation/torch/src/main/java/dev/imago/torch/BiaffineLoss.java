package dev.imago.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRef;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// −ln p of each word's head among the root and the words of its sentence, and −ln p of its
/// relation to that head, by two biaffine scorers. Dozat & Manning 2017, arXiv:1611.01734. The mean
/// is by words whose head is known; the others are candidates alone.
///
/// A batch's targets stand at the first token of each word: (h + 2) · L + relation, where h is the
/// row of its head's first token in the sequence, −1 of the root, −2 where the head is not known.
///
/// *C sentences, N words of the longest, A and R numbers of a word, L relations, W words with a
/// head.*
///
/// @param relations L
public record BiaffineLoss(int relations) implements HeadLoss {
  /// What is left of a number below 0.
  private static final double LEAK = 0.1;

  /// A score that a softmax makes 0 of, and that stays finite.
  private static final float NEVER = -1e30f;

  @Override
  public int count(Batch batch) {
    return (int) Arrays.stream(batch.targets()).filter(t -> t >= relations).count();
  }

  @Override
  public double run(
      Replica replica,
      ModelWithHead model,
      Tensor hidden,
      Batch batch,
      double scale,
      @Nullable Tensor dHidden) {
    if (model.readout().size() != 3) {
      throw new IllegalArgumentException("the model has no parser beside its last layer");
    }
    Sentences sentences = Sentences.of(batch, relations);
    if (dHidden != null) {
      dHidden.zero_();
    }
    return sentences.known().length == 0
        ? 0
        : ReadoutGradients.run(replica, model, hidden, scale, dHidden, sentences::loss);
  }

  /// The words of the sentences that have one, side by side.
  ///
  /// @param count C
  /// @param longest N
  /// @param rows [C·N] of the scores; 0 behind the last of a sentence
  /// @param lengths [C], words
  /// @param known [W] places in C·N
  /// @param heads [W], among the root and the words of the sentence
  /// @param told [W], relations
  private record Sentences(
      int relations,
      int count,
      int longest,
      long[] rows,
      int[] lengths,
      int[] known,
      int[] heads,
      int[] told) {
    static Sentences of(Batch batch, int relations) {
      int t = batch.length();
      var words = new ArrayList<int[]>();
      for (int b = 0; b < batch.sequences(); b++) {
        int from = b * t;
        int[] own =
            IntStream.range(from, from + t)
                .filter(i -> batch.targets()[i] != Batch.IGNORED)
                .toArray();
        if (own.length > 0) {
          words.add(own);
        }
      }
      int longest = words.stream().mapToInt(w -> w.length).max().orElse(0);
      long[] rows = new long[words.size() * longest];
      int[] lengths = new int[words.size()];
      int[] known = new int[rows.length];
      int[] heads = new int[rows.length];
      int[] told = new int[rows.length];
      int next = 0;
      for (int c = 0; c < lengths.length; c++) {
        int[] own = words.get(c);
        lengths[c] = own.length;
        int begin = own[0] / t * t;
        for (int w = 0; w < own.length; w++) {
          rows[c * longest + w] = own[w];
          int target = batch.targets()[own[w]];
          int head = target / relations - 2;
          int place = head == -1 ? 0 : Arrays.binarySearch(own, begin + head) + 1;
          if (head >= -1 && place >= 0) {
            known[next] = c * longest + w;
            heads[next] = place;
            told[next++] = target % relations;
          }
        }
      }
      return new Sentences(
          relations,
          lengths.length,
          longest,
          rows,
          lengths,
          Arrays.copyOf(known, next),
          Arrays.copyOf(heads, next),
          Arrays.copyOf(told, next));
    }

    Tensor loss(Tensor z, List<Tensor> weights) {
      Place place = Place.of(z);
      int a = Math.toIntExact(weights.get(1).size(1));
      int r = Math.toIntExact(weights.get(0).size(0)) - a;
      Tensor words =
          torch.leaky_relu(
              z.index_select(0, place.longs(rows)).view(count, longest, 2L * (a + r)),
              new Scalar(LEAK));
      Tensor root = weights.get(0).view(1, 1, a + r).expand(count, 1, a + r);
      Tensor one = place.ones(count, longest, 1);
      Tensor dependents =
          torch.cat(tensors(words.narrow(2, 0, a), one), 2).view((long) count * longest, a + 1);
      Tensor heads = torch.cat(tensors(root.narrow(2, 0, a), words.narrow(2, a, a)), 1);
      Tensor arcs =
          dependents
              .mm(weights.get(1))
              .view(count, longest, a)
              .bmm(heads.transpose(1, 2))
              .add(place.floats(never(), count, longest, longest + 1));
      Tensor chosen = place.floats(arcs(), count, longest, longest + 1);
      return arcs.log_softmax(2)
          .mul(chosen)
          .sum()
          .add(relationsLogLikelihood(words, root, one, weights.get(2), a, r))
          .neg();
    }

    private Tensor relationsLogLikelihood(
        Tensor words, Tensor root, Tensor one, Tensor weight, int a, int r) {
      Place place = Place.of(words);
      Tensor dependents =
          torch
              .cat(tensors(words.narrow(2, 2L * a, r), one), 2)
              .view((long) count * longest, r + 1)
              .index_select(0, place.longs(known));
      Tensor all = torch.cat(tensors(root.narrow(2, a, r), words.narrow(2, 2L * a + r, r)), 1);
      Tensor heads =
          torch
              .cat(tensors(all, place.ones(count, longest + 1, 1)), 2)
              .view((long) count * (longest + 1), r + 1)
              .index_select(0, place.longs(headPlaces()));
      Tensor scores =
          heads
              .mm(weight.t())
              .view(known.length, relations, r + 1)
              .bmm(dependents.unsqueeze(2))
              .squeeze(2);
      float[] chosen = new float[known.length * relations];
      for (int w = 0; w < known.length; w++) {
        chosen[w * relations + told[w]] = 1;
      }
      return scores.log_softmax(1).mul(place.floats(chosen, known.length, relations)).sum();
    }

    private static TensorArrayRef tensors(Tensor first, Tensor second) {
      return new TensorArrayRef(new TensorVector(first, second));
    }

    /// What is added to the score of what cannot be: behind the sentence's end, or the word itself.
    private float[] never() {
      float[] to = new float[rows.length * (longest + 1)];
      for (int i = 0; i < rows.length; i++) {
        for (int j = 1; j <= longest; j++) {
          boolean may = j <= lengths[i / longest] && j != i % longest + 1;
          to[i * (longest + 1) + j] = may ? 0 : NEVER;
        }
      }
      return to;
    }

    private float[] arcs() {
      float[] to = new float[rows.length * (longest + 1)];
      for (int w = 0; w < known.length; w++) {
        to[known[w] * (longest + 1) + heads[w]] = 1;
      }
      return to;
    }

    private int[] headPlaces() {
      int[] to = new int[known.length];
      for (int w = 0; w < to.length; w++) {
        to[w] = known[w] / longest * (longest + 1) + heads[w];
      }
      return to;
    }
  }
}
