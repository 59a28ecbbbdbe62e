package dev.imago.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// BLEU: the geometric mean of the precisions of word n-grams, times a penalty for brevity, at
/// sacreBLEU's values. Papineni et al. 2002, P02-1040; Post 2018, W18-6319.
///
/// @param tokenizer what parts texts into words
/// @param smoothing what stands for a precision of 0
/// @param smoothingValue of [Smoothing#FLOOR] and [Smoothing#ADD_K]; others ignore it
/// @param order the longest n-gram, 1 … 9
/// @param lowercase whether case is ignored
/// @param effectiveOrder whether orders longer than the text are left out: for single sentences
public record Bleu(
    BleuTokenizer tokenizer,
    Smoothing smoothing,
    double smoothingValue,
    int order,
    boolean lowercase,
    boolean effectiveOrder)
    implements TextMetric {
  private static final int LONGEST = 9;

  /// What stands for a precision of 0. Chen & Cherry 2014, W14-3346.
  public enum Smoothing {
    /// 0, and so a score of 0.
    NONE("none"),
    /// A small count in place of none (their method 1).
    FLOOR("floor"),
    /// A constant added to both counts of every order above 1 (method 2).
    ADD_K("add-k"),
    /// Halved with each order that has no match (method 3, as NIST's script).
    EXP("exp");

    private final String key;

    Smoothing(String key) {
      this.key = key;
    }

    /// As signatures spell it.
    public String key() {
      return key;
    }

    /// The value that sacreBLEU takes where none is given.
    public double usual() {
      return this == FLOOR ? 0.1 : 1;
    }
  }

  public Bleu {
    if (order < 1 || order > LONGEST) {
      throw new IllegalArgumentException(
          "order = %d is outside 1 … %d; 4 is usual".formatted(order, LONGEST));
    }
    if (!(smoothingValue >= 0)) {
      throw new IllegalArgumentException(
          "smoothing value = %s is below 0; %s is usual"
              .formatted(smoothingValue, smoothing.usual()));
    }
  }

  /// sacreBLEU's defaults: `case:mixed|eff:no|tok:13a|smooth:exp`.
  public static Bleu standard() {
    return of(BleuTokenizer.WMT_13A);
  }

  /// sacreBLEU's defaults with another tokenizer.
  public static Bleu of(BleuTokenizer tokenizer) {
    return new Bleu(tokenizer, Smoothing.EXP, Smoothing.EXP.usual(), 4, false, false);
  }

  /// The same for single sentences, which may be shorter than the longest n-gram.
  public Bleu ofSentences() {
    return new Bleu(tokenizer, smoothing, smoothingValue, order, lowercase, true);
  }

  @Override
  public String name() {
    return "BLEU";
  }

  @Override
  public String signature(int references) {
    boolean valued = smoothing == Smoothing.FLOOR || smoothing == Smoothing.ADD_K;
    String value = valued ? String.format(Locale.ROOT, "[%.2f]", smoothingValue) : "";
    return SacreBleu.signature(
        references,
        "case:%s|eff:%s|tok:%s|smooth:%s%s%s"
            .formatted(
                lowercase ? "lc" : "mixed",
                SacreBleu.yes(effectiveOrder),
                tokenizer.key(),
                smoothing.key(),
                value,
                order == 4 ? "" : "|order:" + order)); // sacreBLEU hides it
  }

  /// The hypothesis's words, the closest reference's, the matches of each order, and the
  /// hypothesis's n-grams of each.
  @Override
  public double[] counts(String hypothesis, List<String> references) {
    List<String> said = words(hypothesis);
    List<List<String>> wanted = references.stream().map(this::words).toList();
    double[] counts = new double[2 + 2 * order];
    counts[0] = said.size();
    counts[1] = closest(said.size(), wanted);
    for (int n = 1; n <= order; n++) {
      Map<String, Integer> most = new HashMap<>();
      for (List<String> reference : wanted) {
        NgramCounts.of(reference, n).forEach((ngram, count) -> most.merge(ngram, count, Math::max));
      }
      counts[1 + n] = NgramCounts.matches(NgramCounts.of(said, n), most);
      counts[1 + order + n] = Math.max(0, said.size() - n + 1);
    }
    return counts;
  }

  /// 0 … 100.
  @Override
  public double score(double[] counts) {
    double said = counts[0];
    double wanted = counts[1];
    boolean none = true;
    for (int n = 1; n <= order; n++) {
      none &= counts[1 + n] == 0;
    }
    if (none) {
      return 0;
    }
    double brevity = said < wanted ? said > 0 ? Math.exp(1 - wanted / said) : 0 : 1;
    double halved = 1;
    double logs = 0;
    int orders = order;
    for (int n = 1; n <= order; n++) {
      double added = smoothing == Smoothing.ADD_K && n > 1 ? smoothingValue : 0;
      double matches = counts[1 + n] + added;
      double all = counts[1 + order + n] + added;
      if (all == 0) {
        if (!effectiveOrder) {
          return 0;
        }
        break;
      }
      if (effectiveOrder) {
        orders = n;
      }
      double precision = 100 * matches / all;
      if (matches == 0) {
        precision =
            switch (smoothing) {
              case EXP -> {
                halved *= 2;
                yield 100 / (halved * all);
              }
              case FLOOR -> 100 * smoothingValue / all;
              case NONE, ADD_K -> 0;
            };
      }
      logs += Math.log(precision); // of 0: a score of 0
    }
    return brevity * Math.exp(logs / orders);
  }

  private List<String> words(String text) {
    return tokenizer.words(WhiteSpace.stripTrailing(lowercase ? LowerCase.of(text) : text));
  }

  /// The length nearest to the hypothesis's; of two as near, the shorter.
  private static int closest(int said, List<List<String>> references) {
    int closest = references.getFirst().size();
    for (List<String> reference : references) {
      int length = reference.size();
      int farther = Math.abs(said - length) - Math.abs(said - closest);
      if (farther < 0 || farther == 0 && length < closest) {
        closest = length;
      }
    }
    return closest;
  }
}
