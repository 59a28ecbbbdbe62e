package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// Word vectors: `vectors.bin`, word2vec's binary; beside it `model.bin`, fastText's, where
/// sub-words were learned too.
@Kind(name = "vectors", form = "word vectors", holds = "vectors.bin")
public record Vectors(Ref ref, Path folder) implements Artifact {}
