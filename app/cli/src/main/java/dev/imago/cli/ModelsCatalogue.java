package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.core.Inventory;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.Weights;
import dev.imago.evaluate.StoredEvaluation;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The models of a workspace with what was measured of each: by `imago evaluate suite` how good it
/// is, by `imago bench --keep` how fast it is on this machine.
final class ModelsCatalogue {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What is said of the model of the best score.
  static final String BEST = "the best score";

  private ModelsCatalogue() {}

  /// A model.
  ///
  /// @param task as the hub names it
  /// @param bytes on disk
  /// @param scores by task and metric
  /// @param speed measured on this machine; null where it was not
  record Entry(
      Ref ref,
      String task,
      List<String> languages,
      long bytes,
      Map<String, Score> scores,
      @Nullable Speed speed) {
    /// Milliseconds to the first token; not a number where that was not measured.
    double firstToken() {
      return speed == null ? Double.NaN : speed.firstTokenMillis();
    }

    /// What a million tokens cost; not a number where the speed was not measured.
    ///
    /// @param hourly what the machine costs an hour, in any currency
    double cost(double hourly) {
      return speed == null ? Double.NaN : hourly / 3600 / speed.tokensPerSecond() * 1e6;
    }
  }

  /// @param asked a hash of what was asked: only scores of the same can be compared
  record Score(
      double value, double low, double high, int items, boolean higherIsBetter, String asked) {}

  /// What `imago bench --keep` found, of the threads that write fastest.
  ///
  /// @param promptTokens of the prompt that the first token was waited for
  /// @param residentBytes the most that the process held
  record Speed(
      double tokensPerSecond,
      double firstTokenMillis,
      int promptTokens,
      int threads,
      long residentBytes) {}

  /// All models, the oldest first.
  ///
  /// @param machine that speeds count of; those of another are none
  static List<Entry> of(Workspace workspace, String machine) {
    Map<String, Map<String, Score>> scores = scores(workspace);
    var entries = new ArrayList<Entry>();
    for (Inventory.Item item : Inventory.of(workspace).items()) {
      Ref ref = item.ref();
      if (ref.kind().equals(Artifact.kind(Weights.class))) {
        String readme = CardFacts.readme(workspace.find(ref.toString()).folder());
        ModelCard card = ModelCardText.read(readme);
        String task = ModelCardText.field(readme, "pipeline_tag");
        entries.add(
            new Entry(
                ref,
                task.isEmpty() ? "–" : task,
                card.languages(),
                item.bytes(),
                scores.getOrDefault(ref.toString(), Map.of()),
                speed(workspace.measured(ref), machine)));
      }
    }
    return entries;
  }

  /// Of every model, by the workspace's evaluations; of several of one task the last by name.
  private static Map<String, Map<String, Score>> scores(Workspace workspace) {
    var all = new TreeMap<String, Map<String, Score>>();
    for (StoredEvaluation evaluation : CardFacts.evaluations(workspace)) {
      Map<String, Score> of = all.computeIfAbsent(evaluation.artifact(), _ -> new TreeMap<>());
      for (StoredEvaluation.Task task : evaluation.tasks().values()) {
        for (StoredEvaluation.Score score : task.scores()) {
          of.put(
              task.name() + "/" + score.key(),
              new Score(
                  score.value(),
                  score.low().orElse(Double.NaN),
                  score.high().orElse(Double.NaN),
                  score.items(),
                  score.higherIsBetter(),
                  task.asked()));
        }
      }
    }
    return all;
  }

  private static @Nullable Speed speed(Path file, String machine) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      JsonNode kept = JSON.readTree(Files.readAllBytes(file));
      if (!kept.path("machine").asString("").equals(machine)) {
        return null;
      }
      JsonNode answer = null;
      for (JsonNode test : kept.path("tests")) {
        if (test.path("n_gen").asInt(0) > 0
            && (answer == null
                || test.path("avg_ts").asDouble(0) > answer.path("avg_ts").asDouble(0))) {
          answer = test;
        }
      }
      if (answer == null) {
        return null;
      }
      int threads = answer.path("n_threads").asInt(0);
      double rate = answer.path("avg_ts").asDouble(0);
      double first = Double.NaN;
      int prompt = 0;
      for (JsonNode test : kept.path("tests")) {
        int read = test.path("n_prompt").asInt(0);
        if (read > prompt && test.path("n_threads").asInt(0) == threads) {
          prompt = read;
          first = test.path("avg_ns").asDouble(Double.NaN) / 1e6 + 1e3 / rate;
        }
      }
      return rate > 0
          ? new Speed(rate, first, prompt, threads, kept.path("peak_resident_bytes").asLong(0))
          : null;
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    } catch (JacksonException e) {
      throw new InputException(
          "%s is broken (%s); remove it, or measure again with imago bench --keep"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }

  /// What a model is the best in, of those that were measured alike; a tie counts.
  static List<String> firsts(Entry entry, List<Entry> all, String by) {
    var firsts = new ArrayList<String>();
    Score own = entry.scores().get(by);
    if (own != null) {
      double sign = own.higherIsBetter() ? 1 : -1;
      if (all.stream()
          .map(e -> e.scores().get(by))
          .filter(s -> s != null && s.asked().equals(own.asked()))
          .allMatch(s -> sign * s.value() <= sign * own.value())) {
        firsts.add(BEST);
      }
    }
    if (all.stream().noneMatch(e -> e.firstToken() < entry.firstToken())
        && Double.isFinite(entry.firstToken())) {
      firsts.add("the soonest first token");
    }
    if (all.stream().noneMatch(e -> rate(e) > rate(entry)) && Double.isFinite(rate(entry))) {
      firsts.add("the most tokens a second");
    }
    if (all.stream().noneMatch(e -> e.bytes() < entry.bytes())) {
      firsts.add("the smallest");
    }
    return firsts;
  }

  /// Why a model is not among the best: a model that is as good in all that was measured of both,
  /// and better in something. Empty where there is none.
  ///
  /// @param by the score that counts
  static Optional<String> beaten(Entry entry, List<Entry> all, String by) {
    return all.stream()
        .filter(other -> !other.ref().equals(entry.ref()))
        .map(other -> beats(other, entry, by))
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static @Nullable String beats(Entry other, Entry entry, String by) {
    Score theirs = other.scores().get(by);
    Score own = entry.scores().get(by);
    if (theirs == null || own == null || !theirs.asked().equals(own.asked())) {
      return null; // what was not measured alike is no reason
    }
    var better = new ArrayList<String>();
    double sign = own.higherIsBetter() ? 1 : -1;
    boolean worse = sign * theirs.value() < sign * own.value();
    if (sign > 0 ? theirs.low() > own.high() : theirs.high() < own.low()) {
      better.add("better"); // by intervals that are apart: a draw shuts nobody out
    }
    worse |=
        compared(-other.firstToken(), -entry.firstToken(), "sooner", better)
            | compared(rate(other), rate(entry), "faster", better)
            | compared(-other.bytes(), -entry.bytes(), "smaller", better);
    return worse || better.isEmpty()
        ? null
        : "%s is %s, and nowhere worse".formatted(other.ref().brief(), String.join(", ", better));
  }

  private static double rate(Entry entry) {
    return entry.speed() == null ? Double.NaN : entry.speed().tokensPerSecond();
  }

  /// Whether the first is worse; where it is better, the word goes to the list. A measure that only
  /// one has keeps the one that has it.
  private static boolean compared(double first, double second, String word, List<String> better) {
    if (Double.isNaN(first) || Double.isNaN(second)) {
      return Double.isNaN(first) && !Double.isNaN(second);
    }
    if (first > second) {
      better.add(word);
    }
    return first < second;
  }

  /// The names of all scores, those of most models first.
  static List<String> measures(List<Entry> entries) {
    var counts = new TreeMap<String, Integer>();
    entries.forEach(e -> e.scores().keySet().forEach(k -> counts.merge(k, 1, Integer::sum)));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .map(Map.Entry::getKey)
        .toList();
  }
}
