package dev.imago.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How varied texts are: the share of their runs of n words that are different ones (distinct-n; Li
/// et al. 2016, N16-1014). It falls with length, whatever is written, so that two sets of texts are
/// compared at as many words.
///
/// @param order words of a run, 1 at least
/// @param words what counts as a word
public record Diversity(int order, RougeWords words) {
  public Diversity {
    if (order < 1) {
      throw new IllegalArgumentException("order = %d is below 1; 2 is usual".formatted(order));
    }
  }

  /// The words of each text.
  public List<List<String>> words(List<String> texts) {
    return texts.stream().map(words.of()).toList();
  }

  /// Words of all texts.
  public static long size(List<List<String>> texts) {
    return texts.stream().mapToLong(List::size).sum();
  }

  /// The first words, of as many texts as it takes, the last one cut.
  ///
  /// @param most words in all
  public static List<List<String>> first(List<List<String>> texts, long most) {
    var some = new ArrayList<List<String>>();
    long left = most;
    for (List<String> text : texts) {
      if (left <= 0) {
        break;
      }
      some.add(text.subList(0, (int) Math.min(left, text.size())));
      left -= text.size();
    }
    return some;
  }

  /// Different runs over all runs, none of which reaches over two texts.
  ///
  /// @return NaN where no text has a run
  public double of(List<List<String>> texts) {
    Set<List<String>> different = new HashSet<>();
    long all = 0;
    for (List<String> text : texts) {
      for (int i = 0; i + order <= text.size(); i++) {
        different.add(text.subList(i, i + order));
        all++;
      }
    }
    return all == 0 ? Double.NaN : (double) different.size() / all;
  }

  /// How far a text repeats itself: the share of its runs that stood in it before (seq-rep-n;
  /// Welleck et al. 2020, arXiv:1908.04319).
  ///
  /// @return NaN where the text has no run
  public double repeated(String text) {
    return 1 - of(List.of(words.of().apply(text)));
  }
}
