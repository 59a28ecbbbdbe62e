package dev.imago.serve.models;

import dev.imago.model.ModelCard;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A model that generates, as the server offers it.
///
/// @param name that clients call it by
/// @param asked the name that a request asked for: its own, or an alias
/// @param reference what ratings of its answers are bound to
/// @param card what it says of itself; the name above counts, not the card's
/// @param defaults what a request gets that names nothing
/// @param parent the name of the model that it is an adapter of
/// @param why it was picked for a request; empty where the request named it
public record ServedModel(
    String name,
    String asked,
    String reference,
    ModelCard card,
    Backend backend,
    Defaults defaults,
    Optional<String> parent,
    String why)
    implements Served {
  /// One that is no adapter.
  public ServedModel(
      String name, String reference, ModelCard card, Backend backend, Defaults defaults) {
    this(name, reference, card, backend, defaults, Optional.empty());
  }

  /// Asked for by its own name.
  public ServedModel(
      String name,
      String reference,
      ModelCard card,
      Backend backend,
      Defaults defaults,
      Optional<String> parent) {
    this(name, name, reference, card, backend, defaults, parent, "");
  }

  @Override
  public ServedModel askedAs(String alias) {
    return new ServedModel(name, alias, reference, card, backend, defaults, parent, why);
  }

  /// The same, picked for a request.
  ///
  /// @param reason for people
  ServedModel pickedAs(String alias, String reason) {
    return new ServedModel(name, alias, reference, card, backend, defaults, parent, reason);
  }

  /// What a request gets that names nothing.
  ///
  /// @param maxTokens the longest answer
  /// @param temperature 0 is greedy
  public record Defaults(int maxTokens, float temperature, float topP, float repetitionPenalty) {}

  @Override
  public Instant written() {
    return backend.written();
  }

  @Override
  public int context() {
    return backend.context();
  }

  @Override
  public int vocabularySize() {
    return backend.vocabularySize();
  }

  @Override
  public String path() {
    return "/v1/chat/completions";
  }

  @Override
  public String root() {
    return reference;
  }

  @Override
  public Map<String, Object> facts() {
    return Map.of("is_sleeping", backend.sleeps());
  }
}
