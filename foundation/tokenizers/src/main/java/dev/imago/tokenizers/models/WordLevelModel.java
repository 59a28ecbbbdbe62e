package dev.imago.tokenizers.models;

import dev.imago.tokenizers.json.Part;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// One token a piece: its own where the vocabulary has it, else the token of the unknown.
public final class WordLevelModel implements TokenModel {
  private final VocabularyTable table;
  private final String unkToken;
  private final int unkId;

  /// @param vocabulary tokens with their ids
  /// @param unkToken what an unknown piece becomes; it may be missing in the vocabulary as long as
  ///   none comes
  public WordLevelModel(Map<String, Integer> vocabulary, String unkToken) {
    this(new VocabularyTable(vocabulary), unkToken);
  }

  private WordLevelModel(VocabularyTable table, String unkToken) {
    this.table = table;
    this.unkToken = unkToken;
    this.unkId = table.find(unkToken);
  }

  static WordLevelModel read(Part part) {
    return new WordLevelModel(VocabularyTable.read(part), part.string("unk_token", "<unk>"));
  }

  /// What an unknown piece becomes.
  public String unkToken() {
    return unkToken;
  }

  @Override
  public void tokenize(String piece, Tokens tokens) {
    int id = table.find(piece);
    if (id < 0) {
      id = unkId;
      if (id < 0) {
        throw TokenModel.unknown(piece, unkToken);
      }
    }
    tokens.add(id, 0, piece.length(), null);
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
    return new WordLevelModel(table.without(id -> forbidden.test(id) && id != unkId), unkToken);
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "WordLevel");
    table.write(out);
    out.writeStringProperty("unk_token", unkToken);
    out.writeEndObject();
  }
}
