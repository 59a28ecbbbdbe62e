package dev.imago.serve.models;

import dev.imago.model.ModelCard;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A model as the server offers it: one that generates, one that tells labels, or one of another
/// server.
public sealed interface Served permits ServedModel, ServedPredictor, ServedUpstream {
  /// That clients call it by.
  String name();

  /// The name that a request asked for: the model's own, or an alias that led to it. A key that
  /// opens either may ask.
  String asked();

  /// The same, asked for by an alias.
  Served askedAs(String alias);

  /// What it says of itself; the name above counts, not the card's.
  ModelCard card();

  /// When the model was made, as far as its file tells.
  Instant written();

  /// The longest sequence, in tokens.
  int context();

  /// One more than the largest token id.
  int vocabularySize();

  /// The path where clients send what it is for.
  String path();

  /// Whose model it is.
  default String owner() {
    return "imago";
  }

  /// Where it is from, as vLLM has it: the artifact, the file, or an adapter's folder.
  default String root() {
    return name();
  }

  /// The name of the model that it is an adapter of.
  default Optional<String> parent() {
    return Optional.empty();
  }

  /// Further facts for `/v1/models`.
  default Map<String, Object> facts() {
    return Map.of();
  }
}
