package dev.imago.training;

import dev.imago.torch.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Pre-training's batches of whole documents, packed into rows of T by best fit, longest first;
/// what is longer than a row is cut. Ding et al. 2024, arXiv:2404.10830.
public final class Packed implements Batches {
  private final DocumentPieces pieces;
  private final List<int[]> rows = new ArrayList<>();
  private final int length;
  private final int sequences;
  private final int accumulate;
  private final boolean separate;
  private final long seed;

  /// @param length T
  /// @param sequences rows in a micro-batch
  /// @param accumulate micro-batches in a step
  /// @param padding an id for places without text
  /// @param separate whether no document sees another
  public Packed(
      TokenText tokens,
      int length,
      int sequences,
      int accumulate,
      int padding,
      boolean separate,
      long seed) {
    this.pieces = new DocumentPieces(tokens, length, padding);
    this.length = length;
    this.sequences = sequences;
    this.accumulate = accumulate;
    this.separate = separate;
    this.seed = seed;
    fill();
  }

  private void fill() {
    var open = new TreeMap<Integer, Deque<List<Integer>>>();
    var all = new ArrayList<List<Integer>>();
    IntStream.range(0, pieces.size())
        .boxed()
        .sorted(Comparator.comparingInt((Integer p) -> -pieces.count(p)))
        .forEach(
            piece -> {
              var fit = open.ceilingEntry(pieces.count(piece));
              List<Integer> row = new ArrayList<>();
              int room = length;
              if (fit == null) {
                all.add(row);
              } else {
                room = fit.getKey();
                row = fit.getValue().pop();
                if (fit.getValue().isEmpty()) {
                  open.remove(room);
                }
              }
              row.add(piece);
              int left = room - pieces.count(piece);
              if (left > 0) {
                open.computeIfAbsent(left, _ -> new ArrayDeque<>()).push(row);
              }
            });
    all.forEach(row -> rows.add(row.stream().mapToInt(Integer::intValue).toArray()));
  }

  /// The share of places that hold text.
  public double density() {
    long held = IntStream.range(0, pieces.size()).mapToLong(pieces::count).sum();
    return (double) held / ((double) rows.size() * length);
  }

  private int[][] chosen(long step, int micro) {
    int[][] chosen = new int[sequences][];
    for (int s = 0; s < sequences; s++) {
      long at = ((step - 1) * accumulate + micro) * sequences + s;
      long epoch = at / rows.size();
      chosen[s] =
          rows.get((int) new Shuffle(rows.size(), seed * 1_000_003 + epoch).at(at % rows.size()));
    }
    return chosen;
  }

  @Override
  public List<Batch> step(long step) {
    return IntStream.range(0, accumulate)
        .mapToObj(m -> pieces.batch(chosen(step, m), length, separate))
        .toList();
  }

  /// The first rows in an order by chance, for a loss that is measured.
  ///
  /// @param limit about how many tokens
  public List<Batch> first(long limit) {
    int n = (int) Math.min(rows.size(), Math.max(1, limit / length));
    var order = new Shuffle(rows.size(), seed);
    var batches = new ArrayList<Batch>();
    for (int from = 0; from < n; from += sequences) {
      int[][] some = new int[Math.min(sequences, n - from)][];
      for (int i = 0; i < some.length; i++) {
        some[i] = rows.get((int) order.at(from + i));
      }
      batches.add(pieces.batch(some, length, separate));
    }
    return batches;
  }

  @Override
  public String describe(long step) {
    return "the documents from token %,d … on of the split"
        .formatted(pieces.from(chosen(step, 0)[0][0]));
  }
}
