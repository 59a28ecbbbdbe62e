package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.data.TaskModels;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// What the models of one task are called in scores: `tuned` where there is one, else with the
/// beginning of each one's hash.
final class Named {
  private static final int HASH = 4;

  private Named() {}

  static SequencedMap<String, Weights> of(List<Weights> models) {
    var named = new LinkedHashMap<String, Weights>();
    for (Weights each : models) {
      String task = TaskModels.name(each);
      String hash = each.ref().hash().substring(0, HASH);
      named.put(
          models.size() == 1 ? "tuned" : "tuned-" + hash + (task.isEmpty() ? "" : "-" + task),
          each);
    }
    return named;
  }

  /// Models side by side: each by its architecture, and where two have the same one, by the
  /// beginning of its hash too.
  static SequencedMap<String, Weights> byArchitecture(List<Weights> models) {
    List<String> kinds = models.stream().map(Named::architecture).toList();
    var named = new LinkedHashMap<String, Weights>();
    for (int i = 0; i < kinds.size(); i++) {
      String kind = kinds.get(i);
      boolean alone = Collections.frequency(kinds, kind) == 1;
      String hash = models.get(i).ref().hash().substring(0, HASH);
      named.put(alone ? kind : kind + "-" + hash, models.get(i));
    }
    return named;
  }

  /// The architecture that a folder's `config.json` names; `gguf` for a GGUF file.
  static String architecture(Weights weights) {
    return shape(weights).map(ModelShape::architecture).orElse("gguf");
  }

  /// What a model's last layer tells.
  static Output output(Weights weights) {
    // A GGUF file holds no other.
    return shape(weights).map(ModelShape::output).orElseGet(Output.NextToken::new);
  }

  private static Optional<ModelShape> shape(Weights weights) {
    Path config = weights.folder().resolve("config.json");
    if (!Files.exists(config)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Architectures.read(Files.readString(config)));
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "cannot evaluate %s: %s".formatted(weights.folder(), e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", config, e);
    }
  }
}
