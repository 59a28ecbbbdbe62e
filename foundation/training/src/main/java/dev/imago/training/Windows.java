package dev.imago.training;

import dev.imago.core.InputException;
import dev.imago.data.TokenShards;
import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Pre-training's batches: the tokens of a split cut into windows of T + 1, in a new seeded order
/// each epoch.
///
/// @param tokens what is cut
/// @param length T
/// @param sequences windows in a micro-batch
/// @param accumulate micro-batches in a step
/// @param separate whether no document of a window sees or predicts another
public record Windows(
    TokenText tokens, int length, int sequences, int accumulate, boolean separate, long seed)
    implements Batches {
  public Windows {
    if (tokens.size() < length + 1L) {
      throw new InputException(
          "%d tokens are fewer than one window of %d; give more text or a shorter context"
              .formatted(tokens.size(), length + 1));
    }
  }

  /// Of a whole split, whose documents see each other.
  public Windows(TokenShards tokens, int length, int sequences, int accumulate, long seed) {
    this(TokenText.of(tokens), length, sequences, accumulate, false, seed);
  }

  private long count() {
    return (tokens.size() - 1) / length;
  }

  @Override
  public List<Batch> step(long step) {
    var micro = new ArrayList<Batch>();
    for (int m = 0; m < accumulate; m++) {
      micro.add(batch(starts(step, m)));
    }
    return micro;
  }

  private long[] starts(long step, int micro) {
    long[] windows = new long[sequences];
    for (int s = 0; s < sequences; s++) {
      long at = ((step - 1) * accumulate + micro) * sequences + s;
      long epoch = at / count();
      windows[s] = new Shuffle(count(), seed * 1_000_003 + epoch).at(at % count()) * length;
    }
    return windows;
  }

  @Override
  public String describe(long step) {
    int shown = Math.min(4, sequences);
    String starts =
        Arrays.stream(starts(step, 0), 0, shown)
            .mapToObj("%,d"::formatted)
            .collect(Collectors.joining(", "));
    return "the windows of %d tokens from token %s%s of the split"
        .formatted(length, starts, shown < sequences * accumulate ? " … on" : " on");
  }

  /// The first windows in order, for a held-out loss, in batches of up to `sequences`.
  ///
  /// @param limit about how many tokens
  public List<Batch> first(long limit) {
    long windows = Math.min(count(), Math.max(1, limit / length));
    var batches = new ArrayList<Batch>();
    for (long from = 0; from < windows; from += sequences) {
      int n = (int) Math.min(sequences, windows - from);
      long[] starts = new long[n];
      for (int i = 0; i < n; i++) {
        // Spread over the whole split, not its beginning alone.
        starts[i] = (from + i) * count() / windows * length;
      }
      batches.add(batch(starts));
    }
    return batches;
  }

  private Batch batch(long[] starts) {
    int[] ids = new int[starts.length * length];
    int[] targets = new int[ids.length];
    int[] window = new int[length + 1];
    for (int s = 0; s < starts.length; s++) {
      tokens.read(starts[s], window);
      System.arraycopy(window, 0, ids, s * length, length);
      System.arraycopy(window, 1, targets, s * length, length);
    }
    if (!separate) {
      return Batch.of(starts.length, length, ids, targets);
    }
    int[] begins = new int[ids.length];
    for (int s = 0; s < starts.length; s++) {
      int document = tokens.documentAt(starts[s]);
      for (int i = 0; i < length; i++) {
        long at = starts[s] + i;
        while (at >= tokens.start(document + 1)) {
          document++;
        }
        begins[s * length + i] = (int) Math.max(0, tokens.start(document) - starts[s]);
        if (at + 1 == tokens.start(document + 1)) {
          targets[s * length + i] = Batch.IGNORED;
        }
      }
    }
    return Batch.of(starts.length, length, ids, targets).withBegins(begins);
  }
}
