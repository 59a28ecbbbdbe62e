package dev.imago.evaluate;

import dev.imago.core.Progress;
import dev.imago.core.Run;
import dev.imago.data.Labels;
import dev.imago.data.Weights;
import dev.imago.model.ModelInput;
import dev.imago.tasks.Task;
import dev.imago.tasks.Tasks;
import dev.imago.tasks.embedding.Cosine;
import dev.imago.tasks.embedding.EmbeddingTask;
import dev.imago.tasks.reranking.RerankingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// Models that find texts, beside TF-IDF ([Retrieval]): of vectors, among all; of one score of a
/// query and a text, which are slow, among those that TF-IDF finds first, in the order that they
/// give these.
final class SearchSystems {
  private static final int TOGETHER = 16;

  /// Texts of a query that are put in order.
  private static final int RERANKED = 30;

  private static final String BY_WORDS = "tf-idf";
  private static final String UNTUNED = "untuned";

  private final Evaluate.Inputs inputs;
  private final Evaluate.Config config;
  private final LabelModel.Opener opener;

  SearchSystems(Evaluate.Inputs inputs, Evaluate.Config config, LabelModel.Opener opener) {
    this.inputs = inputs;
    this.config = config;
    this.opener = opener;
  }

  /// @return lines of samples
  List<String> measure(Report report, Run run) throws InterruptedException {
    var lines = new ArrayList<String>();
    for (Labels labels : inputs.labels()) {
      Task task = Tasks.read(labels.folder());
      if (task instanceof EmbeddingTask || task instanceof RerankingTask) {
        SequencedMap<String, Weights> models =
            Named.of(
                inputs.tuned().stream().filter(m -> Tasks.fits(Named.output(m), task)).toList());
        inputs
            .base()
            .filter(base -> Tasks.fits(Named.output(base), task))
            .ifPresent(base -> models.put(UNTUNED, base));
        lines.addAll(measure(task, HeldOutSearch.read(labels.folder()), models, report, run));
      }
    }
    return lines;
  }

  private List<String> measure(
      Task task, HeldOutSearch search, Map<String, Weights> models, Report report, Run run)
      throws InterruptedException {
    if (search.anchors().size() < 2) {
      run.note(
          "search is not measured: held-out anchors = %d, and an interval needs 2; a larger annotate.heldoutFraction gives more"
              .formatted(search.anchors().size()));
      return List.of();
    }
    double[][] byWords = search.byWords();
    var systems = new LinkedHashMap<String, double[][]>();
    for (Map.Entry<String, Weights> model : models.entrySet()) {
      try (LabelModel opened = opener.open(model.getValue().folder(), run.threads())) {
        systems.put(
            model.getKey(),
            task instanceof EmbeddingTask
                ? cosines(opened, search, model.getKey(), run)
                : reordered(opened, search, byWords, model.getKey(), run));
      }
    }
    systems.put(BY_WORDS, byWords);
    report.protocol("anchors", search.anchors().size());
    report.protocol("texts to search", search.texts().size());
    systems.forEach((name, scores) -> search.add(report, name, scores));
    for (String model : models.keySet()) {
      for (String other : List.of(UNTUNED, BY_WORDS)) {
        if (!model.equals(UNTUNED) && systems.containsKey(other)) {
          report.compare(
              "%s beats %s by nDCG at 10".formatted(model, other),
              "ndcg@10." + model,
              "ndcg@10." + other,
              false);
        }
      }
    }
    return search.samples(config.samples(), systems);
  }

  private static double[][] cosines(LabelModel model, HeldOutSearch search, String name, Run run)
      throws InterruptedException {
    int all = search.anchors().size() + search.texts().size();
    try (Progress progress = run.progress("vectors of held-out texts, " + name, all, "texts")) {
      float[][] asked = vectors(model, search.anchors(), progress);
      float[][] found = vectors(model, search.texts(), progress);
      return Arrays.stream(asked)
          .map(a -> Arrays.stream(found).mapToDouble(f -> nearness(a, f)).toArray())
          .toArray(double[][]::new);
    }
  }

  /// 0 where a text has no token, and so no vector.
  private static double nearness(float[] a, float[] b) {
    return a.length == 0 || b.length == 0 ? 0 : Cosine.dot(a, b);
  }

  /// What TF-IDF finds first stands before all else, in the order of the model's scores.
  private static double[][] reordered(
      LabelModel model, HeldOutSearch search, double[][] byWords, String name, Run run)
      throws InterruptedException {
    double[][] scores = new double[byWords.length][];
    try (Progress progress =
        run.progress("order what is found, " + name, byWords.length, "queries")) {
      for (int q = 0; q < scores.length; q++) {
        double[] words = byWords[q];
        scores[q] = Arrays.stream(words).map(w -> w - 1e9).toArray();
        List<Integer> first =
            IntStream.range(0, words.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -words[i]))
                .limit(RERANKED)
                .toList();
        String query = search.anchors().get(q);
        List<ModelInput> asked =
            first.stream()
                .map(
                    i ->
                        RerankingTask.question(
                                query, search.texts().get(i), model.tokenizer(), model.context())
                            .input())
                .toList();
        List<float[][]> told = read(model, asked);
        for (int i = 0; i < first.size(); i++) {
          scores[q][first.get(i)] = told.get(i)[0][0];
        }
        progress.add(1);
      }
    }
    return scores;
  }

  private static List<float[][]> read(LabelModel model, List<ModelInput> inputs)
      throws InterruptedException {
    var rows = new ArrayList<float[][]>();
    for (int from = 0; from < inputs.size(); from += TOGETHER) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      rows.addAll(model.scores(inputs.subList(from, Math.min(inputs.size(), from + TOGETHER))));
    }
    return rows;
  }

  /// Of length 1; of none where a text has no token.
  private static float[][] vectors(LabelModel model, List<String> texts, Progress progress)
      throws InterruptedException {
    float[][] vectors = new float[texts.size()][0];
    for (int from = 0; from < texts.size(); from += TOGETHER) {
      int to = Math.min(texts.size(), from + TOGETHER);
      List<ModelInput> some =
          texts.subList(from, to).stream()
              .map(t -> EmbeddingTask.question(t, model.tokenizer(), model.context()).input())
              .toList();
      var scores = read(model, some.stream().filter(i -> i.length() > 0).toList()).iterator();
      for (int i = from; i < to; i++) {
        if (some.get(i - from).length() > 0) {
          vectors[i] = Cosine.unit(scores.next()[0]);
        }
      }
      progress.add(to - from);
    }
    return vectors;
  }
}
