package dev.imago.sequences;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/// Learns a hidden Markov model: by counts where tags are known; without them by expectation and
/// maximisation (Baum & Welch 1970) from a start drawn by the seed.
public final class HmmTrainer {
  private static final double ADDED = 0.1;
  private static final int RARE = 3;

  private HmmTrainer() {}

  /// By counts, each smoothed by a tenth. A rare word counts for its shapes too.
  ///
  /// @throws IllegalArgumentException where no sequence has tags
  public static HmmModel count(List<TagSequence> given) {
    List<TagSequence> tagged =
        given.stream().filter(s -> !s.rows().isEmpty() && !s.tags().isEmpty()).toList();
    var sorted = new TreeSet<String>();
    tagged.forEach(s -> sorted.addAll(s.tags()));
    List<String> tags = List.copyOf(sorted);
    if (tags.isEmpty()) {
      throw new IllegalArgumentException(
          "of %d sequences none has tags; give rows with a tag each, or learn without"
              .formatted(given.size()));
    }
    Map<String, Integer> tagIds = new HashMap<>();
    tags.forEach(tag -> tagIds.put(tag, tagIds.size()));
    int n = tags.size();
    double[] first = new double[n];
    double[] steps = new double[n * n];
    Map<String, double[]> words = new LinkedHashMap<>();
    for (TagSequence sequence : tagged) {
      int before = -1;
      for (int t = 0; t < sequence.rows().size(); t++) {
        int tag = tagIds.getOrDefault(sequence.tags().get(t), 0);
        if (before < 0) {
          first[tag]++;
        } else {
          steps[before * n + tag]++;
        }
        words.computeIfAbsent(sequence.rows().get(t).getFirst(), _ -> new double[n])[tag]++;
        before = tag;
      }
    }
    return model(tags, first, steps, withShapes(words, n));
  }

  private static Map<String, double[]> withShapes(Map<String, double[]> words, int n) {
    Map<String, double[]> all = new LinkedHashMap<>(words);
    all.put("\t", new double[n]);
    words.forEach(
        (word, counts) -> {
          if (Arrays.stream(counts).sum() <= RARE && !word.isEmpty()) {
            for (String shape : HmmModel.shapes(word)) {
              double[] of = all.computeIfAbsent(shape, _ -> new double[n]);
              for (int tag = 0; tag < n; tag++) {
                of[tag] += counts[tag];
              }
            }
          }
        });
    return all;
  }

  /// Logarithms of smoothed shares. What a tag's shapes share among themselves is one word's part:
  /// a shape stands for a word that was not seen.
  private static HmmModel model(
      List<String> tags, double[] first, double[] steps, Map<String, double[]> words) {
    int n = tags.size();
    double[] totals = new double[n];
    double firsts = Arrays.stream(first).sum();
    int real = 0;
    for (Map.Entry<String, double[]> word : words.entrySet()) {
      if (!word.getKey().startsWith("\t")) {
        real++;
        for (int tag = 0; tag < n; tag++) {
          totals[tag] += word.getValue()[tag];
        }
      }
    }
    double[] logFirst = new double[n];
    double[] logSteps = new double[n * n];
    for (int a = 0; a < n; a++) {
      logFirst[a] = Math.log((first[a] + ADDED) / (firsts + ADDED * n));
      double out = 0;
      for (int b = 0; b < n; b++) {
        out += steps[a * n + b];
      }
      for (int b = 0; b < n; b++) {
        logSteps[a * n + b] = Math.log((steps[a * n + b] + ADDED) / (out + ADDED * n));
      }
    }
    double small = ADDED / n;
    List<String> names = new ArrayList<>(words.keySet());
    double[][] comes = new double[names.size()][n];
    for (int w = 0; w < comes.length; w++) {
      double[] counts = words.getOrDefault(names.get(w), totals);
      boolean shape = names.get(w).startsWith("\t");
      double times = shape ? 1 / Math.max(1, Arrays.stream(counts).sum()) : 1;
      for (int tag = 0; tag < n; tag++) {
        comes[w][tag] =
            Math.log((counts[tag] * times + small) / (totals[tag] + small * (real + 1)));
      }
    }
    return new HmmModel(tags, logFirst, logSteps, names, comes);
  }

  /// Told after each pass.
  public interface Watch {
    /// @param logProbability of all words under the model before the pass
    void after(int pass, double logProbability);
  }

  /// Without tags: so many hidden ones are found, called `0`, `1` and so on.
  ///
  /// @param states 1 … 1000
  /// @param passes over all sequences
  public static HmmModel learn(
      List<TagSequence> given, int states, int passes, long seed, Watch watch) {
    List<TagSequence> sequences = given.stream().filter(s -> !s.rows().isEmpty()).toList();
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("there is no word to learn from; give sequences");
    }
    if (states < 1 || states > 1000 || passes < 1 || passes > 100_000) {
      throw new IllegalArgumentException(
          "states = %d or passes = %d are outside 1 … 1000 and 1 … 100000"
              .formatted(states, passes));
    }
    var random = new Random(seed);
    List<String> tags =
        java.util.stream.IntStream.range(0, states).mapToObj(Integer::toString).toList();
    double[] first = random.doubles(states, 0.5, 1.5).toArray();
    double[] steps = random.doubles((long) states * states, 0.5, 1.5).toArray();
    Map<String, double[]> words = new LinkedHashMap<>();
    for (TagSequence sequence : sequences) {
      for (List<String> row : sequence.rows()) {
        words.computeIfAbsent(row.getFirst(), _ -> random.doubles(states, 0.5, 1.5).toArray());
      }
    }
    HmmModel model = model(tags, first, steps, withShapes(words, states));
    for (int pass = 1; pass <= passes; pass++) {
      Arrays.fill(first, 0);
      Arrays.fill(steps, 0);
      words.values().forEach(counts -> Arrays.fill(counts, 0));
      double logProbability = 0;
      double[] exponentials = TagLattice.exponentials(model.steps());
      for (TagSequence sequence : sequences) {
        TagLattice.Marginals told = model.lattice(sequence.rows()).marginals(exponentials);
        logProbability += told.logSum();
        for (int t = 0; t < sequence.rows().size(); t++) {
          double[] counts =
              words.computeIfAbsent(sequence.rows().get(t).getFirst(), _ -> new double[states]);
          for (int tag = 0; tag < states; tag++) {
            counts[tag] += told.of(t, tag);
            first[tag] += t == 0 ? told.of(t, tag) : 0;
          }
          if (t > 0) {
            told.addSteps(t, exponentials, 1, steps);
          }
        }
      }
      watch.after(pass, logProbability);
      model = model(tags, first, steps, withShapes(words, states));
    }
    return model;
  }
}
