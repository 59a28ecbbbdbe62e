package dev.imago.pretrain;

import dev.imago.tokenizers.Tokenizer;
import dev.imago.training.AddedTokens;
import dev.imago.training.MaskedTokens;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/// A vocabulary as a model of masked tokens has it: with a token that hides others, added where it
/// has none, and told by words.
final class MaskedVocabulary implements ModelVocabulary {
  /// The names that the field has for the token; the first is what is added.
  private static final List<String> NAMES = List.of("[MASK]", "<mask>");

  private final Path folder;
  private final boolean added;
  private final int size;
  private final MaskedTokens.Vocabulary ids;

  /// Whether a token begins, and ends, in the midst of a word.
  private final BitSet goesOn = new BitSet();

  private final BitSet open = new BitSet();

  /// @param folder of the tokenizer's files
  /// @param vocabularySize of the tokens
  /// @param endOfText what ends each document
  MaskedVocabulary(Path folder, int vocabularySize, int endOfText) {
    this.folder = folder;
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer.json"));
    OptionalInt there =
        NAMES.stream()
            .map(tokenizer::id)
            .filter(OptionalInt::isPresent)
            .findFirst()
            .orElse(OptionalInt.empty());
    this.added = there.isEmpty();
    int least = Math.max(vocabularySize, tokenizer.vocabularySize());
    this.size = added ? least + 1 : least;
    var spared = new BitSet();
    spared.set(endOfText);
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      if (tokenizer.special(id)) {
        spared.set(id);
      } else {
        edges(id, tokenizer.bytes(id));
      }
    }
    this.ids = new MaskedTokens.Vocabulary(there.orElse(least), vocabularySize, spared);
  }

  /// Ideographs are words of their own; bytes that are no character by themselves are a part of
  /// one.
  private void edges(int id, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!text.isEmpty()) {
      goesOn.set(id, inWord(text.codePointAt(0)));
      open.set(id, inWord(text.codePointBefore(text.length())));
    }
  }

  private static boolean inWord(int character) {
    return (Character.isLetterOrDigit(character) && !Character.isIdeographic(character))
        || character == '\uFFFD';
  }

  @Override
  public int size() {
    return size;
  }

  MaskedTokens.Vocabulary ids() {
    return ids;
  }

  boolean continues(int before, int id) {
    return open.get(before) && goesOn.get(id);
  }

  @Override
  public void write(Path to) {
    String name =
        added
            ? NAMES.getFirst()
            : Tokenizer.load(folder.resolve("tokenizer.json")).token(ids.mask());
    AddedTokens.write(
        folder,
        to,
        added ? List.of(new AddedTokens.Token(ids.mask(), name, true)) : List.of(),
        config -> config.put("mask_token", name));
  }
}
