package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// A tokenizer: `tokenizer.json`, `tokenizer_config.json`.
@Kind(name = "vocabulary", form = "a tokenizer")
public record Vocabulary(Ref ref, Path folder) implements Artifact {}
