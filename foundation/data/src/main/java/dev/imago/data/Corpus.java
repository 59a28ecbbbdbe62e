package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// Documents, by split: `train-*.jsonl.zst`, `heldout-*.jsonl.zst` …
@Kind(name = "corpus", form = "a corpus")
public record Corpus(Ref ref, Path folder) implements Artifact {}
