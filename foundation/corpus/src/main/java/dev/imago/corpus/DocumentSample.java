package dev.imago.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Chooses documents: each draws a number from its content and the seed, by Gumbel's distribution
/// around the logarithm of its weight, and those with the highest are taken until the tokens are
/// spent. That is sampling without replacement in proportion to the weights (Efraimidis and
/// Spirakis 2006), and the same sample from any order, shards and threads.
///
/// Add every document, in the order in which they are read again; then ask [#chosen].
public final class DocumentSample {
  /// How many documents and tokens there are of a value, and how many are chosen.
  public record Coverage(long documents, long tokens, long chosenDocuments, long chosenTokens) {
    Coverage plus(long moreTokens, int copies) {
      return new Coverage(
          documents + 1,
          tokens + moreTokens,
          chosenDocuments + copies,
          chosenTokens + copies * moreTokens);
    }
  }

  private static final Coverage NONE = new Coverage(0, 0, 0, 0);

  private final SampleRules rules;
  private double[] ranks = new double[1024];
  private long[] ties = new long[1024];
  private long[] tokens = new long[1024];
  private int[] groups = new int[1024];
  private final Map<String, Integer> groupNumbers = new HashMap<>();
  private final List<String> groupNames = new ArrayList<>();
  private int count;

  public DocumentSample(SampleRules rules) {
    this.rules = rules;
  }

  /// @param tags of the document, such as its language and source
  /// @param tokens that it has
  /// @param logImportance its [ImportanceWeights]; 0 without a target
  public void add(
      String id, String text, Map<String, String> tags, long tokens, double logImportance) {
    if (count == ranks.length) {
      int more = Math.addExact(count, count);
      ranks = Arrays.copyOf(ranks, more);
      ties = Arrays.copyOf(ties, more);
      this.tokens = Arrays.copyOf(this.tokens, more);
      groups = Arrays.copyOf(groups, more);
    }
    // 53 bits in (0, 1), never either end.
    double u = ((Hash.of(text, rules.seed()) >>> 11) + 0.5) * 0x1p-53;
    double gumbel = -Math.log(-Math.log(u));
    ranks[count] = Math.log(rules.weight(tags)) + logImportance + gumbel;
    ties[count] = Hash.of(id, rules.seed());
    this.tokens[count] = tokens;
    String group = rules.shareOf().isEmpty() ? "" : tags.getOrDefault(rules.shareOf(), "");
    groups[count] =
        groupNumbers.computeIfAbsent(
            group,
            name -> {
              groupNames.add(name);
              return groupNames.size() - 1;
            });
    count++;
  }

  /// How many copies of each document are chosen, in the order in which they were added.
  public int[] chosen() {
    int[] copies = new int[count];
    double all = rules.shares().values().stream().mapToDouble(Double::doubleValue).sum();
    for (int g = 0; g < groupNames.size(); g++) {
      int group = g;
      long budget =
          rules.shares().isEmpty()
              ? (rules.tokens() == 0 ? Long.MAX_VALUE : rules.tokens())
              : (long) (rules.tokens() * rules.shares().getOrDefault(groupNames.get(g), 0d) / all);
      if (rules.shares().isEmpty() && g > 0) {
        break; // one budget for all of them
      }
      Integer[] members =
          IntStream.range(0, count)
              .filter(
                  i ->
                      (rules.shares().isEmpty() || groups[i] == group)
                          && ranks[i] > Double.NEGATIVE_INFINITY)
              .boxed()
              .toArray(Integer[]::new);
      Arrays.sort(members, this::order);
      fill(members, budget, copies);
    }
    return copies;
  }

  private int order(int a, int b) {
    int byRank = Double.compare(ranks[b], ranks[a]);
    return byRank != 0 ? byRank : Long.compare(ties[a], ties[b]);
  }

  /// Whole rounds as long as there is room for them, then the first of another one.
  private void fill(Integer[] members, long budget, int[] copies) {
    long whole = 0;
    for (int member : members) {
      whole += tokens[member];
    }
    long left = budget;
    for (int round = 0; round < rules.maxEpochs() && whole > 0; round++) {
      for (int member : members) {
        if (tokens[member] > left) {
          return;
        }
        left -= tokens[member];
        copies[member]++;
      }
      if (rules.shares().isEmpty()) {
        return;
      }
    }
  }

  /// What there is and what is chosen, by the values of the tag whose share it is.
  public Map<String, Coverage> coverage(int[] copies) {
    var all = new TreeMap<String, Coverage>();
    for (int i = 0; i < count; i++) {
      String name = groupNames.get(groups[i]);
      all.put(name, all.getOrDefault(name, NONE).plus(tokens[i], copies[i]));
    }
    return all;
  }
}
