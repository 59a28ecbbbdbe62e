package dev.imago.training;

import dev.imago.core.InputException;
import dev.imago.data.TokenShards;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A part of the training documents, set apart to decide when training has gone on for long enough:
/// never the held-out one, which would then be no measure any more.
///
/// @param training what remains
/// @param development what is set apart
public record DevelopmentPart(TokenText training, TokenText development) {
  /// Of fewer documents than this, the end of the text is taken and no whole ones.
  private static final int FEW = 20;

  /// From … to − 1 of the split.
  private record Stretch(long from, long to) {}

  /// @param share of the documents, by chance, within 0 … 1
  /// @throws InputException where one of the two would be empty
  public static DevelopmentPart of(TokenShards shards, double share, long seed) {
    var kept = new ArrayList<Stretch>();
    var apart = new ArrayList<Stretch>();
    if (shards.documents() < FEW) {
      long cut = shards.size() - Math.round(share * shards.size());
      for (int d = 0; d < shards.documents(); d++) {
        long from = shards.start(d);
        long to = shards.start(d + 1);
        add(kept, from, Math.min(to, cut));
        add(apart, Math.max(from, cut), to);
      }
    } else {
      var random = new SplittableRandom(seed);
      for (int d = 0; d < shards.documents(); d++) {
        add(random.nextDouble() < share ? apart : kept, shards.start(d), shards.start(d + 1));
      }
    }
    if (kept.isEmpty() || apart.isEmpty()) {
      throw new InputException(
          "a development part of %s of %d documents leaves %d to train on and %d apart; give more documents or another stopping.development"
              .formatted(share, shards.documents(), kept.size(), apart.size()));
    }
    return new DevelopmentPart(new Stretches(shards, kept), new Stretches(shards, apart));
  }

  private static void add(List<Stretch> to, long from, long end) {
    if (from < end) {
      to.add(new Stretch(from, end));
    }
  }

  /// Stretches of a split, end to end.
  private static final class Stretches implements TokenText {
    private final TokenShards shards;
    private final long[] starts;
    private final long[] places;

    Stretches(TokenShards shards, List<Stretch> stretches) {
      this.shards = shards;
      this.starts = new long[stretches.size() + 1];
      this.places = new long[stretches.size()];
      for (int i = 0; i < places.length; i++) {
        Stretch s = stretches.get(i);
        places[i] = s.from();
        starts[i + 1] = starts[i] + s.to() - s.from();
      }
    }

    @Override
    public long size() {
      return starts[places.length];
    }

    @Override
    public void read(long position, int[] to) {
      int document = documentAt(position);
      for (int i = 0; i < to.length; i++) {
        while (position + i >= starts[document + 1]) {
          document++;
        }
        to[i] = shards.id(places[document] + position + i - starts[document]);
      }
    }

    @Override
    public int documents() {
      return places.length;
    }

    @Override
    public long start(int document) {
      return starts[document];
    }
  }
}
