package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// Whether a model came into service, and what decided: `decision.json`.
@Kind(name = "decision", form = "a decision", holds = "decision.json")
public record ServiceDecision(Ref ref, Path folder) implements Artifact {
  /// Its file.
  public static final String FILE = "decision.json";
}
