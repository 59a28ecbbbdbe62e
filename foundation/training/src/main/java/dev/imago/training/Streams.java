package dev.imago.training;

import dev.imago.core.InputException;
import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.List;

/// Pre-training's batches for models with a state: the text cut into as many streams as a step has
/// rows, each read on from step to step, and from its beginning again at its end.
///
/// @param tokens what is cut
/// @param length T
/// @param sequences rows in a micro-batch
/// @param accumulate micro-batches in a step
public record Streams(TokenText tokens, int length, int sequences, int accumulate)
    implements Batches {
  public Streams {
    if (tokens.size() - 1 < (long) sequences * accumulate * length) {
      throw new InputException(
          "%,d tokens are fewer than %d streams of %d each; give more text, or lower batch, accumulate or context"
              .formatted(tokens.size(), sequences * accumulate, length + 1));
    }
  }

  /// Tokens of a stream that are predicted.
  private long stream() {
    return (tokens.size() - 1) / ((long) sequences * accumulate);
  }

  private long within(long step) {
    return (step - 1) % (stream() / length);
  }

  @Override
  public List<Batch> step(long step) {
    var micro = new ArrayList<Batch>();
    int[] window = new int[length + 1];
    for (int m = 0; m < accumulate; m++) {
      int[] ids = new int[sequences * length];
      int[] targets = new int[ids.length];
      for (int s = 0; s < sequences; s++) {
        tokens.read(((long) m * sequences + s) * stream() + within(step) * length, window);
        System.arraycopy(window, 0, ids, s * length, length);
        System.arraycopy(window, 1, targets, s * length, length);
      }
      Batch batch = Batch.of(sequences, length, ids, targets);
      micro.add(within(step) == 0 ? batch : batch.goingOn());
    }
    return micro;
  }

  @Override
  public String describe(long step) {
    return "the %d streams of the split from token %,d of each on"
        .formatted(sequences * accumulate, within(step) * length);
  }
}
