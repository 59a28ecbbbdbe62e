package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// A model as one `model.gguf`, as it is served.
@Kind(name = "weights", form = "a GGUF file", holds = "model.gguf")
public record GgufWeights(Ref ref, Path folder) implements Artifact {}
