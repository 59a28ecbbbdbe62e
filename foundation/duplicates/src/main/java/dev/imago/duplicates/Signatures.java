package dev.imago.duplicates;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// What the texts of a corpus are recognised by: `signatures.bin` ([SignatureFile]).
@Kind(name = "signatures", form = "signatures of a corpus")
public record Signatures(Ref ref, Path folder) implements Artifact {}
