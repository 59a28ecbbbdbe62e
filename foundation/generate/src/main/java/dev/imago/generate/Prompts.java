package dev.imago.generate;

import dev.imago.templates.ChatMessage;
import dev.imago.templates.ChatTemplate;
import dev.imago.tokenizers.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// How text becomes a model's prompt. Nothing that a user writes becomes a control token, whatever
/// the files say of the tokens that end an answer. Immutable and thread-safe.
public final class Prompts {
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final int[] beginning;
  private final int endOfText;

  /// @param stopIds the ids that end an answer, the end of text first
  Prompts(Tokenizer tokenizer, ChatTemplate template, Set<Integer> stopIds) {
    this.tokenizer =
        tokenizer.withControl(
            stopIds.stream()
                .filter(id -> id < tokenizer.vocabularySize())
                .collect(Collectors.toSet()));
    this.template = template;
    this.beginning = this.tokenizer.beginning();
    this.endOfText = stopIds.isEmpty() ? 0 : stopIds.iterator().next();
  }

  /// The ids of a text that the model is to go on with. An empty one begins a new document.
  ///
  /// @param withBeginning whether what the vocabulary puts before a text (`<s>`) comes first
  public int[] text(String text, boolean withBeginning) {
    int[] said = tokenizer.encodeOrdinary(text);
    int[] ids =
        withBeginning && beginning.length > 0
            ? IntStream.concat(IntStream.of(beginning), IntStream.of(said)).toArray()
            : said;
    return ids.length > 0 ? ids : new int[] {endOfText};
  }

  /// The ids of a conversation, by the model's template, up to where the answer begins.
  public int[] chat(List<ChatMessage> messages) {
    return template.encodeChat(tokenizer, messages, true);
  }

  /// The ids of a conversation of any shape: see [ChatTemplate].
  public int[] chat(Map<String, Object> variables) {
    return template.encodeChat(tokenizer, variables);
  }

  /// The text of ids, special tokens left out, and ids that the model has a row for and its
  /// vocabulary no token.
  public String decode(int[] ids) {
    return tokenizer.decode(
        IntStream.of(ids).filter(id -> id < tokenizer.vocabularySize()).toArray());
  }

  /// The bytes of a token in the midst of a text; of a special one, its name; none of an id that
  /// the model has a row for, and its vocabulary no token.
  public byte[] token(int id) {
    return id < tokenizer.vocabularySize() ? tokenizer.bytes(id) : new byte[0];
  }

  /// One more than the highest id that a text may become.
  public int vocabularySize() {
    return tokenizer.vocabularySize();
  }
}
