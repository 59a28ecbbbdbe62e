package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// A model as a Hugging Face folder: `config.json`, `model.safetensors`, its tokenizer.
@Kind(name = "weights", form = "a Hugging Face folder", holds = "config.json")
public record Weights(Ref ref, Path folder) implements Artifact {}
