package dev.imago.corpus;

import dev.imago.corpus.Judgement.Fingerprint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which of a set of documents repeat another one: the same text, or nearly the same; the first of
/// each stays ([NearDuplicates]). A pure function of the set, in whatever order it comes.
///
/// Documents are only ever compared where they share one of their [#keys]. So those that share
/// none, directly or by way of others, may be decided apart: the answers together are those for the
/// whole.
public final class Duplicates {
  private Duplicates() {}

  /// What a document repeats.
  ///
  /// @param rule `exact-duplicate`, or `near-duplicate` with the share of equal rows
  /// @param of the document that stays
  public record Repeated(BrokenRule rule, Judged of) {}

  /// By its place, each document that repeats another.
  ///
  /// @param documents those that no rule drops
  public static Map<Long, Repeated> of(CorpusRules rules, Collection<Judged> documents) {
    List<Judged> ordered =
        documents.stream().sorted(Comparator.comparingLong(Judged::place)).toList();
    var repeated = new HashMap<Long, Repeated>();
    if (rules.exactDuplicates()) {
      var first = new HashMap<Fingerprint, Judged>();
      for (Judged document : ordered) {
        Judged known = first.putIfAbsent(document.judgement().fingerprint(), document);
        if (known != null) {
          repeated.put(document.place(), new Repeated(new BrokenRule(CorpusRules.EXACT, 1), known));
        }
      }
    }
    if (rules.nearDuplicates()) {
      List<Judged> left =
          ordered.stream().filter(document -> !repeated.containsKey(document.place())).toList();
      List<int[]> signatures = left.stream().map(each -> each.judgement().signature()).toList();
      var near = new NearDuplicates(signatures, rules.nearDuplicateSimilarity());
      for (int i = 0; i < left.size(); i++) {
        if (near.original(i) != i) {
          var rule = new BrokenRule(CorpusRules.NEAR, near.similarity(i));
          repeated.put(left.get(i).place(), new Repeated(rule, left.get(near.original(i))));
        }
      }
    }
    return repeated;
  }

  /// What a document must have in common with another one to be compared with it: its fingerprint
  /// and the bands of its signature, each as a hash.
  public static List<Long> keys(Judgement judgement) {
    var keys = new ArrayList<Long>();
    keys.add(judgement.fingerprint().high());
    if (judgement.signature().length > 0) {
      for (int band = 0; band < MinHash.BANDS; band++) {
        keys.add(MinHash.band(judgement.signature(), band));
      }
    }
    return keys;
  }
}
