package dev.imago.tokenizers.added;

import dev.imago.tokenizers.aligned.AlignedText;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/// The added tokens of a tokenizer, with the ids and the semantics of Hugging Face tokenizers 0.23.
/// Immutable and thread-safe.
public final class AddedVocabulary {
  /// Takes the segments of a text, from left to right.
  public interface Segments {
    /// Text between tokens, normalised, not empty.
    void text(AlignedText text);

    /// An added token.
    ///
    /// @param surface what stands in the text, with the white space that the token takes along; not
    ///   empty. Where one token takes along what the next one starts with, that is in both.
    void token(int id, AlignedText surface);
  }

  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final TreeMap<Integer, AddedToken> tokens = new TreeMap<>();
  private final Set<String> special = new HashSet<>();
  private final UnaryOperator<AlignedText> normalizer;
  private final TokenFinder raw;
  private final TokenFinder normal;

  private AddedVocabulary(
      List<AddedToken> listed,
      ToIntFunction<String> modelId,
      int modelSize,
      UnaryOperator<AlignedText> normalizer) {
    this.normalizer = normalizer;
    // Of several tokens with one content, the last counts, but special it stays.
    int largest = -1;
    for (AddedToken token : listed) {
      if (token.content().isEmpty()) {
        continue;
      }
      if (token.special()) {
        special.add(token.content());
      }
      Integer id = ids.get(token.content());
      if (id == null) {
        id = modelId.applyAsInt(token.content());
        id = id >= 0 ? id : largest < modelSize && modelSize > 0 ? modelSize : largest + 1;
        ids.put(token.content(), id);
        largest = Math.max(largest, id);
      }
      tokens.put(id, token.withId(id));
    }
    raw = finder(false, AddedToken::content);
    normal = finder(true, t -> normalizer.apply(AlignedText.ofUntracked(t.content())).text());
  }

  private TokenFinder finder(boolean normalized, Function<AddedToken, String> spelling) {
    List<AddedToken> these =
        tokens.values().stream().filter(t -> t.normalized() == normalized).toList();
    return new TokenFinder(these.stream().map(spelling).toList(), these, special);
  }

  /// The vocabulary of the tokens that a file lists, in its order. Their ids in the file mean
  /// nothing: a token that the model knows has the model's id, others get the ids after the model's
  /// tokens and after one another.
  ///
  /// @param modelId the model's id of a spelling, or −1
  /// @param modelSize how many tokens the model has
  /// @param normalizer what happens to the text between tokens
  public static AddedVocabulary of(
      List<AddedToken> listed,
      ToIntFunction<String> modelId,
      int modelSize,
      UnaryOperator<AlignedText> normalizer) {
    return new AddedVocabulary(listed, modelId, modelSize, normalizer);
  }

  /// Finds the tokens of a text: first those that are not normalised, then, in the normalised text
  /// between these, the others.
  ///
  /// @param withSpecial false leaves special tokens in the text, though a shorter token inside one
  ///   is not found either: what Hugging Face calls `encode_special_tokens`
  public void split(AlignedText text, boolean withSpecial, Segments segments) {
    raw.split(
        text,
        withSpecial,
        new Segments() {
          @Override
          public void text(AlignedText between) {
            normal.split(normalizer.apply(between), withSpecial, segments);
          }

          @Override
          public void token(int id, AlignedText surface) {
            segments.token(id, surface);
          }
        });
  }

  /// The id of an added token.
  public OptionalInt id(String content) {
    Integer id = ids.get(content);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /// Whether a spelling is a special token's: decoding may leave out every token that is spelt so.
  public boolean isSpecial(String spelling) {
    return special.contains(spelling);
  }

  /// The tokens, by id: what a file lists.
  public Collection<AddedToken> tokens() {
    return Collections.unmodifiableCollection(tokens.values());
  }

  /// One more than the largest id, 0 where there is none.
  public int bound() {
    return tokens.isEmpty() ? 0 : tokens.lastKey() + 1;
  }
}
