package dev.imago.text;

import dev.imago.text.bytelevel.ByteLevelBpe;
import dev.imago.text.trainers.MergeTrainer;
import dev.imago.text.trainers.UnigramLearner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What a trainer learned: the `model` of a `tokenizer.json`, before it is one. Ids are places in
/// [#tokens].
public sealed interface TrainedVocabulary {
  /// The tokens by id, as the file spells them; null where an id has none.
  List<@Nullable String> tokens();

  /// Those of them that are special, in the order in which they were asked for.
  List<String> specialTokens();

  /// Writes the `model` object of a `tokenizer.json`.
  void write(JsonGenerator out);

  /// The tokens with their ids.
  default Map<String, Integer> vocabulary() {
    var ids = new LinkedHashMap<String, Integer>();
    for (int id = 0; id < tokens().size(); id++) {
      String token = tokens().get(id);
      if (token != null) {
        ids.put(token, id);
      }
    }
    return ids;
  }

  /// Byte pair encoding.
  ///
  /// @param tokens by id; words of bytes in their byte-level spelling
  /// @param merges by rank
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param continuingSubwordPrefix what tokens inside a word start with; empty for nothing
  /// @param endOfWordSuffix what tokens at a word's end end with; empty for nothing
  /// @param split how the words were cut
  record Bpe(
      List<@Nullable String> tokens,
      List<MergeTrainer.Merge> merges,
      List<String> specialTokens,
      String continuingSubwordPrefix,
      String endOfWordSuffix,
      WordSplit split)
      implements TrainedVocabulary {
    public Bpe {
      tokens = List.copyOf(tokens);
      merges = List.copyOf(merges);
      specialTokens = List.copyOf(specialTokens);
    }

    /// The tokenizer, where words were bytes.
    ///
    /// @throws IllegalStateException where they were not, or tokens have prefixes or suffixes
    public Tokenizer tokenizer() {
      if (!(split instanceof WordSplit.Bytes(SplitPattern pattern))
          || !continuingSubwordPrefix.isEmpty()
          || !endOfWordSuffix.isEmpty()) {
        throw new IllegalStateException(
            "this vocabulary is not of bytes alone; write it as the model of a tokenizer.json");
      }
      var ids = new HashMap<String, Integer>();
      tokens.forEach(token -> ids.putIfAbsent(token, ids.size()));
      var special = new ArrayList<AddedToken>();
      for (String token : specialTokens) {
        special.add(AddedToken.control(ids.getOrDefault(token, -1), token));
      }
      return new Tokenizer(
          new Normalizer.None(),
          pattern,
          tokens,
          merges.stream()
              .map(m -> new ByteLevelBpe.Merge(m.left(), m.right(), m.merged()))
              .toList(),
          special,
          false);
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "BPE");
      out.writeNullProperty("dropout");
      out.writeNullProperty("unk_token");
      writeOptional(out, "continuing_subword_prefix", continuingSubwordPrefix);
      writeOptional(out, "end_of_word_suffix", endOfWordSuffix);
      out.writeBooleanProperty("fuse_unk", false);
      out.writeBooleanProperty("byte_fallback", false);
      out.writeBooleanProperty("ignore_merges", false);
      writeVocabulary(out, vocabulary());
      out.writeArrayPropertyStart("merges");
      for (MergeTrainer.Merge merge : merges) {
        out.writeStartArray();
        out.writeString(tokens.get(merge.left()));
        out.writeString(tokens.get(merge.right()));
        out.writeEndArray();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }

  /// Longest match first, from the left.
  ///
  /// @param tokens by id
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param continuingSubwordPrefix what tokens inside a word start with
  /// @param unkToken what a word becomes that no tokens spell
  record WordPiece(
      List<@Nullable String> tokens,
      List<String> specialTokens,
      String continuingSubwordPrefix,
      String unkToken)
      implements TrainedVocabulary {
    /// Longer words are unknown; Hugging Face's default.
    private static final int MAX_WORD = 100;

    public WordPiece {
      tokens = List.copyOf(tokens);
      specialTokens = List.copyOf(specialTokens);
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "WordPiece");
      out.writeStringProperty("unk_token", unkToken);
      out.writeStringProperty("continuing_subword_prefix", continuingSubwordPrefix);
      out.writeNumberProperty("max_input_chars_per_word", MAX_WORD);
      writeVocabulary(out, vocabulary());
      out.writeEndObject();
    }
  }

  /// The most probable pieces. Kudo 2018, arXiv:1804.10959.
  ///
  /// @param pieces by id, with the logarithms of their probabilities; 0 for special ones
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param unkId the token of the unknown, if there is one
  record Unigram(List<UnigramLearner.Piece> pieces, List<String> specialTokens, OptionalInt unkId)
      implements TrainedVocabulary {
    public Unigram {
      pieces = List.copyOf(pieces);
      specialTokens = List.copyOf(specialTokens);
    }

    @Override
    public List<@Nullable String> tokens() {
      var tokens = new ArrayList<@Nullable String>();
      pieces.forEach(piece -> tokens.add(piece.text()));
      return tokens;
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "Unigram");
      if (unkId.isPresent()) {
        out.writeNumberProperty("unk_id", unkId.getAsInt());
      } else {
        out.writeNullProperty("unk_id");
      }
      out.writeArrayPropertyStart("vocab");
      for (UnigramLearner.Piece piece : pieces) {
        out.writeStartArray();
        out.writeString(piece.text());
        out.writeNumber(piece.score());
        out.writeEndArray();
      }
      out.writeEndArray();
      out.writeBooleanProperty("byte_fallback", false);
      out.writeEndObject();
    }
  }

  /// Whole words.
  ///
  /// @param tokens by id
  /// @param specialTokens see [TrainedVocabulary#specialTokens]
  /// @param unkToken what other words become
  record WordLevel(List<@Nullable String> tokens, List<String> specialTokens, String unkToken)
      implements TrainedVocabulary {
    public WordLevel {
      // Ids may have gaps, which List.copyOf would refuse.
      tokens = java.util.Collections.unmodifiableList(new ArrayList<>(tokens));
      specialTokens = List.copyOf(specialTokens);
    }

    @Override
    public void write(JsonGenerator out) {
      out.writeStartObject();
      out.writeStringProperty("type", "WordLevel");
      writeVocabulary(out, vocabulary());
      out.writeStringProperty("unk_token", unkToken);
      out.writeEndObject();
    }
  }

  private static void writeVocabulary(JsonGenerator out, Map<String, Integer> vocabulary) {
    out.writeObjectPropertyStart("vocab");
    vocabulary.forEach(out::writeNumberProperty);
    out.writeEndObject();
  }

  private static void writeOptional(JsonGenerator out, String name, String value) {
    if (value.isEmpty()) {
      out.writeNullProperty(name);
    } else {
      out.writeStringProperty(name, value);
    }
  }
}
