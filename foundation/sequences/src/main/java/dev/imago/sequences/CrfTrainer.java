package dev.imago.sequences;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Learns a conditional random field from tagged sequences: the weights under which their tags are
/// likeliest, less a penalty, by L-BFGS. A feature has weights for the tags that it was seen with.
public final class CrfTrainer {
  private static final double TOLERANCE = 1e-5;

  /// Told after each step.
  public interface Watch {
    /// @param loss −ln p of all tags, with the penalty
    void after(int iteration, double loss);
  }

  /// A sequence as numbers.
  private record Encoded(int[][] features, int[] tags) {}

  private final CrfSettings settings;
  private final List<String> tags;
  private final List<String> features;
  private final int[] starts;
  private final int[] featureTags;
  private final List<Encoded> sequences;
  private final int size;

  /// @throws IllegalArgumentException where there is nothing to learn from
  public CrfTrainer(List<TagSequence> given, CrfSettings settings) {
    this.settings = settings;
    List<TagSequence> tagged =
        given.stream().filter(s -> !s.rows().isEmpty() && !s.tags().isEmpty()).toList();
    if (tagged.isEmpty()) {
      throw new IllegalArgumentException(
          "of %d sequences none has tags; give rows with a tag each".formatted(given.size()));
    }
    for (TagSequence sequence : tagged) {
      if (sequence.rows().getFirst().size() < settings.templates().columns()) {
        throw new IllegalArgumentException(
            "rows have %d columns, and the templates ask for %d; change the templates"
                .formatted(sequence.rows().getFirst().size(), settings.templates().columns()));
      }
    }
    var sorted = new TreeSet<String>();
    tagged.forEach(s -> sorted.addAll(s.tags()));
    tags = List.copyOf(sorted);
    Map<String, Integer> tagIds = new HashMap<>();
    tags.forEach(tag -> tagIds.put(tag, tagIds.size()));
    Map<String, int[]> seen = seen(tagged, tagIds);
    features = new ArrayList<>(seen.size());
    Map<String, Integer> ids = HashMap.newHashMap(seen.size());
    int[] allTags = new int[16];
    int[] allStarts = new int[seen.size() + 1];
    int n = 0;
    for (Map.Entry<String, int[]> entry : seen.entrySet()) {
      if (Arrays.stream(entry.getValue()).sum() < settings.minimumCount()) {
        continue;
      }
      allStarts[features.size()] = n;
      ids.put(entry.getKey(), features.size());
      features.add(entry.getKey());
      for (int tag = 0; tag < tags.size(); tag++) {
        if (entry.getValue()[tag] > 0) {
          if (n == allTags.length) {
            allTags = Arrays.copyOf(allTags, 2 * n);
          }
          allTags[n++] = tag;
        }
      }
    }
    allStarts[features.size()] = n;
    starts = Arrays.copyOf(allStarts, features.size() + 1);
    featureTags = Arrays.copyOf(allTags, n);
    size = n + (settings.templates().steps() ? tags.size() * tags.size() : 0);
    sequences = tagged.stream().map(s -> encoded(s, ids, tagIds)).toList();
  }

  private Map<String, int[]> seen(List<TagSequence> tagged, Map<String, Integer> tagIds) {
    Map<String, int[]> seen = new LinkedHashMap<>();
    for (TagSequence sequence : tagged) {
      for (int t = 0; t < sequence.rows().size(); t++) {
        int tag = tagIds.getOrDefault(sequence.tags().get(t), 0);
        settings
            .templates()
            .each(
                sequence.rows(),
                t,
                feature -> seen.computeIfAbsent(feature, _ -> new int[tags.size()])[tag]++);
      }
    }
    return seen;
  }

  private Encoded encoded(
      TagSequence sequence, Map<String, Integer> ids, Map<String, Integer> tagIds) {
    int[][] rows = new int[sequence.rows().size()][];
    for (int t = 0; t < rows.length; t++) {
      var found = new ArrayList<Integer>();
      settings
          .templates()
          .each(
              sequence.rows(),
              t,
              feature -> {
                Integer id = ids.get(feature);
                if (id != null) {
                  found.add(id);
                }
              });
      rows[t] = found.stream().mapToInt(Integer::intValue).toArray();
    }
    return new Encoded(
        rows, sequence.tags().stream().mapToInt(tag -> tagIds.getOrDefault(tag, 0)).toArray());
  }

  /// How many weights are learned.
  public int size() {
    return size;
  }

  /// Learns.
  public CrfModel train(Watch watch) throws InterruptedException {
    double[] weights = new double[size];
    ExecutorService pool =
        Executors.newFixedThreadPool(
            settings.threads(), Thread.ofPlatform().daemon().name("crf-", 0).factory());
    try {
      double[][] gradients = new double[settings.threads()][size];
      Lbfgs.minimise(
          (x, gradient) -> loss(x, gradient, gradients, pool),
          weights,
          settings.iterations(),
          TOLERANCE,
          watch::after);
    } finally {
      pool.shutdownNow();
    }
    return new CrfModel(
        settings.templates(), tags, List.copyOf(features), starts, featureTags, weights);
  }

  /// The loss and its gradient, as training has them: for a test by differences.
  double loss(double[] x, double[] gradient) throws InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(settings.threads())) {
      return loss(x, gradient, new double[settings.threads()][size], pool);
    }
  }

  private double loss(double[] x, double[] gradient, double[][] gradients, ExecutorService pool)
      throws InterruptedException {
    int threads = gradients.length;
    var parts = new ArrayList<Future<Double>>();
    for (int p = 0; p < threads; p++) {
      int part = p;
      parts.add(pool.submit(() -> loss(x, gradients[part], part, threads)));
    }
    double loss = 0;
    for (Future<Double> part : parts) {
      try {
        loss += part.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    for (int i = 0; i < size; i++) {
      double sum = settings.penalty() * x[i];
      for (double[] of : gradients) {
        sum += of[i];
      }
      gradient[i] = sum;
      loss += 0.5 * settings.penalty() * x[i] * x[i];
    }
    return loss;
  }

  /// −ln p of every so many-th sequence, and what it changes by.
  private double loss(double[] x, double[] gradient, int part, int parts) {
    int n = tags.size();
    int steps = featureTags.length;
    boolean withSteps = settings.templates().steps();
    double[] step = withSteps ? Arrays.copyOfRange(x, steps, size) : new double[n * n];
    double[] exponentials = TagLattice.exponentials(step);
    double[] stepGradient = new double[n * n];
    Arrays.fill(gradient, 0);
    double loss = 0;
    for (int s = part; s < sequences.size(); s += parts) {
      Encoded sequence = sequences.get(s);
      double[][] scores = new double[sequence.tags().length][n];
      for (int t = 0; t < scores.length; t++) {
        for (int feature : sequence.features()[t]) {
          for (int i = starts[feature]; i < starts[feature + 1]; i++) {
            scores[t][featureTags[i]] += x[i];
          }
        }
      }
      var lattice = new TagLattice(scores, step, n);
      TagLattice.Marginals marginals = lattice.marginals(exponentials);
      loss += marginals.logSum() - lattice.score(sequence.tags());
      double[] of = new double[n];
      for (int t = 0; t < scores.length; t++) {
        for (int tag = 0; tag < n; tag++) {
          of[tag] = marginals.of(t, tag) - (tag == sequence.tags()[t] ? 1 : 0);
        }
        for (int feature : sequence.features()[t]) {
          for (int i = starts[feature]; i < starts[feature + 1]; i++) {
            gradient[i] += of[featureTags[i]];
          }
        }
        if (t > 0 && withSteps) {
          marginals.addSteps(t, exponentials, 1, stepGradient);
          stepGradient[sequence.tags()[t - 1] * n + sequence.tags()[t]]--;
        }
      }
    }
    if (withSteps) {
      System.arraycopy(stepGradient, 0, gradient, steps, n * n);
    }
    return loss;
  }
}
