package dev.imago.tokenizers.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// tiktoken's model: any two tokens whose bytes together are a token merge, the one of lowest rank
/// first, and a piece that is a token is taken whole.
public final class RankedBytes {
  private RankedBytes() {}

  /// Makes one, its tokens spelled as byte-level BPE spells bytes.
  ///
  /// @param tokens the bytes of each
  /// @param ranks of each, which are the ids too
  /// @throws IllegalArgumentException naming the token that is there twice or the rank that is
  ///   taken or far too large
  public static BpeModel model(List<byte[]> tokens, List<Integer> ranks) {
    char[] spelling = spelling();
    var ids = new LinkedHashMap<String, Integer>();
    for (int i = 0; i < tokens.size(); i++) {
      byte[] bytes = tokens.get(i);
      char[] chars = new char[bytes.length];
      for (int k = 0; k < chars.length; k++) {
        chars[k] = spelling[bytes[k] & 0xff];
      }
      String token = new String(chars);
      Integer other = ids.put(token, ranks.get(i));
      if (other != null) {
        throw new IllegalArgumentException(
            "«%s» has the ranks %d and %d".formatted(token, other, ranks.get(i)));
      }
    }
    var table = new VocabularyTable(ids);
    var splits = new Splits(ids, table.bound());
    var merges = new ArrayList<BpeModel.Merge>();
    ids.forEach((token, rank) -> splits.add(token, rank, rank, merges));
    var options = new BpeModel.Options(0, null, null, null, false, false, true);
    return new BpeModel(table, merges.stream().filter(m -> known(m, table)).toList(), options);
  }

  private static boolean known(BpeModel.Merge merge, VocabularyTable table) {
    return table.token(merge.left()) != null && table.token(merge.right()) != null;
  }

  /// GPT-2's characters for bytes: those that print are themselves, the others U+0100 and on.
  private static char[] spelling() {
    char[] chars = new char[256];
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean prints = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      chars[b] = prints ? (char) b : next++;
    }
    return chars;
  }
}
