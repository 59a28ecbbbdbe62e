package dev.imago.ngram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The plain twin: probabilities as the papers define them, from maps of strings, recursively.
final class Definition {
  private final int order;
  private final Smoothing smoothing;
  private final NgramSettings settings;
  private final Set<String> vocabulary = new HashSet<>(Set.of("<unk>", "</s>"));

  /// How often each n-gram was seen: its words between blanks.
  private final Map<String, Long> seen = new HashMap<>();

  private final Map<String, Long> counts = new HashMap<>();
  private final double[][] discounts;

  Definition(NgramSettings settings, List<List<String>> sentences) {
    this.settings = settings;
    this.order = settings.order();
    this.smoothing = settings.smoothing();
    for (List<String> sentence : sentences) {
      var words = new ArrayList<String>();
      words.add("<s>");
      words.addAll(sentence);
      words.add("</s>");
      vocabulary.addAll(sentence);
      for (int end = 1; end < words.size(); end++) {
        for (int n = 1; n <= order && n <= end + 1; n++) {
          seen.merge(String.join(" ", words.subList(end - n + 1, end + 1)), 1L, Long::sum);
        }
      }
    }
    seen.forEach(
        (gram, count) -> {
          boolean raw =
              size(gram) == order || gram.startsWith("<s>") || smoothing != Smoothing.KNESER_NEY;
          counts.put(gram, raw ? count : before(gram));
        });
    discounts = new double[order + 1][4];
    for (int n = 1; n <= order; n++) {
      long[] t = new long[5];
      for (Map.Entry<String, Long> each : counts.entrySet()) {
        if (size(each.getKey()) == n && each.getValue() <= 4) {
          t[each.getValue().intValue()]++;
        }
      }
      discounts[n] = new double[] {0, 0.5, 1, 1.5};
      double y = t[1] / (t[1] + 2.0 * t[2]);
      double[] own = {0, 1 - 2 * y * t[2] / t[1], 2 - 3 * y * t[3] / t[2], 3 - 4 * y * t[4] / t[3]};
      if (own[1] >= 0 && own[2] >= 0 && own[3] >= 0) {
        discounts[n] = own;
      }
    }
  }

  private static int size(String gram) {
    return gram.split(" ").length;
  }

  /// Different words before an n-gram.
  private long before(String gram) {
    return seen.keySet().stream()
        .filter(longer -> size(longer) == size(gram) + 1 && longer.endsWith(" " + gram))
        .count();
  }

  Set<String> vocabulary() {
    return vocabulary;
  }

  private boolean kept(String gram) {
    return seen.getOrDefault(gram, 0L) > settings.threshold(size(gram));
  }

  double p(List<String> given, String word) {
    List<String> context = given.subList(Math.max(0, given.size() - (order - 1)), given.size());
    String prefix = String.join(" ", context);
    int n = context.size() + 1;
    double all = 0;
    double left = 0;
    double held = 0;
    long different = 0;
    long own = 0;
    for (String next : vocabulary) {
      String gram = context.isEmpty() ? next : prefix + " " + next;
      long count = counts.getOrDefault(gram, 0L);
      if (count == 0) {
        continue;
      }
      all += count;
      different++;
      held += kept(gram) ? discounts[n][(int) Math.min(3, count)] : 0;
      left += kept(gram) ? 0 : count;
      own = next.equals(word) && kept(gram) ? count : own;
    }
    if (all == 0) {
      return p(context.subList(1, context.size()), word);
    }
    double share = own;
    double weight = (held + left) / all;
    switch (smoothing) {
      case KNESER_NEY -> share = own == 0 ? 0 : (own - discounts[n][(int) Math.min(3, own)]) / all;
      case WITTEN_BELL -> {
        share = own / (all + different);
        weight = (different + left) / (all + different);
      }
      case STUPID_BACKOFF -> {
        share = own / all;
        weight = left == all ? 1 : 0.4;
      }
    }
    if (smoothing == Smoothing.STUPID_BACKOFF && own > 0) {
      return share;
    }
    double lower =
        context.isEmpty() ? 1.0 / vocabulary.size() : p(context.subList(1, context.size()), word);
    return share + weight * lower;
  }
}
