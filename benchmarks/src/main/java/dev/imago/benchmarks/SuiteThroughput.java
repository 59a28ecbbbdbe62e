package dev.imago.benchmarks;

import dev.imago.core.Progress;
import dev.imago.evaluate.SuiteEvaluation;
import dev.imago.evaluate.SuiteModel;
import dev.imago.evaluate.SuiteModels;
import dev.imago.suites.PromptOptions;
import dev.imago.suites.Suite;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Items a second of task suites: `FOLDER TASK THREADS [WARM=4]`. FOLDER holds the checkpoint `hf`
/// and TASK.yaml. As for the peer: after a first evaluation of a few items, without loading.
public final class SuiteThroughput {
  private SuiteThroughput() {}

  public static void main(String[] args) throws InterruptedException {
    Path folder = Path.of(args[0]);
    List<Path> task = List.of(folder.resolve(args[1] + ".yaml"));
    int warm = args.length > 3 ? Integer.parseInt(args[3]) : 4;
    try (SuiteModel model =
        SuiteModels.open("random", folder.resolve("hf"), Integer.parseInt(args[2]))) {
      PromptOptions all = PromptOptions.USUAL;
      run(folder, Suite.read(task, limited(all, warm)), model);
      Suite suite = Suite.read(task, all);
      long start = System.nanoTime();
      long answers = run(folder, suite, model);
      double seconds = (System.nanoTime() - start) / 1e9;
      int items = suite.tasks().getFirst().items().size();
      System.out.printf(
          Locale.ROOT,
          "ours %s %.4f items/s, %,d answers, %.2f s%n",
          args[1],
          items / seconds,
          answers,
          seconds);
    }
  }

  private static PromptOptions limited(PromptOptions all, int items) {
    return new PromptOptions(
        Optional.of(items),
        all.seed(),
        all.shots(),
        all.form(),
        all.multiTurn(),
        all.system(),
        all.maxTokens());
  }

  /// With nothing kept from before.
  private static long run(Path folder, Suite suite, SuiteModel model) throws InterruptedException {
    return new SuiteEvaluation(folder.resolve("answers"), true)
        .run(suite, model, Progress.NONE)
        .cost()
        .answers();
  }
}
