package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// A linear classifier of texts: `model.linear`.
@Kind(name = "linear", form = "a linear classifier", holds = "model.linear")
public record LinearClassifier(Ref ref, Path folder) implements Artifact {
  /// What the file is called.
  public static final String NAME = "model.linear";

  /// The model's file.
  public Path file() {
    return folder.resolve(NAME);
  }
}
