package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// What users said: `ratings.jsonl`.
@Kind(name = "ratings", form = "ratings", holds = "ratings.jsonl")
public record Ratings(Ref ref, Path folder) implements Artifact {}
