package dev.imago.evaluate;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.data.Weights;
import dev.imago.model.Architectures;
import dev.imago.model.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What the models of one task are called in scores: `tuned` where there is one, else with the
/// beginning of each one's hash.
final class Named {
  private static final int HASH = 4;

  private Named() {}

  static SequencedMap<String, Weights> of(List<Weights> models) {
    var named = new LinkedHashMap<String, Weights>();
    for (Weights each : models) {
      named.put(
          models.size() == 1 ? "tuned" : "tuned-" + each.ref().hash().substring(0, HASH), each);
    }
    return named;
  }

  /// What a model's last layer tells.
  static Output output(Weights weights) {
    Path config = weights.folder().resolve("config.json");
    if (!Files.exists(config)) {
      return new Output.NextToken(); // a GGUF file holds no other
    }
    try {
      return Architectures.read(Files.readString(config)).output();
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "cannot evaluate %s: %s".formatted(weights.folder(), e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", config, e);
    }
  }
}
