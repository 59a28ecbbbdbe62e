package dev.imago.suites;

import dev.imago.core.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which solved examples stand before an item: drawn by the seed, item after item, or the first
/// ones.
final class FewShots {
  /// A task's `fewshot_config`, what it does not say filled in from the task.
  ///
  /// @param first whether the first ones are taken
  /// @param samples the examples themselves, where the file has them
  record Settings(
      boolean first,
      Optional<String> split,
      Optional<List<Map<String, @Nullable Object>>> samples,
      @Nullable Object text,
      @Nullable Object target,
      @Nullable Object choices,
      Optional<String> prefix,
      String targetDelimiter,
      String delimiter) {
    private static final Set<String> KEYS =
        Set.of(
            "sampler",
            "split",
            "samples",
            "doc_to_text",
            "doc_to_target",
            "doc_to_choice",
            "gen_prefix",
            "fewshot_delimiter",
            "target_delimiter");

    @SuppressWarnings("unchecked") // values of rows, as the reader made them
    static Settings of(
        dev.imago.suites.Settings task,
        SuiteTask.Splits splits,
        String delimiter,
        String targetDelimiter,
        Optional<String> prefix) {
      Optional<dev.imago.suites.Settings> own = task.part("fewshot_config");
      own.ifPresent(s -> s.only(KEYS));
      String sampler = own.flatMap(s -> s.text("sampler")).orElse("default");
      if (!sampler.equals("default") && !sampler.equals("first_n")) {
        throw own.orElse(task).wrong("sampler", "default or first_n");
      }
      Optional<String> split = own.flatMap(s -> s.text("split")).or(splits::fewShot);
      Optional<List<Map<String, @Nullable Object>>> samples = Optional.empty();
      if (split.isEmpty() && own.isPresent() && own.get().has("samples")) {
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        own.get()
            .each("samples")
            .forEach(
                s ->
                    rows.add(
                        (Map<String, @Nullable Object>)
                            java.util.Objects.requireNonNull(
                                dev.imago.suites.Settings.plain(s.keys()))));
        samples = Optional.of(rows);
      }
      return new Settings(
          sampler.equals("first_n"),
          split,
          samples,
          value(own, task, "doc_to_text"),
          value(own, task, "doc_to_target"),
          value(own, task, "doc_to_choice"),
          own.flatMap(s -> s.text("gen_prefix")).or(() -> prefix),
          own.flatMap(s -> s.text("target_delimiter")).orElse(targetDelimiter),
          own.flatMap(s -> s.text("fewshot_delimiter")).orElse(delimiter));
    }

    private static @Nullable Object value(
        Optional<dev.imago.suites.Settings> own, dev.imago.suites.Settings task, String key) {
      Object given = own.map(s -> s.value(key)).orElse(null);
      return given == null ? task.value(key) : given;
    }
  }

  private final SuiteTask task;
  private final List<Map<String, @Nullable Object>> pool;
  private final boolean withoutItem;
  private final PythonRandom random;

  /// @param seed of the draws: lm-evaluation-harness's is 1234
  FewShots(SuiteTask task, int seed) {
    this.task = task;
    this.random = new PythonRandom(seed);
    Settings settings = task.fewShots();
    this.withoutItem = settings.split().equals(task.splits().test());
    this.pool = task.shots() == 0 ? List.of() : rows(task, settings);
  }

  private static List<Map<String, @Nullable Object>> rows(SuiteTask task, Settings settings) {
    if (settings.split().isEmpty() && settings.samples().isPresent()) {
      return settings.samples().get();
    }
    String part =
        settings
            .split()
            .or(() -> task.splits().training())
            .or(() -> task.splits().validation())
            .or(() -> task.splits().test())
            .orElseThrow();
    return DataFiles.read(task.data(), part).rows();
  }

  /// The examples of the next item.
  List<Map<String, @Nullable Object>> next(Map<String, @Nullable Object> item) {
    int n = task.shots();
    if (n == 0) {
      return List.of();
    }
    if (task.fewShots().first()) {
      List<Map<String, @Nullable Object>> others = withoutItem ? without(item, pool) : pool;
      return enough(others, n).subList(0, n);
    }
    if (!withoutItem) {
      return random.sample(enough(pool, n), n);
    }
    List<Map<String, @Nullable Object>> drawn =
        without(item, random.sample(enough(pool, n + 1), n + 1));
    return drawn.size() >= n
        ? drawn.subList(0, n)
        : random.sample(enough(without(item, pool), n), n);
  }

  private List<Map<String, @Nullable Object>> enough(
      List<Map<String, @Nullable Object>> from, int n) {
    if (from.size() < n) {
      throw new InputException(
          "%s: num_fewshot = %d wants %d examples to draw from, and there are %d; lower it, or name a larger fewshot_split"
              .formatted(task.file(), task.shots(), n, from.size()));
    }
    return from;
  }

  private static List<Map<String, @Nullable Object>> without(
      Map<String, @Nullable Object> item, List<Map<String, @Nullable Object>> from) {
    return from.stream().filter(row -> !row.equals(item)).toList();
  }
}
