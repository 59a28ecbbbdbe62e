package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/// Batches of which some tokens are hidden, and are the targets: the same for the same seed and
/// step.
///
/// @param source whose ids are taken; its targets are not
/// @param words which tokens stand in one word
/// @param vocabulary what the ids are
public record MaskedTokens(
    Batches source, Masking masking, Words words, Vocabulary vocabulary, long seed)
    implements Batches {
  /// The longest span, in words.
  private static final int LONGEST_SPAN = 10;

  /// Tells words from their tokens.
  @FunctionalInterface
  public interface Words {
    /// Whether a token goes on with the word of the one before it.
    boolean continues(int before, int id);
  }

  /// What ids stand for.
  ///
  /// @param mask the token that hides others
  /// @param others ids that may stand in for a hidden token: 0 … others − 1
  /// @param spared ids that are never hidden, nor stand in
  public record Vocabulary(int mask, int others, BitSet spared) {}

  /// What becomes of a chosen token.
  private enum Fate {
    MASKED,
    CHANGED,
    KEPT;

    static Fate drawn(SplittableRandom random) {
      double at = random.nextDouble();
      return at < 0.8 ? MASKED : at < 0.9 ? CHANGED : KEPT;
    }
  }

  @Override
  public List<Batch> step(long step) {
    return new Corruption(seed, this::masked).step(step, source.step(step));
  }

  @Override
  public String describe(long step) {
    return source.describe(step);
  }

  /// Batches that are measured: masked once for all.
  public List<Batch> all(List<Batch> batches) {
    return new Corruption(seed, this::masked).measured(batches);
  }

  private Batch masked(Batch batch, Corruption.Rows rows) {
    int[] ids = batch.ids().clone();
    int[] targets = new int[ids.length];
    Arrays.fill(targets, Batch.IGNORED);
    boolean any = false;
    for (int s = 0; s < batch.sequences(); s++) {
      int from = s * batch.length();
      List<int[]> runs = words(ids, from, from + Corruption.length(batch, s));
      any |= hide(runs, ids, targets, rows.random(s));
    }
    if (!any) {
      for (int i = 0; i < ids.length && !any; i++) {
        any = hidden(ids, targets, i, Fate.MASKED, new SplittableRandom(seed));
      }
    }
    return Batch.of(batch.sequences(), batch.length(), ids, targets)
        .withLengths(batch.lengths())
        .withBegins(batch.begins());
  }

  /// The units that may be chosen: from … to − 1.
  private List<int[]> words(int[] ids, int from, int to) {
    var runs = new ArrayList<int[]>();
    for (int i = from; i < to; i++) {
      if (vocabulary.spared.get(ids[i])) {
        continue;
      }
      int[] last = runs.isEmpty() ? null : runs.getLast();
      if (last != null
          && masking.unit() != Masking.Unit.TOKEN
          && last[1] == i
          && words.continues(ids[i - 1], ids[i])) {
        last[1]++;
      } else {
        runs.add(new int[] {i, i + 1});
      }
    }
    return runs;
  }

  private boolean hide(List<int[]> runs, int[] ids, int[] targets, SplittableRandom random) {
    boolean any = false;
    if (masking.unit() == Masking.Unit.TOKEN) {
      for (int[] run : runs) {
        if (random.nextDouble() < masking.share()) {
          any |= hidden(ids, targets, run[0], Fate.drawn(random), random);
        }
      }
      return any;
    }
    int tokens = runs.stream().mapToInt(r -> r[1] - r[0]).sum();
    int left = (int) Math.round(masking.share() * tokens);
    boolean span = masking.unit() == Masking.Unit.SPAN;
    // Spans that meet are drawn again; the bound ends what finds no place.
    for (int trial = 0; left > 0 && trial < 4 * runs.size(); trial++) {
      int first = random.nextInt(runs.size());
      int count = span ? spanWords(random) : 1;
      int end = Math.min(runs.size(), first + count);
      Fate fate = Fate.drawn(random);
      for (int w = first; w < end && left > 0; w++) {
        int[] run = runs.get(w);
        if (targets[run[0]] != Batch.IGNORED || w > first && run[0] != runs.get(w - 1)[1]) {
          break;
        }
        for (int i = run[0]; i < run[1]; i++) {
          any |= hidden(ids, targets, i, span ? fate : Fate.drawn(random), random);
          left--;
        }
      }
    }
    return any;
  }

  /// Geometric with the mean that is asked for, but for what is cut at the longest.
  private int spanWords(SplittableRandom random) {
    int words = 1;
    while (words < LONGEST_SPAN && random.nextDouble() > 1 / masking.spanWords()) {
      words++;
    }
    return words;
  }

  private boolean hidden(int[] ids, int[] targets, int at, Fate fate, SplittableRandom random) {
    if (vocabulary.spared.get(ids[at])) {
      return false;
    }
    targets[at] = ids[at];
    ids[at] =
        switch (fate) {
          case MASKED -> vocabulary.mask;
          case CHANGED -> other(random);
          case KEPT -> ids[at];
        };
    return true;
  }

  private int other(SplittableRandom random) {
    int id = random.nextInt(vocabulary.others);
    while (vocabulary.spared.get(id)) {
      id = random.nextInt(vocabulary.others);
    }
    return id;
  }
}
