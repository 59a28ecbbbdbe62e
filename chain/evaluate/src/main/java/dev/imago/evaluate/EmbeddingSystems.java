package dev.imago.evaluate;

import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.Example;
import dev.imago.data.Examples;
import dev.imago.data.Labels;
import dev.imago.data.Split;
import dev.imago.data.Weights;
import dev.imago.model.ModelInput;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.embedding.EmbeddingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// Models of vectors, measured as search: each held-out anchor asks for its positives among all
/// texts that there are, held-out ones and those of training, beside TF-IDF ([Retrieval]).
///
/// *Q anchors, N texts.*
final class EmbeddingSystems {
  private static final int TOGETHER = 16;

  /// Texts to search among: more make it harder, and slower.
  private static final int MOST_TEXTS = 20_000;

  private final Evaluate.Inputs inputs;
  private final Evaluate.Config config;
  private final LabelModel.Opener opener;

  EmbeddingSystems(Evaluate.Inputs inputs, Evaluate.Config config, LabelModel.Opener opener) {
    this.inputs = inputs;
    this.config = config;
    this.opener = opener;
  }

  /// @return lines of samples
  List<String> measure(Report report, Run run) throws InterruptedException {
    var lines = new ArrayList<String>();
    for (Labels labels : inputs.labels()) {
      if (Tasks.read(labels.folder()) instanceof EmbeddingTask task) {
        SequencedMap<String, Weights> models =
            Named.of(
                inputs.tuned().stream().filter(m -> Tasks.fits(Named.output(m), task)).toList());
        inputs
            .base()
            .filter(base -> Tasks.fits(Named.output(base), task))
            .ifPresent(base -> models.put("untuned", base));
        lines.addAll(measure(labels, models, report, run));
      }
    }
    return lines;
  }

  private List<String> measure(
      Labels labels, Map<String, Weights> models, Report report, Run run)
      throws InterruptedException {
    List<Example> heldout = Examples.read(labels.folder(), Split.HELDOUT);
    // Positives of each anchor, by their place among the texts.
    var texts = new LinkedHashMap<String, Integer>();
    var wanted = new LinkedHashMap<String, LinkedHashSet<Integer>>();
    for (Example example : heldout) {
      int place = place(texts, example.completion());
      wanted.computeIfAbsent(example.prompt(), _ -> new LinkedHashSet<>()).add(place);
      if (!example.rejected().isEmpty()) {
        place(texts, example.rejected());
      }
    }
    for (Example example : Examples.read(labels.folder(), Split.TRAIN)) {
      if (texts.size() < MOST_TEXTS) {
        place(texts, example.completion());
      }
    }
    if (wanted.size() < 2) {
      run.note(
          "vectors are not measured: held-out anchors = %d, and an interval needs 2; a larger annotate.heldoutFraction gives more"
              .formatted(wanted.size()));
      return List.of();
    }
    List<String> anchors = List.copyOf(wanted.keySet());
    List<String> all = List.copyOf(texts.keySet());
    var systems = new LinkedHashMap<String, double[][]>();
    for (Map.Entry<String, Weights> model : models.entrySet()) {
      systems.put(model.getKey(), similarities(model, anchors, all, run));
    }
    var index = new Retrieval(all);
    systems.put(
        "tf-idf",
        anchors.stream().map(a -> index.similarities(a)).toArray(double[][]::new));
    report.protocol("anchors", anchors.size());
    report.protocol("texts to search", all.size());
    List<LinkedHashSet<Integer>> gold = List.copyOf(wanted.values());
    systems.forEach((name, scores) -> add(report, name, scores, gold));
    for (String model : models.keySet()) {
      for (String other : systems.keySet()) {
        if (!other.equals(model) && !(models.containsKey(other) && !other.equals("untuned"))) {
          report.compare(
              "%s beats %s by nDCG at 10".formatted(model, other),
              "ndcg@10." + model,
              "ndcg@10." + other,
              false);
        }
      }
    }
    return samples(anchors, all, gold, systems);
  }

  private static int place(Map<String, Integer> texts, String text) {
    int next = texts.size();
    Integer before = texts.putIfAbsent(text, next);
    return before == null ? next : before;
  }

  private static void add(
      Report report, String name, double[][] scores, List<LinkedHashSet<Integer>> gold) {
    int n = scores.length;
    var of = new double[4][n];
    for (int q = 0; q < n; q++) {
      var ranked = new RankedTexts(scores[q], gold.get(q));
      of[0][q] = 100 * ranked.ndcg(10);
      of[1][q] = 100 * ranked.reciprocalRank(10);
      of[2][q] = 100 * ranked.recall(1);
      of[3][q] = 100 * ranked.recall(10);
    }
    List<String> names = List.of("ndcg@10", "mrr@10", "recall@1", "recall@10");
    for (int i = 0; i < names.size(); i++) {
      report.measure(names.get(i) + "." + name, "0–100", n, Bootstrap.mean(of[i]));
    }
  }

  /// Cosines [Q,N].
  private double[][] similarities(
      Map.Entry<String, Weights> named, List<String> anchors, List<String> texts, Run run)
      throws InterruptedException {
    try (LabelModel model = opener.open(named.getValue().folder(), run.threads());
        Progress progress =
            run.progress(
                "vectors of held-out texts, " + named.getKey(),
                anchors.size() + texts.size(),
                "texts")) {
      float[][] asked = vectors(model, anchors, progress);
      float[][] found = vectors(model, texts, progress);
      return Arrays.stream(asked)
          .map(a -> Arrays.stream(found).mapToDouble(f -> dot(a, f)).toArray())
          .toArray(double[][]::new);
    }
  }

  /// Of length 1; of zeros where a text has no token.
  private static float[][] vectors(LabelModel model, List<String> texts, Progress progress)
      throws InterruptedException {
    float[][] vectors = new float[texts.size()][0];
    for (int from = 0; from < texts.size(); from += TOGETHER) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      int to = Math.min(texts.size(), from + TOGETHER);
      List<ModelInput> inputs =
          texts.subList(from, to).stream()
              .map(t -> EmbeddingTask.question(t, model.tokenizer(), model.context()).input())
              .toList();
      List<ModelInput> some = inputs.stream().filter(i -> i.length() > 0).toList();
      var scores = model.scores(some).iterator();
      for (int i = from; i < to; i++) {
        vectors[i] = inputs.get(i - from).length() > 0 ? unit(scores.next()[0]) : new float[0];
      }
      progress.add(to - from);
    }
    return vectors;
  }

  private static float[] unit(float[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = length == 0 ? 0 : (float) (vector[i] / length);
    }
    return unit;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private List<String> samples(
      List<String> anchors,
      List<String> texts,
      List<LinkedHashSet<Integer>> gold,
      Map<String, double[][]> systems) {
    var lines = new ArrayList<String>();
    for (int q = 0; q < Math.min(config.samples(), anchors.size()); q++) {
      var line = JsonMapper.shared().createObjectNode();
      line.put("anchor", anchors.get(q));
      line.put("positive", texts.get(gold.get(q).getFirst()));
      for (Map.Entry<String, double[][]> system : systems.entrySet()) {
        double[] scores = system.getValue()[q];
        int best =
            IntStream.range(0, scores.length)
                .reduce((a, b) -> scores[b] > scores[a] ? b : a)
                .orElseThrow();
        line.put(system.getKey(), texts.get(best));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
