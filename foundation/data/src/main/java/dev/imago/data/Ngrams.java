package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// An n-gram model: `model.ngram`.
@Kind(name = "ngram", form = "an n-gram model", holds = "model.ngram")
public record Ngrams(Ref ref, Path folder) implements Artifact {
  /// The model's file.
  public Path file() {
    return folder.resolve("model.ngram");
  }
}
