package dev.imago.training;

import dev.imago.model.Output;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// What a model is given that its file does not have.
///
/// @param tokens with rows of their own
/// @param heads last layers of further tasks, by their names
public record Additions(NewTokens tokens, SequencedMap<String, Output> heads) {
  /// Nothing.
  public static final Additions NONE = new Additions(NewTokens.NONE, new LinkedHashMap<>());

  public Additions {
    heads = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(heads));
  }

  /// Tokens alone.
  public static Additions of(NewTokens tokens) {
    return new Additions(tokens, new LinkedHashMap<>());
  }
}
