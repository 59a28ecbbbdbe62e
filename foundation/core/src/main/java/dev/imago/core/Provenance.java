package dev.imago.core;

import java.time.Instant;
import java.util.List;

/// How an artifact came to be: recorded beside it, part neither of its name nor of its key.
public record Provenance(
    String stage,
    int stageVersion,
    List<Ref> inputs,
    String configJson,
    long seed,
    String codeVersion,
    String machine,
    Instant started,
    Instant finished) {
  public Provenance {
    inputs = List.copyOf(inputs);
  }
}
