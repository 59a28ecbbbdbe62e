package dev.imago.tokenizers.models;

import java.util.ArrayList;
import java.util.List;

/// What a model makes of a piece, in the peers' terms: places in characters, not in UTF-16 units.
record Tokenized(List<Integer> ids, List<String> tokens, List<List<Integer>> offsets) {
  static Tokenized of(TokenModel model, String piece) {
    var ids = new ArrayList<Integer>();
    var tokens = new ArrayList<String>();
    var offsets = new ArrayList<List<Integer>>();
    model.tokenize(
        piece,
        (id, from, to, spelling) -> {
          ids.add(id);
          tokens.add(spelling == null ? String.valueOf(model.token(id)) : spelling);
          offsets.add(List.of(piece.codePointCount(0, from), piece.codePointCount(0, to)));
        });
    return new Tokenized(ids, tokens, offsets);
  }
}
