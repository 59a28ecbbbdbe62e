package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.EnergyUse;
import dev.imago.core.ImagoException;
import dev.imago.core.InputException;
import dev.imago.core.Inventory;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.MeasuredModel;
import dev.imago.data.ModelChoice;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The models of a workspace with what was measured of each: by `imago evaluate suite` how good it
/// is, by `imago bench --keep` how fast it is on this machine.
final class ModelsCatalogue {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ModelsCatalogue() {}

  /// All models, the oldest first.
  ///
  /// @param machine that speeds count of; those of another are none
  /// @param broken is told of each file that cannot be read, in words: the rest stands
  static List<MeasuredModel> of(Workspace workspace, String machine, Consumer<String> broken) {
    Map<String, Map<String, MeasuredModel.Score>> scores = scores(workspace, broken);
    var entries = new ArrayList<MeasuredModel>();
    for (Inventory.Item item : Inventory.readable(workspace, broken).items()) {
      Ref ref = item.ref();
      if (ref.kind().equals(Artifact.kind(Weights.class))) {
        String readme = CardFacts.readme(workspace.find(ref.toString()).folder());
        ModelCard card = ModelCardText.read(readme);
        String task = ModelCardText.field(readme, "pipeline_tag");
        entries.add(
            new MeasuredModel(
                ref,
                task.isEmpty() ? "–" : task,
                card.languages(),
                item.bytes(),
                scores.getOrDefault(ref.toString(), Map.of()),
                speed(workspace.measured(ref), machine, broken)));
      }
    }
    return entries;
  }

  /// Of every model, by the workspace's evaluations; of several of one task the last by name.
  private static Map<String, Map<String, MeasuredModel.Score>> scores(
      Workspace workspace, Consumer<String> broken) {
    var all = new TreeMap<String, Map<String, MeasuredModel.Score>>();
    for (StoredEvaluation evaluation : CardFacts.evaluations(workspace, broken)) {
      Map<String, MeasuredModel.Score> of =
          all.computeIfAbsent(evaluation.artifact(), _ -> new TreeMap<>());
      for (StoredEvaluation.Task task : evaluation.tasks().values()) {
        for (StoredEvaluation.Score score : task.scores()) {
          of.put(
              task.name() + "/" + score.key(),
              new MeasuredModel.Score(
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

  private static MeasuredModel.@Nullable Speed speed(
      Path file, String machine, Consumer<String> broken) {
    try {
      return speed(file, machine);
    } catch (ImagoException e) {
      broken.accept(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static MeasuredModel.@Nullable Speed speed(Path file, String machine) {
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
          ? new MeasuredModel.Speed(
              rate,
              first,
              prompt,
              threads,
              kept.path("peak_resident_bytes").asLong(0),
              energy(answer.path("token_energy")),
              thrifty(kept, threads))
          : null;
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new InputException(
          "%s is broken (%s); remove it, or measure again with imago bench --keep"
              .formatted(
                  file,
                  e instanceof JacksonException bad ? bad.getOriginalMessage() : e.getMessage()),
          e);
    }
  }

  /// What a token took; null where it is not known.
  private static @Nullable EnergyUse energy(JsonNode node) {
    return node.isObject() ? JSON.treeToValue(node, EnergyUse.class) : null;
  }

  /// Of the tests of answers the one whose token took least, where that is another number of
  /// threads.
  private static MeasuredModel.@Nullable Thrifty thrifty(JsonNode kept, int fastest) {
    MeasuredModel.Thrifty least = null;
    for (JsonNode test : kept.path("tests")) {
      EnergyUse took = test.path("n_gen").asInt(0) > 0 ? energy(test.path("token_energy")) : null;
      if (took != null && (least == null || took.middle() < least.tokenEnergy().middle())) {
        least =
            new MeasuredModel.Thrifty(
                test.path("n_threads").asInt(0), test.path("avg_ts").asDouble(0), took);
      }
    }
    return least == null || least.threads() == fastest ? null : least;
  }

  /// What a model is the best in, in words.
  static String first(ModelChoice.Merit merit) {
    return switch (merit) {
      case SCORE -> "the best score";
      case FIRST_TOKEN -> "the soonest first token";
      case RATE -> "the most tokens a second";
      case SIZE -> "the smallest";
    };
  }

  /// Why a model is not among the best, in words.
  static String reason(MeasuredModel by, Set<ModelChoice.Merit> merits) {
    return "%s is %s, and nowhere worse"
        .formatted(
            by.ref().brief(),
            merits.stream()
                .map(
                    merit ->
                        switch (merit) {
                          case SCORE -> "better";
                          case FIRST_TOKEN -> "sooner";
                          case RATE -> "faster";
                          case SIZE -> "smaller";
                        })
                .collect(Collectors.joining(", ")));
  }
}
