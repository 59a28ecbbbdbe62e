package dev.imago.tokenizers.formats;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.ArrayList;
import java.util.List;

/// Text to ids and back by the parts alone, special tokens as text.
final class PartsIds {
  private PartsIds() {}

  static List<Integer> ids(VocabularyParts parts, String text) {
    var ids = new ArrayList<Integer>();
    parts
        .preTokenizer()
        .split(
            parts.normalizer().apply(AlignedText.ofUntracked(text)),
            piece -> parts.model().tokenize(piece.text(), (id, _, _, _) -> ids.add(id)));
    return ids;
  }

  static String text(VocabularyParts parts, List<Integer> ids) {
    return parts
        .decoder()
        .decode(ids.stream().map(id -> String.valueOf(parts.model().token(id))).toList());
  }
}
