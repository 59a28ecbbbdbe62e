package dev.imago.tokenizers.models;

import dev.imago.tokenizers.json.Part;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The longest token first, from left to right; all but the first carry a prefix. A piece that does
/// not come out even is unknown as a whole. Schuster & Nakajima 2012; as BERT has it.
public final class WordPieceModel implements TokenModel {
  private final VocabularyTable table;
  private final String unkToken;
  private final int unkId;
  private final String continuingSubwordPrefix;
  private final int maxInputCharsPerWord;
  private final boolean blocks;

  /// The tokens as they are, for the start of a piece, and those with the prefix, without it.
  private final CharTrie starts;

  private final CharTrie continuations;

  /// @param vocabulary tokens with their ids
  /// @param unkToken what an unknown piece becomes
  /// @param continuingSubwordPrefix such as `##`
  /// @param maxInputCharsPerWord a piece of more characters is unknown
  public WordPieceModel(
      Map<String, Integer> vocabulary,
      String unkToken,
      String continuingSubwordPrefix,
      int maxInputCharsPerWord) {
    this(
        new VocabularyTable(vocabulary),
        unkToken,
        continuingSubwordPrefix,
        maxInputCharsPerWord,
        false);
  }

  /// As llama.cpp has it: pieces of any length, and after a `▁` of the text itself the tokens for
  /// the start of a piece, for llama.cpp marks those by a `▁` of its own.
  ///
  /// @param vocabulary tokens with their ids, all but a piece's first with `##`
  public static WordPieceModel ofLlamaCpp(Map<String, Integer> vocabulary, String unkToken) {
    return new WordPieceModel(
        new VocabularyTable(vocabulary), unkToken, "##", Integer.MAX_VALUE, true);
  }

  private WordPieceModel(
      VocabularyTable table,
      String unkToken,
      String continuingSubwordPrefix,
      int maxInputCharsPerWord,
      boolean blocks) {
    this.blocks = blocks;
    this.table = table;
    this.unkToken = unkToken;
    this.unkId = table.find(unkToken);
    this.continuingSubwordPrefix = continuingSubwordPrefix;
    this.maxInputCharsPerWord = maxInputCharsPerWord;
    var whole = new CharTrie.Builder();
    var continued = new CharTrie.Builder();
    for (var entry : table.ids().entrySet()) {
      String token = entry.getKey();
      whole.add(token, entry.getValue());
      if (token.startsWith(continuingSubwordPrefix)) {
        continued.add(token.substring(continuingSubwordPrefix.length()), entry.getValue());
      } else if (blocks) {
        continued.add('▁' + token, entry.getValue());
      }
    }
    this.starts = whole.build();
    this.continuations = continued.build();
  }

  static WordPieceModel read(Part part) {
    return new WordPieceModel(
        VocabularyTable.read(part),
        part.string("unk_token", "[UNK]"),
        part.string("continuing_subword_prefix", "##"),
        part.whole("max_input_chars_per_word", 0, Integer.MAX_VALUE, 100),
        false);
  }

  @Override
  public void tokenize(String piece, Tokens tokens) {
    int length = piece.length();
    if (length > maxInputCharsPerWord && piece.codePointCount(0, length) > maxInputCharsPerWord) {
      unknown(piece, tokens);
      return;
    }
    int end = starts.longest(piece, 0);
    if (end == length) {
      tokens.add(matched(starts, piece, 0, end), 0, end, null);
      return;
    }
    // Only a piece that comes out even shows its tokens.
    int[] ends = new int[length];
    int count = 0;
    while (end > 0 && end < length) {
      ends[count++] = end;
      int next = continuations.longest(piece, end);
      end = next == end ? 0 : next;
    }
    if (end == 0) {
      unknown(piece, tokens);
      return;
    }
    ends[count++] = end;
    for (int i = 0, from = 0; i < count; from = ends[i], i++) {
      CharTrie trie = i == 0 ? starts : continuations;
      tokens.add(matched(trie, piece, from, ends[i]), from, ends[i], null);
    }
  }

  private static int matched(CharTrie trie, String piece, int from, int to) {
    int node = trie.first(piece.charAt(from));
    for (int i = from + 1; i < to; i++) {
      node = trie.next(node, piece.charAt(i));
    }
    return trie.value(node);
  }

  private void unknown(String piece, Tokens tokens) {
    if (unkId < 0) {
      throw TokenModel.unknown(piece, unkToken);
    }
    tokens.add(unkId, 0, piece.length(), null);
  }

  /// What every token but a piece's first starts with.
  public String continuingSubwordPrefix() {
    return continuingSubwordPrefix;
  }

  /// What an unknown piece becomes.
  public String unkToken() {
    return unkToken;
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

  @Override
  public TokenModel without(IntPredicate forbidden) {
    return new WordPieceModel(
        table.without(id -> forbidden.test(id) && id != unkId),
        unkToken,
        continuingSubwordPrefix,
        maxInputCharsPerWord,
        blocks);
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "WordPiece");
    out.writeStringProperty("unk_token", unkToken);
    out.writeStringProperty("continuing_subword_prefix", continuingSubwordPrefix);
    out.writeNumberProperty("max_input_chars_per_word", maxInputCharsPerWord);
    table.write(out);
    out.writeEndObject();
  }
}
