package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// Encoded documents, memory-mapped: `train.bin`, `train.idx`, `heldout.bin` …
@Kind(name = "tokens", form = "encoded documents")
public record Tokens(Ref ref, Path folder) implements Artifact {}
