package dev.imago.annotate;

import dev.imago.data.Example;
import dev.imago.data.Split;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Parts a user's rows into those to train on and those held out, by a hash of what they ask: rows
/// that ask the same go together, and a row more moves few of the others.
///
/// Rows whose answers the corpus holds out come first, those whose answers it trains on last, and
/// only where fewer than two others are there.
final class Holdout {
  /// Fewer measure little.
  private static final int LEAST = 10;

  /// Fewer measure nothing.
  private static final int NEEDED = 2;

  private Holdout() {}

  /// What is held out.
  ///
  /// @param ids of the rows
  /// @param read how many of them have answers that pre-training reads
  record Held(Set<String> ids, int read) {}

  /// How many of some rows are held out: a share, but ten where that is no more than a fifth.
  static int size(int rows, double share) {
    if (share == 0 || rows < NEEDED) {
      return 0;
    }
    return Math.max((int) Math.round(share * rows), Math.clamp(rows / 5, 1, LEAST));
  }

  /// @param share wanted; 0 holds nothing out
  static Held of(List<Example> examples, double share, CorpusOverlap corpus) {
    Map<List<Example.Message>, List<Example>> byPrompt = new LinkedHashMap<>();
    for (Example example : examples) {
      byPrompt.computeIfAbsent(example.given(), _ -> new ArrayList<>()).add(example);
    }
    var heldout = new ArrayList<List<Example>>();
    var free = new ArrayList<List<Example>>();
    var read = new ArrayList<List<Example>>();
    for (List<Example> group :
        Choice.inOrder(List.copyOf(byPrompt.values()), g -> g.getFirst().given().toString())) {
      if (group.stream().anyMatch(e -> corpus.has(e, Split.TRAIN))) {
        read.add(group);
      } else if (group.stream().anyMatch(e -> corpus.has(e, Split.HELDOUT))) {
        heldout.add(group);
      } else {
        free.add(group);
      }
    }
    heldout.addAll(free);
    var ids = new HashSet<String>();
    int wanted = size(examples.size(), share);
    take(heldout, wanted, byPrompt.size() - 1, ids);
    int before = ids.size();
    take(read, Math.min(wanted, NEEDED), byPrompt.size() - 1, ids);
    return new Held(ids, ids.size() - before);
  }

  /// Adds whole groups until enough rows are held out; one prompt stays to train on.
  private static void take(
      List<List<Example>> groups, int wanted, int mostGroups, Set<String> ids) {
    for (List<Example> group : groups.subList(0, Math.min(groups.size(), mostGroups))) {
      if (ids.size() >= wanted) {
        return;
      }
      group.forEach(example -> ids.add(example.id()));
    }
  }
}
