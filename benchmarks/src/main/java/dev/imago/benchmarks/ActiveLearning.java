package dev.imago.benchmarks;

import dev.imago.active.Pool;
import dev.imago.active.Strategy;
import dev.imago.labelling.TextVectors;
import dev.imago.linear.LinearKind;
import dev.imago.linear.LinearModel;
import dev.imago.linear.LinearSettings;
import dev.imago.linear.LinearTrainer;
import dev.imago.linear.LinearTrainer.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Our side of `benchmarks/active ROWS [STRATEGY …]`: how many labels a strategy needs for what
/// random choice reaches with 2,000, the mean over five seeds. Rows are lines of «label TAB text»;
/// a quarter of them, drawn by the seed, is what accuracy is measured on.
public final class ActiveLearning {
  private static final int SEEDS = 5;
  private static final int FIRST = 100;
  private static final int BATCH = 100;
  private static final int MOST = 2_000;
  private static final int MOST_ACTIVE = 1_200;
  private static final LinearSettings SETTINGS = LinearSettings.of(LinearKind.NB_SVM);

  private final List<Example> examples;
  private final TextVectors vectors;

  private ActiveLearning(List<Example> examples) {
    this.examples = examples;
    vectors = new TextVectors(examples.stream().map(Example::text).toList());
  }

  private LinearModel learn(int[] labelled, int seed) {
    return LinearTrainer.train(
        Arrays.stream(labelled).mapToObj(examples::get).toList(), SETTINGS, seed);
  }

  /// Accuracy after each batch.
  private double[] curve(String name, int seed) {
    var random = new SplittableRandom(seed);
    int[] order = IntStream.range(0, examples.size()).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    int[] test = Arrays.copyOf(order, order.length / 4);
    int[] labelled = Arrays.copyOfRange(order, test.length, test.length + FIRST);
    int[] rest = Arrays.copyOfRange(order, test.length + FIRST, order.length);
    // Of random choice only the end is asked.
    int batch = name.equals("random") ? MOST - FIRST : BATCH;
    double[] curve = new double[name.equals("random") ? 2 : (MOST_ACTIVE - FIRST) / BATCH + 1];
    for (int round = 0; ; round++) {
      LinearModel model = learn(labelled, seed);
      curve[round] =
          (double)
                  Arrays.stream(test)
                      .parallel()
                      .filter(
                          i -> model.label(examples.get(i).text()).equals(examples.get(i).label()))
                      .count()
              / test.length;
      if (round == curve.length - 1) {
        return curve;
      }
      int[] chosen = strategy(name).choose(pool(name, model, labelled, rest, seed), batch, random);
      labelled = IntStream.concat(Arrays.stream(labelled), Arrays.stream(chosen)).toArray();
      int[] sorted = chosen.clone();
      Arrays.sort(sorted);
      rest = Arrays.stream(rest).filter(i -> Arrays.binarySearch(sorted, i) < 0).toArray();
    }
  }

  private Pool pool(String name, LinearModel model, int[] labelled, int[] rest, int seed) {
    double[][] says = new double[examples.size()][];
    if (!name.equals("random") && !name.equals("k-centre")) {
      says(model, rest, says);
    }
    List<double[][]> committee = new ArrayList<>();
    if (name.equals("disagreement")) {
      var random = new SplittableRandom(seed);
      for (int m = 0; m < 3; m++) {
        int[] drawn =
            random.ints(labelled.length, 0, labelled.length).map(i -> labelled[i]).toArray();
        LinearModel member = learn(drawn, seed);
        if (member.labels().equals(model.labels())) {
          double[][] told = new double[examples.size()][];
          says(member, rest, told);
          committee.add(told);
        }
      }
    }
    return new Pool(rest, labelled, says, committee, vectors::dot);
  }

  private void says(LinearModel model, int[] items, double[][] to) {
    Arrays.stream(items)
        .parallel()
        .forEach(i -> to[i] = model.probabilities(examples.get(i).text()));
  }

  private static Strategy strategy(String name) {
    return Strategy.parse(name.equals("mixture") ? "random:0.1,margin:0.45,badge:0.45" : name);
  }

  public static void main(String[] arguments) throws IOException {
    List<Example> examples =
        Files.readAllLines(Path.of(arguments[0])).stream()
            .map(line -> line.split("\t", 2))
            .filter(cells -> cells.length == 2)
            .map(cells -> new Example(cells[1], cells[0]))
            .toList();
    List<String> names = new ArrayList<>(List.of("random"));
    names.addAll(
        arguments.length > 1
            ? List.of(arguments).subList(1, arguments.length)
            : List.of("margin", "entropy", "k-centre", "badge", "disagreement", "mixture"));
    var simulation = new ActiveLearning(examples);
    Map<String, double[]> means = new LinkedHashMap<>();
    double goal = 0;
    for (String name : names) {
      double[] mean = new double[0];
      for (int seed = 0; seed < SEEDS; seed++) {
        double[] curve = simulation.curve(name, seed);
        mean = mean.length == 0 ? new double[curve.length] : mean;
        for (int i = 0; i < mean.length; i++) {
          mean[i] += curve[i] / SEEDS;
        }
      }
      means.put(name, mean);
      goal = name.equals("random") ? mean[mean.length - 1] : goal;
      System.out.println(line(name, mean, goal));
    }
  }

  private static String line(String name, double[] mean, double goal) {
    if (name.equals("random")) {
      return String.format(Locale.ROOT, "random with %d: %.4f", MOST, goal);
    }
    int reached = -1;
    for (int i = mean.length - 1; i >= 0; i--) {
      reached = mean[i] >= goal ? FIRST + i * BATCH : reached;
    }
    var curve = new StringBuilder();
    for (int i = 1; i < mean.length; i += 2) {
      curve.append(String.format(Locale.ROOT, " %d:%.4f", FIRST + i * BATCH, mean[i]));
    }
    return String.format(
        Locale.ROOT,
        "%s goal %.4f %s |%s",
        name,
        goal,
        reached < 0
            ? "not reached with " + (FIRST + (mean.length - 1) * BATCH)
            : "reached with %d labels, %.0f %%".formatted(reached, 100.0 * reached / MOST),
        curve);
  }
}
