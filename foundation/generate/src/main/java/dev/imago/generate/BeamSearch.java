package dev.imago.generate;

import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.KeyValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/// The likeliest answer that a search of several paths side by side finds: at each step the best
/// ways to go on of all paths, in the place of the best of one. As transformers' beam search has
/// it, with `early_stopping=False`: an answer's score is the sum of ln p of its tokens, its end
/// among them, over their number to the power of the length penalty; the search ends when no path
/// that goes on can be better than the worst of as many answers as there are paths.
///
/// *B paths, V vocabulary.*
public final class BeamSearch {
  private BeamSearch() {}

  /// @param beams paths, at least 1
  /// @param maxTokens of an answer
  /// @param lengthPenalty 1 compares means, 0 sums; above 1 favours long answers
  public record Settings(int beams, int maxTokens, double lengthPenalty) {
    public Settings {
      if (beams < 1 || beams > 64 || maxTokens < 1) {
        throw new IllegalArgumentException(
            "beams = %d are 1 … 64, maxTokens = %d 1 at least".formatted(beams, maxTokens));
      }
    }
  }

  /// @param ids of the answer, without its end
  /// @param score of it
  /// @param ended whether the model ended it; else it was cut off
  public record Found(int[] ids, double score, boolean ended) {}

  /// The best answer to a prompt.
  ///
  /// @param prompt as [Prompts] makes it
  /// @throws NotFiniteException where the model computes no numbers
  public static Found of(LanguageModel model, int[] prompt, Settings settings) {
    int most = settings.maxTokens();
    int room =
        model.config().context() - (model.config().decoderStart().isPresent() ? 1 : prompt.length);
    if (room < 1) {
      throw new IllegalArgumentException(
          "%d tokens of the prompt leave no room for an answer in %d"
              .formatted(prompt.length, model.config().context()));
    }
    var within = new Settings(settings.beams(), Math.min(most, room), settings.lengthPenalty());
    try (var paths = new ModelPaths(model, prompt, within.maxTokens())) {
      return search(paths, within, model.stopIds());
    }
  }

  /// Paths that go on side by side.
  interface Paths {
    /// Of each path the scores of what follows it, before the softmax.
    float[][] scores();

    /// From now on path i is what path from[i] was, with a token more.
    void goOn(int[] from, int[] tokens);
  }

  private record Path(int[] ids, double sum) {}

  private record Candidate(int path, int token, double sum) {}

  static Found search(Paths paths, Settings settings, Set<Integer> stops) {
    int beams = settings.beams();
    List<Path> running = List.of(new Path(new int[0], 0));
    var found = new ArrayList<Found>();
    for (int length = 1; ; length++) {
      List<Candidate> best = best(paths.scores(), running, Math.max(2, 1 + stops.size()) * beams);
      double divisor = Math.pow(length, settings.lengthPenalty());
      boolean last = length == settings.maxTokens();
      var next = new ArrayList<Candidate>();
      for (int rank = 0; rank < best.size(); rank++) {
        Candidate one = best.get(rank);
        boolean ends = stops.contains(one.token());
        if ((ends || last) && rank < beams) {
          int[] before = running.get(one.path()).ids();
          found.add(
              new Found(ends ? before : longer(before, one.token()), one.sum() / divisor, ends));
        } else if (!ends && !last && next.size() < beams) {
          next.add(one);
        }
      }
      found.sort(Comparator.comparingDouble(f -> -f.score()));
      while (found.size() > beams) {
        found.removeLast();
      }
      boolean done =
          found.size() == beams
              && !next.isEmpty()
              && next.getFirst().sum() / divisor <= found.getLast().score();
      if (last || done || next.isEmpty()) {
        return found.getFirst();
      }
      List<Path> before = running;
      running =
          next.stream()
              .map(c -> new Path(longer(before.get(c.path()).ids(), c.token()), c.sum()))
              .toList();
      paths.goOn(
          next.stream().mapToInt(Candidate::path).toArray(),
          next.stream().mapToInt(Candidate::token).toArray());
    }
  }

  private static int[] longer(int[] ids, int token) {
    int[] to = Arrays.copyOf(ids, ids.length + 1);
    to[ids.length] = token;
    return to;
  }

  /// The best ways to go on of all paths, the best first; of equal ones the first path's and the
  /// lowest id.
  private static List<Candidate> best(float[][] scores, List<Path> running, int most) {
    Comparator<Candidate> better =
        Comparator.comparingDouble((Candidate c) -> -c.sum())
            .thenComparingInt(Candidate::path)
            .thenComparingInt(Candidate::token);
    var kept = new PriorityQueue<>(better.reversed());
    for (int p = 0; p < running.size(); p++) {
      double all = logSum(scores[p]);
      for (int token = 0; token < scores[p].length; token++) {
        double sum = running.get(p).sum() + scores[p][token] - all;
        if (kept.size() < most || sum > kept.element().sum()) {
          kept.add(new Candidate(p, token, sum));
          if (kept.size() > most) {
            kept.remove();
          }
        }
      }
    }
    var sorted = new ArrayList<>(kept);
    sorted.sort(better);
    return sorted;
  }

  private static double logSum(float[] scores) {
    double most = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      if (!(score < Float.POSITIVE_INFINITY)) { // NaN, too
        throw new NotFiniteException(score);
      }
      most = Math.max(most, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - most);
    }
    return most + Math.log(sum);
  }

  /// Paths of a model: each with keys and values of its own, and one source read for all.
  private static final class ModelPaths implements Paths, AutoCloseable {
    private final LanguageModel model;
    private final KeyValues root;
    private List<KeyValues> caches;
    private CpuActivation next;

    ModelPaths(LanguageModel model, int[] prompt, int most) {
      this.model = model;
      this.root = model.cache(prompt, most);
      int[] seen = model.beginning(prompt);
      try {
        this.next = model.step(ForwardBatch.of(root, seen), seen.length - 1);
        this.caches = List.of(root.fork());
      } catch (RuntimeException e) {
        root.close();
        throw e;
      }
    }

    @Override
    public float[][] scores() {
      var rows = new float[caches.size()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = next.row(i);
      }
      return rows;
    }

    @Override
    public void goOn(int[] from, int[] tokens) {
      var taken = new boolean[caches.size()];
      var longer = new ArrayList<KeyValues>();
      for (int path : from) {
        // Of a path that goes on in several ways all but the first are copies, made before it
        // grows.
        KeyValues cache = caches.get(path);
        longer.add(taken[path] ? cache.fork() : cache);
        taken[path] = true;
      }
      for (int i = 0; i < taken.length; i++) {
        if (!taken[i]) {
          caches.get(i).close();
        }
      }
      caches = longer;
      next = model.step(new ForwardBatch(tokens, longer.toArray(KeyValues[]::new)));
    }

    @Override
    public void close() {
      caches.forEach(KeyValues::close);
      root.close();
    }
  }
}
