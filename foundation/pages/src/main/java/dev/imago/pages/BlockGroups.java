package dev.imago.pages;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;

/// Blocks that are alike by where they stand: the same tags and classes of their element and of the
/// two around it. A page repeats what it lists: posts, products, links.
final class BlockGroups {
  private static final int LEVELS = 3;

  /// A list of so many is judged by its first ones: what stands far down in it is as much content,
  /// however few pages that are learned from are as long.
  private static final int ONE_LIST = 100;

  /// The group of each block, from 0.
  private final int[] groups;

  private final int count;

  /// @param regions of each block
  BlockGroups(List<Region> regions) {
    groups = new int[regions.size()];
    Map<Long, Integer> numbers = new HashMap<>();
    for (int i = 0; i < groups.length; i++) {
      groups[i] = numbers.computeIfAbsent(place(regions.get(i)), _ -> numbers.size());
    }
    count = numbers.size();
  }

  /// What elements of one tag and class have in common.
  static long kind(Element element) {
    return 1_000_003L * element.normalName().hashCode() + element.className().hashCode();
  }

  private static long place(Region region) {
    long place = 0;
    Region up = region;
    for (int level = 0; level < LEVELS && up != null; level++) {
      place = place * 1_000_003 + up.kind;
      up = up.parent;
    }
    return place;
  }

  /// The scores, of each long list the mean of its first ones, by words.
  double[] evened(double[] scores, double[] words) {
    double[] sums = new double[count];
    double[] sizes = new double[count];
    int[] members = new int[count];
    for (int i = 0; i < scores.length; i++) {
      if (members[groups[i]]++ < ONE_LIST) {
        double weight = Math.max(1, words[i]);
        sums[groups[i]] += weight * scores[i];
        sizes[groups[i]] += weight;
      }
    }
    double[] evened = scores.clone();
    for (int i = 0; i < scores.length; i++) {
      if (members[groups[i]] >= ONE_LIST) {
        evened[i] = sums[groups[i]] / sizes[groups[i]];
      }
    }
    return evened;
  }
}
