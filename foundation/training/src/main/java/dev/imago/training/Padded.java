package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Pre-training's batches of one document a row, filled up to the longest of the batch; documents
/// of like lengths stand together, so that little is filled up. What is longer than T is cut.
public final class Padded implements Batches {
  /// Batches whose documents are sorted together.
  private static final int SORTED = 32;

  private final DocumentPieces pieces;
  private final int sequences;
  private final int accumulate;
  private final long seed;

  /// @param length T, the longest row
  /// @param sequences rows in a micro-batch
  /// @param accumulate micro-batches in a step
  /// @param padding an id for places without text
  public Padded(
      TokenText tokens, int length, int sequences, int accumulate, int padding, long seed) {
    this.pieces = new DocumentPieces(tokens, length, padding);
    this.sequences = sequences;
    this.accumulate = accumulate;
    this.seed = seed;
  }

  /// Micro-batches of an epoch, the last perhaps with pieces of its beginning again.
  private long perEpoch() {
    return (pieces.size() + sequences - 1) / sequences;
  }

  private int[][] chosen(long micro) {
    long epoch = micro / perEpoch();
    var order = new Shuffle(pieces.size(), seed * 1_000_003 + epoch);
    long first = micro % perEpoch() / SORTED * SORTED;
    int batches = (int) Math.min(SORTED, perEpoch() - first);
    int[] sorted =
        IntStream.range(0, batches * sequences)
            .map(i -> (int) order.at((first * sequences + i) % pieces.size()))
            .boxed()
            .sorted(Comparator.comparingInt((Integer p) -> pieces.count(p)))
            .mapToInt(Integer::intValue)
            .toArray();
    // The batches of a sorted group come by chance: not from short to long.
    var within = new Shuffle(batches, seed * 1_000_003 + epoch * 31 + first);
    int own = (int) within.at(micro % perEpoch() - first);
    int[][] rows = new int[sequences][];
    for (int s = 0; s < sequences; s++) {
      rows[s] = new int[] {sorted[own * sequences + s]};
    }
    return rows;
  }

  private Batch batch(int[][] rows) {
    int longest = 1;
    for (int[] row : rows) {
      longest = Math.max(longest, pieces.count(row[0]));
    }
    return pieces.batch(rows, longest, false);
  }

  @Override
  public List<Batch> step(long step) {
    return IntStream.range(0, accumulate)
        .mapToObj(m -> batch(chosen((step - 1) * accumulate + m)))
        .toList();
  }

  /// Some pieces by chance, each once, for a loss that is measured.
  ///
  /// @param limit about how many tokens
  public List<Batch> first(long limit) {
    var order = new Shuffle(pieces.size(), seed);
    var measured = new ArrayList<Integer>();
    long counted = 0;
    for (int i = 0; i < pieces.size() && counted < limit; i++) {
      int piece = (int) order.at(i);
      counted += pieces.count(piece);
      measured.add(piece);
    }
    measured.sort(Comparator.comparingInt(pieces::count));
    var batches = new ArrayList<Batch>();
    for (int from = 0; from < measured.size(); from += sequences) {
      List<Integer> some = measured.subList(from, Math.min(measured.size(), from + sequences));
      batches.add(batch(some.stream().map(piece -> new int[] {piece}).toArray(int[][]::new)));
    }
    return batches;
  }

  @Override
  public String describe(long step) {
    return "the documents from token %,d … on of the split"
        .formatted(pieces.from(chosen((step - 1) * accumulate)[0][0]));
  }
}
