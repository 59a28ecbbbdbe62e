package dev.imago.generate;

import dev.imago.model.ModelShape;

/// What an engine's model can be asked.
///
/// @param longest prompt and answer together, in tokens
/// @param drafts whether there is a draft model
record RequestBounds(ModelShape shape, int longest, boolean drafts) {
  /// @throws IllegalArgumentException for what cannot be answered
  void check(Request request) {
    int[] prompt = request.prompt();
    boolean answered = request.sampling().ending().maxTokens() > 0;
    if (prompt.length + (answered ? 1 : 0) > longest) {
      throw new IllegalArgumentException(
          "a prompt of %d tokens leaves no room for an answer: %d fit together; shorten it"
              .formatted(prompt.length, longest));
    }
    if (request.told().prompt() && shape.decoderStart().isPresent()) {
      throw new IllegalArgumentException(
          "a %s reads its prompt by an encoder, and tells no probabilities of it"
              .formatted(shape.architecture()));
    }
    if (request.drafting().source() == Drafting.Source.MODEL && !drafts) {
      throw new IllegalArgumentException(
          "there is no draft model to guess by; open one with the engine, or guess by lookup");
    }
    for (int id : prompt) {
      checkId(id);
    }
    request.sampling().penalties().bias().keySet().forEach(this::checkId);
    request.sampling().ending().stopIds().forEach(this::checkId);
  }

  private void checkId(int id) {
    if (id < 0 || id >= shape.vocabularySize()) {
      throw new IllegalArgumentException(
          "token id %d is not in 0 … %d".formatted(id, shape.vocabularySize() - 1));
    }
  }
}
