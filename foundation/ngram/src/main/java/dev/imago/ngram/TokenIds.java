package dev.imago.ngram;

/// The ids of a tokenizer as the words of a model: a closed vocabulary. The token that ends every
/// document is `</s>`; `<s>` has the id after the last.
///
/// @param tokens ids are in 0 … tokens − 1
/// @param end the id that ends a document
public record TokenIds(int tokens, int end) implements NgramWords {
  public TokenIds {
    if (tokens < 1 || end < 0 || end >= tokens) {
      throw new IllegalArgumentException(
          "end-of-text id = %d is outside a vocabulary of %d".formatted(end, tokens));
    }
  }

  @Override
  public int size() {
    return tokens + 1;
  }

  @Override
  public String word(int id) {
    return id == tokens ? BEGIN : id == end ? END : Integer.toString(id);
  }

  @Override
  public int begin() {
    return tokens;
  }

  @Override
  public int unknown() {
    return -1;
  }
}
