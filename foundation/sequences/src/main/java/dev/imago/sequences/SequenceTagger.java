package dev.imago.sequences;

import java.util.List;

/// Gives tags to sequences. Immutable, and thread-safe.
public sealed interface SequenceTagger permits CrfModel, HmmModel {
  /// A tag, and how sure it is given the whole sequence.
  record Told(String tag, double probability) {}

  /// The tags that it knows.
  List<String> tags();

  /// How many columns a row has to have at least.
  int columns();

  /// Scores of a sequence's tags.
  TagLattice lattice(List<List<String>> rows);

  /// The likeliest sequence of tags.
  default List<String> best(List<List<String>> rows) {
    return java.util.Arrays.stream(lattice(rows).best()).mapToObj(tags()::get).toList();
  }

  /// The likeliest sequence of tags, each with its own marginal probability.
  default List<Told> told(List<List<String>> rows) {
    TagLattice lattice = lattice(rows);
    int[] best = lattice.best();
    TagLattice.Marginals marginals = lattice.marginals();
    return java.util.stream.IntStream.range(0, best.length)
        .mapToObj(t -> new Told(tags().get(best[t]), marginals.of(t, best[t])))
        .toList();
  }
}
