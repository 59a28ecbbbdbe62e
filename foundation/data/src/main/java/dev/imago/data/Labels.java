package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// Pairs of prompt and completion, by split: `train.jsonl`, `heldout.jsonl`.
@Kind(name = "labels", form = "labelled pairs")
public record Labels(Ref ref, Path folder) implements Artifact {}
