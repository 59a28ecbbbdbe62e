package dev.imago.model;

import java.util.List;

/// The ids that a model's files name.
///
/// @param endOfText ends a document; transformers' `bos_token_id` too, as in GPT-2; −1 for none
/// @param stops the ids at which an answer ends, `endOfText` among them
public record Specials(int endOfText, List<Integer> stops) {
  public Specials {
    stops = List.copyOf(stops);
  }
}
