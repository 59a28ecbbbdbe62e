package dev.imago.prepare;

import dev.imago.data.Split;
import dev.imago.data.Verdict;
import dev.imago.prepare.Judge.Fingerprint;
import dev.imago.prepare.Judge.Judgement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What becomes of each document, once all are judged: kept on one side, or dropped by a rule of
/// its own or as a duplicate. Holds about 700 bytes a document, most of it its signature.
final class Fates {
  static final String EXACT = "exact-duplicate";
  static final String NEAR = "near-duplicate";

  /// With so many documents a second one held out costs little, and gives an interval.
  private static final int ENOUGH = 10;

  private final Prepare.Config config;
  private final List<Judgement> judgements = new ArrayList<>();
  private final List<Optional<Verdict.Drop>> drops = new ArrayList<>();
  private final List<Long> splitHashes = new ArrayList<>();
  private final Map<Fingerprint, Integer> exact = new HashMap<>();
  private final Map<Integer, Integer> original = new HashMap<>();
  private double heldoutBelow;
  private boolean steppedBack;

  Fates(Prepare.Config config) {
    this.config = config;
  }

  /// Takes the next document's judgement, in order.
  void add(String id, Judgement judgement) {
    judgements.add(judgement);
    splitHashes.add(Hash.of(id, config.heldoutSeed()));
  }

  /// Applies the rules, compares the documents that are left with one another, then draws the
  /// split.
  void decide() {
    steppedBack = stepsBack();
    for (int i = 0; i < size(); i++) {
      Judgement judgement = judgements.get(i);
      Optional<Verdict.Drop> drop =
          judgement.broken().or(() -> steppedBack ? Optional.empty() : judgement.length());
      if (drop.isEmpty() && config.exactDuplicates()) {
        Integer first = exact.putIfAbsent(judgement.fingerprint(), i);
        if (first != null) {
          drop = Optional.of(new Verdict.Drop(EXACT, 1));
          original.put(i, first);
        }
      }
      drops.add(drop);
    }
    var signatures = new ArrayList<int[]>(size());
    for (int i = 0; i < size(); i++) {
      signatures.add(drops.get(i).isEmpty() ? judgements.get(i).signature() : new int[0]);
    }
    var near = new NearDuplicates(signatures, config.nearDuplicateSimilarity());
    for (int i = 0; i < size(); i++) {
      int kept = near.original(i);
      if (kept != i) {
        drops.set(i, Optional.of(new Verdict.Drop(NEAR, near.similarity(i))));
        original.put(i, kept);
      }
    }
    split();
  }

  /// Whether the rule of length would drop so many that it is the corpus that is short.
  private boolean stepsBack() {
    long prose = 0;
    long broken = 0;
    for (Judgement judgement : judgements) {
      prose += judgement.form().isPresent() && judgement.broken().isEmpty() ? 1 : 0;
      broken += judgement.length().isPresent() ? 1 : 0;
    }
    return config.prose().usualLength() && broken > config.forms().stepBack() * prose;
  }

  /// Whether the rule of length dropped nothing because it would have dropped too much.
  boolean steppedBack() {
    return steppedBack;
  }

  /// How many documents the rule of length would have dropped.
  long shortOrLong() {
    return judgements.stream().filter(judgement -> judgement.length().isPresent()).count();
  }

  /// The share of the bytes that is kept.
  double keptBytes() {
    long kept = 0;
    long all = 0;
    for (int i = 0; i < size(); i++) {
      all += judgements.get(i).bytes();
      kept += drops.get(i).isEmpty() ? judgements.get(i).bytes() : 0;
    }
    return all == 0 ? 0 : (double) kept / all;
  }

  /// A document is held out by its id's hash alone, so that others coming or going do not move it.
  /// Where that would hold out too few to measure by (two, of ten and more) or all, the border
  /// moves.
  private void split() {
    double[] places = keptPlaces();
    heldoutBelow = config.heldoutFraction();
    if (places.length >= 2) {
      int least = places.length >= ENOUGH ? 2 : 1;
      heldoutBelow = Math.max(heldoutBelow, places[least]);
      // All documents but the last; `least` is fewer.
      double last = places[places.length - 1];
      heldoutBelow = last < heldoutBelow ? last : heldoutBelow;
    }
  }

  private double[] keptPlaces() {
    return java.util.stream.IntStream.range(0, size())
        .filter(i -> drops.get(i).isEmpty())
        .mapToDouble(this::place)
        .sorted()
        .toArray();
  }

  /// Where a document's hash lies in 0 … 1.
  private double place(int index) {
    return (splitHashes.get(index) >>> 11) * 0x1p-53;
  }

  int size() {
    return judgements.size();
  }

  int kept() {
    return (int) drops.stream().filter(Optional::isEmpty).count();
  }

  Judgement judgement(int index) {
    return judgements.get(index);
  }

  Optional<Verdict.Drop> drop(int index) {
    return drops.get(index);
  }

  /// The side of a document that is kept.
  Split side(int index) {
    return place(index) < heldoutBelow ? Split.HELDOUT : Split.TRAIN;
  }

  /// The document that a dropped duplicate repeats.
  Optional<Integer> original(int index) {
    return Optional.ofNullable(original.get(index));
  }

  /// The rule that dropped most: how many, what it measured, and its bound.
  String worst() {
    var dropped = new HashMap<String, List<Double>>();
    drops.forEach(
        d ->
            d.ifPresent(
                drop ->
                    dropped
                        .computeIfAbsent(drop.rule(), rule -> new ArrayList<>())
                        .add(drop.measured())));
    return dropped.entrySet().stream()
        .max(
            Comparator.comparingInt((Map.Entry<String, List<Double>> e) -> e.getValue().size())
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(
            e ->
                String.format(
                    Locale.ROOT,
                    "the rule %s dropped %,d, measuring %.4g … %.4g; its bound is %s",
                    e.getKey(),
                    e.getValue().size(),
                    Collections.min(e.getValue()),
                    Collections.max(e.getValue()),
                    Bounds.of(e.getKey(), config)))
        .orElse("no rule dropped any");
  }
}
