package dev.imago.serve.models;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.AnswerRule;
import dev.imago.model.ModelCard;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A backend whose words are another's: what it knows without computing, its weights asleep or not.
abstract class DelegatedBackend implements Backend {
  /// The other; none of its weights is asked for.
  abstract Backend words();

  @Override
  public CompletableFuture<Void> idle() {
    return words().idle();
  }

  @Override
  public int context() {
    return words().context();
  }

  @Override
  public ModelCard card() {
    return words().card();
  }

  @Override
  public Instant written() {
    return words().written();
  }

  @Override
  public int vocabularySize() {
    return words().vocabularySize();
  }

  @Override
  public int[] encodeText(String text, boolean beginning) {
    return words().encodeText(text, beginning);
  }

  @Override
  public String decode(int[] ids) {
    return words().decode(ids);
  }

  @Override
  public int[] encodeChat(Map<String, Object> variables) {
    return words().encodeChat(variables);
  }

  @Override
  public byte[] token(int id) {
    return words().token(id);
  }

  @Override
  public Set<Integer> holding(List<String> texts) {
    return words().holding(texts);
  }

  @Override
  public AnswerReading reading() {
    return words().reading();
  }

  @Override
  public boolean thinks() {
    return words().thinks();
  }

  @Override
  public boolean templateMentions(String name) {
    return words().templateMentions(name);
  }

  @Override
  public @Nullable TokenConstraint constrain(AnswerRule rule, @Nullable TokenConstraint otherwise) {
    return words().constrain(rule, otherwise);
  }

  @Override
  public boolean thinksAfter(int[] prompt) {
    return words().thinksAfter(prompt);
  }

  @Override
  public TokenConstraint constrain(String key, Supplier<Grammar> grammar) {
    return words().constrain(key, grammar);
  }
}
