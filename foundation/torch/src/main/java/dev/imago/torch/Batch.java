package dev.imago.torch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Sequences of one length, with what should come out of them: for every token, or for each
/// sequence.
///
/// @param sequences B
/// @param length T
/// @param ids [B·T], row by row
/// @param lengths [B], how many ids of each sequence count, the rest being padding; empty where all
///   do
/// @param targets [R·K]: R = B·T rows of tokens or B of sequences, each with K choices; [#IGNORED]
///   where nothing is to be predicted
/// @param shares [R·K], the probability that a teacher gives to each choice, or the number that
///   belongs to each score ([NumberLoss]); empty where K is 1 and the target is certain
/// @param source what an encoder reads for each of them; null where there is no encoder
/// @param begins [B·T], for each id the place in its row where its text begins: what stands before
///   it is not seen, and positions count from it; empty where each row is one text
/// @param draw where the random numbers of training come from; null where nothing is by chance, as
///   where a model is measured
/// @param answers what is known of each sequence beside its ids, where answers are compared
/// @param segments [B·T], for each id the text of its row that it is of, from 0; empty where each
///   row is one text
/// @param goesOn whether each row goes on where the same row of the step before ended
/// @param task which of [SeveralTasks] it is of, from 0
public record Batch(
    int sequences,
    int length,
    int[] ids,
    int[] lengths,
    int[] targets,
    float[] shares,
    @Nullable Source source,
    int[] begins,
    @Nullable Draw draw,
    ComparedAnswers answers,
    int[] segments,
    boolean goesOn,
    int task) {
  /// No target: the row counts in no loss.
  public static final int IGNORED = -1;

  /// Sources of one length.
  ///
  /// @param length S
  /// @param ids [B·S], row by row
  /// @param lengths [B], how many ids of each count; empty where all do
  public record Source(int length, int[] ids, int[] lengths) {
    Source part(int from, int to) {
      return new Source(
          length,
          Arrays.copyOfRange(ids, from * length, to * length),
          lengths.length == 0 ? lengths : Arrays.copyOfRange(lengths, from, to));
    }

    /// As a batch of nothing to be predicted.
    Batch batch(int sequences) {
      int[] none = new int[sequences];
      Arrays.fill(none, IGNORED);
      return Batch.of(sequences, length, ids, none).withLengths(lengths);
    }
  }

  public Batch {
    if (ids.length != sequences * length) {
      throw new IllegalArgumentException(
          "%d ids are not %d × %d".formatted(ids.length, sequences, length));
    }
    if (lengths.length != 0 && lengths.length != sequences) {
      throw new IllegalArgumentException(
          "%d lengths of %d sequences".formatted(lengths.length, sequences));
    }
    answers.check(sequences);
    if (segments.length != 0 && segments.length != ids.length) {
      throw new IllegalArgumentException(
          "%d segments of %d ids".formatted(segments.length, ids.length));
    }
    if (begins.length != 0 && begins.length != ids.length) {
      throw new IllegalArgumentException(
          "%d beginnings of %d ids".formatted(begins.length, ids.length));
    }
    for (int i = 0; i < begins.length; i++) {
      if (begins[i] < 0 || begins[i] > i % length) {
        throw new IllegalArgumentException(
            "the text of id %d begins at %d".formatted(i % length, begins[i]));
      }
    }
    for (int one : lengths) {
      if (one < 1 || one > length) {
        throw new IllegalArgumentException(
            "a sequence of %d ids in a batch of length %d".formatted(one, length));
      }
    }
    boolean hard = targets.length == ids.length || targets.length == sequences;
    boolean soft =
        sequences > 0 && shares.length == targets.length && targets.length % sequences == 0;
    if (shares.length == 0 ? !hard : !soft) {
      throw new IllegalArgumentException(
          "%d ids and %d targets with %d shares for %d × %d"
              .formatted(ids.length, targets.length, shares.length, sequences, length));
    }
    if (source != null && source.ids.length != sequences * source.length) {
      throw new IllegalArgumentException(
          "%d ids of sources are not %d × %d"
              .formatted(source.ids.length, sequences, source.length));
    }
  }

  /// Whole sequences with a certain target for each token, or for each sequence: nothing is by
  /// chance, no row is padded, and no encoder reads.
  public static Batch of(int sequences, int length, int[] ids, int[] targets) {
    return ofShares(sequences, length, ids, targets, new float[0]);
  }

  /// Whole sequences with a number for each score of each of them.
  ///
  /// @param values [B·L]
  public static Batch ofNumbers(int sequences, int length, int[] ids, float[] values) {
    int each = sequences == 0 ? 0 : values.length / sequences;
    int[] scores = new int[values.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = i % each;
    }
    return ofShares(sequences, length, ids, scores, values);
  }

  /// The same with what a teacher gives to each choice.
  public static Batch ofShares(
      int sequences, int length, int[] ids, int[] targets, float[] shares) {
    int[] whole = new int[0];
    return new Batch(
        sequences,
        length,
        ids,
        whole,
        targets,
        shares,
        null,
        whole,
        null,
        ComparedAnswers.NONE,
        whole,
        false,
        0);
  }

  /// The same, padded behind what counts of each sequence.
  public Batch withLengths(int[] counted) {
    return new Batch(
        sequences, length, ids, counted, targets, shares, source, begins, draw, answers, segments,
        goesOn, task);
  }

  /// The same with what an encoder reads.
  public Batch withSource(@Nullable Source read) {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, read, begins, draw, answers, segments,
        goesOn, task);
  }

  /// The same, whose rows hold several texts.
  public Batch withBegins(int[] places) {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, source, places, draw, answers, segments,
        goesOn, task);
  }

  /// The same, whose rows are of two texts each.
  public Batch withSegments(int[] texts) {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, source, begins, draw, answers, texts,
        goesOn, task);
  }

  /// The same with random numbers.
  public Batch drawing(Draw from) {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, source, begins, from, answers, segments,
        goesOn, task);
  }

  /// The same, of which nothing is by chance.
  Batch withoutChance() {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, source, begins, null, answers, segments,
        goesOn, task);
  }

  /// The same with how likely each sequence was before.
  public Batch comparedWith(double[] likelihoods) {
    return comparing(answers.comparedWith(likelihoods));
  }

  /// The same with what is known of its answers.
  public Batch comparing(ComparedAnswers known) {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, source, begins, draw, known, segments,
        goesOn, task);
  }

  /// The same, whose rows go on where those of the step before ended.
  public Batch goingOn() {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, source, begins, draw, answers, segments,
        true, task);
  }

  /// The same, of one of several tasks.
  public Batch ofTask(int which) {
    return new Batch(
        sequences, length, ids, lengths, targets, shares, source, begins, draw, answers, segments,
        goesOn, which);
  }

  /// Ids in all, an encoder's too.
  public long tokens() {
    return (long) ids.length + (source == null ? 0 : source.ids.length);
  }

  /// Rows that have targets, of `rows` in all: those that count in the loss.
  public int counted() {
    return counted(shares.length == 0 ? 1 : choices());
  }

  private int counted(int choices) {
    int n = 0;
    for (int i = 0; i < targets.length; i += choices) {
      if (targets[i] != IGNORED) {
        n++;
      }
    }
    return n;
  }

  /// K, where soft targets are for every token.
  private int choices() {
    return Math.max(1, targets.length / Math.max(1, ids.length));
  }

  /// The sequences from … to − 1.
  public Batch part(int from, int to) {
    int each = sequences == 0 ? 0 : targets.length / sequences;
    return new Batch(
        to - from,
        length,
        Arrays.copyOfRange(ids, from * length, to * length),
        lengths.length == 0 ? lengths : Arrays.copyOfRange(lengths, from, to),
        Arrays.copyOfRange(targets, from * each, to * each),
        shares.length == 0 ? shares : Arrays.copyOfRange(shares, from * each, to * each),
        source == null ? null : source.part(from, to),
        begins.length == 0 ? begins : Arrays.copyOfRange(begins, from * length, to * length),
        draw == null ? null : draw.from(from),
        answers.part(from, to),
        segments.length == 0 ? segments : Arrays.copyOfRange(segments, from * length, to * length),
        goesOn,
        task);
  }
}
