package dev.imago.spark;

import dev.imago.corpus.WrittenDocument;
import dev.imago.data.ShardCutter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which document goes to which shard, where the parts of the input are taken in order: what
/// [ShardCutter] says of the whole, told for each part by the few places where a shard begins.
final class ShardPlan implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int FILES = WrittenDocument.File.values().length;

  /// @param before the shard under way where the part begins; −1 where there is none
  /// @param begins the numbers, among the part's documents for the file, of those that begin one
  private record Cuts(int before, int[] begins) implements Serializable {}

  private final ArrayList<Cuts[]> parts = new ArrayList<>();
  private final int[] shards = new int[FILES];

  private ShardPlan() {}

  /// Draws it up, part by part.
  static final class Drawing {
    private final ShardPlan plan = new ShardPlan();
    private final List<ShardCutter> cutters = new ArrayList<>();

    Drawing() {
      for (int f = 0; f < FILES; f++) {
        cutters.add(new ShardCutter());
      }
    }

    /// Takes the next part.
    ///
    /// @param lengths of its documents' texts, by the file that they go to
    void add(int[][] lengths) {
      Cuts[] cuts = new Cuts[FILES];
      for (int f = 0; f < FILES; f++) {
        ShardCutter cutter = cutters.get(f);
        int before = cutter.shards() - 1;
        int[] begins = new int[0];
        for (int i = 0; i < lengths[f].length; i++) {
          int known = cutter.shards();
          if (cutter.shard(lengths[f][i]) >= known) {
            begins = Arrays.copyOf(begins, begins.length + 1);
            begins[begins.length - 1] = i;
          }
        }
        cuts[f] = new Cuts(before, begins);
      }
      plan.parts.add(cuts);
    }

    ShardPlan done() {
      for (int f = 0; f < FILES; f++) {
        // A file without documents has an empty shard, which says so.
        plan.shards[f] = Math.max(1, cutters.get(f).shards());
      }
      return plan;
    }
  }

  /// How many shards all files have.
  int size() {
    return Arrays.stream(shards).sum();
  }

  /// The number of a shard among those of all files.
  int number(int file, int part, int document) {
    Cuts cuts = parts.get(part)[file];
    int begun = 0;
    while (begun < cuts.begins().length && cuts.begins()[begun] <= document) {
      begun++;
    }
    return first(file) + cuts.before() + begun;
  }

  private int first(int file) {
    return Arrays.stream(shards, 0, file).sum();
  }

  WrittenDocument.File file(int number) {
    int file = 0;
    while (number >= first(file) + shards[file]) {
      file++;
    }
    return WrittenDocument.File.values()[file];
  }

  /// A shard's file name.
  String name(int number) {
    WrittenDocument.File file = file(number);
    return ShardCutter.name(file.fileName(), number - first(file.ordinal()));
  }
}
