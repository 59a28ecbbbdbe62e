package dev.imago.tokenizers.models;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// SentencePiece's words: what stands from one `▁` to the next is a piece or unknown, and unknown
/// words side by side are one token.
public final class WordsModel implements TokenModel {
  private static final char BLOCK = '▁';

  private final VocabularyTable table;
  private final int unkId;
  private final int[] byteIds;
  private final boolean byteFallback;
  private final boolean suffix;

  /// @param suffix whether `▁` ends a word instead of starting it
  WordsModel(List<String> pieces, int unkId, boolean byteFallback, boolean suffix) {
    this(
        new VocabularyTable(VocabularyTable.numbered(pieces)),
        unkId,
        new int[0],
        byteFallback,
        suffix);
  }

  private WordsModel(
      VocabularyTable table, int unkId, int[] byteIds, boolean byteFallback, boolean suffix) {
    this.table = table;
    this.unkId = unkId;
    this.byteIds = byteIds.length == 0 ? table.byteIds() : byteIds;
    this.byteFallback = byteFallback;
    this.suffix = suffix;
  }

  @Override
  public void tokenize(String piece, Tokens tokens) {
    int unknownFrom = -1;
    for (int from = 0, to; from < piece.length(); from = to) {
      to = end(piece, from);
      String word = piece.substring(from, to);
      int id = table.find(word);
      if (id < 0 && byteFallback) {
        for (byte b : BpeModel.utf8(word)) {
          tokens.add(byteIds[b & 0xff], from, to, null);
        }
      } else if (id < 0 || id == unkId) {
        unknownFrom = unknownFrom < 0 ? from : unknownFrom;
      } else {
        if (unknownFrom >= 0) {
          tokens.add(unkId, unknownFrom, from, piece.substring(unknownFrom, from));
          unknownFrom = -1;
        }
        tokens.add(id, from, to, null);
      }
    }
    if (unknownFrom >= 0) {
      tokens.add(unkId, unknownFrom, piece.length(), piece.substring(unknownFrom));
    }
  }

  private int end(String piece, int from) {
    int mark = piece.indexOf(BLOCK, suffix ? from : from + 1);
    return mark < 0 ? piece.length() : suffix ? mark + 1 : mark;
  }

  @Override
  public OptionalInt id(String token) {
    return table.id(token);
  }

  @Override
  public @Nullable String token(int id) {
    return table.token(id);
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public int bound() {
    return table.bound();
  }

  @Override
  public Map<String, Integer> vocabulary() {
    return table.ids();
  }

  /// As the nearest that a `tokenizer.json` has.
  @Override
  public TokenModel without(IntPredicate forbidden) {
    return new WordsModel(
        table.without(id -> forbidden.test(id) && id != unkId),
        unkId,
        byteIds,
        byteFallback,
        suffix);
  }

  @Override
  public void write(JsonGenerator out) {
    new WordLevelModel(table.ids(), String.valueOf(table.token(unkId))).write(out);
  }
}
