package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// Measurements, each with its interval: `scores.json`, `samples.jsonl`, and of labels
/// `predictions.jsonl`.
@Kind(name = "scores", form = "measurements")
public record Scores(Ref ref, Path folder) implements Artifact {}
