package dev.imago.serve.models;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.AnswerRule;
import dev.imago.generate.EnergyTally;
import dev.imago.generate.Event;
import dev.imago.generate.Request;
import dev.imago.model.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All that the server asks of a model: [EngineBackend] has one, [SleepingModel] one that is not
/// always there, and the tests' one gives tokens when the test says so. Thread-safe.
public interface Backend extends AutoCloseable {
  /// The longest prompt and answer together, in tokens.
  int context();

  /// What the model says of itself.
  ModelCard card();

  /// When the model was made, as far as its file tells.
  Instant written();

  /// One more than the largest token id.
  int vocabularySize();

  /// The ids of a bare text; no special token comes from it.
  ///
  /// @param beginning whether what the vocabulary puts before a text, such as `<s>`, comes first
  /// @return at least one id: those of an empty text begin a new document
  int[] encodeText(String text, boolean beginning);

  /// The text of ids.
  String decode(int[] ids);

  /// The ids of a conversation and the start of an answer; special tokens come from the template
  /// alone, never from a message or a tool.
  ///
  /// @param variables of a chat template: `messages`, `tools`, `add_generation_prompt`
  /// @throws UnsupportedConversationException for what the model's template would leave out
  /// @throws IllegalArgumentException for what the template refuses, in its own words
  int[] encodeChat(Map<String, Object> variables);

  /// The bytes of a token in the midst of a text; of a special one, its name.
  byte[] token(int id);

  /// The ids of all tokens whose text holds one of these.
  Set<Integer> holding(List<String> texts);

  /// How its answers are taken apart.
  AnswerReading reading();

  /// Whether the model thinks before it speaks, in a form that is known.
  boolean thinks();

  /// Whether its chat template has a name in it.
  boolean templateMentions(String name);

  /// What holds an answer to a rule of the model's own form; null where it is free.
  ///
  /// @param otherwise what else it is held to
  /// @throws dev.imago.constraints.ConstraintException for a schema that cannot be held to
  @Nullable TokenConstraint constrain(AnswerRule rule, @Nullable TokenConstraint otherwise);

  /// Whether a chat's prompt ends with the opening of thoughts.
  boolean thinksAfter(int[] prompt);

  /// A constraint on answers of this model.
  ///
  /// @param key the same for the same grammar: what was made for it before is used again
  /// @throws dev.imago.constraints.ConstraintException for a grammar that cannot be enforced
  TokenConstraint constrain(String key, Supplier<Grammar> grammar);

  /// Starts or queues an answer.
  ///
  /// @throws dev.imago.generate.BusyException when too many wait
  AnswerWriter generate(Request request);

  /// It with an adapter in PEFT's form beside it, which goes when nobody has it any more. Closing
  /// it closes nothing of this one.
  ///
  /// @throws IOException where a file is missing or broken
  /// @throws IllegalArgumentException for one that cannot be added to this model
  default Backend adapted(Path folder) throws IOException {
    throw new IllegalArgumentException("this model takes no adapters");
  }

  /// Whether its weights are let go until it is asked.
  default boolean sleeps() {
    return false;
  }

  /// Whether it is one that sleeps where nobody asks it.
  default boolean maySleep() {
    return false;
  }

  /// Sets how long after its last answer it stays awake, where it is one that sleeps; another must
  /// still find room.
  ///
  /// @param nanos at least 0, [Long#MAX_VALUE] for ever; nothing for what the server was set to
  default void stayAwake(OptionalLong nanos) {}

  /// Wakes it where it sleeps, and waits meanwhile.
  default void wake() {}

  /// Completed when nothing is being generated or waits, by a thread that may close it then: at
  /// once where that is so now.
  CompletableFuture<Void> idle();

  /// Answers being generated.
  int running();

  /// Answers that wait for their turn.
  int waiting();

  @Override
  void close();

  /// An answer's events, blocking until each is there; [Event.Done] is the last.
  interface AnswerWriter extends Iterator<Event> {
    /// Ends the answer soon, with [dev.imago.generate.FinishReason#CANCELLED]; harmless when it has
    /// ended.
    void cancel();
  }

  /// Tells each request, from now on, its share of what the process takes of energy.
  default void share(EnergyTally shares) {
    // What has no engine of its own shares nothing.
  }
}
