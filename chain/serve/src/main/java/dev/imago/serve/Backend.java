package dev.imago.serve;

import dev.imago.generate.Event;
import dev.imago.generate.Sampling;
import java.util.Iterator;

/// All that the server asks of a model. Two implementations: [EngineBackend], and the tests' one,
/// whose tokens come when the test says so. Thread-safe.
interface Backend extends AutoCloseable {
  /// The longest prompt and answer together, in tokens.
  int context();

  /// The ids of a bare text; no special token comes from it.
  int[] encodeText(String text);

  /// The ids of a conversation and the start of an answer; special tokens come from the template
  /// alone, never from a message or a tool.
  int[] encodeChat(Conversation conversation);

  /// Starts or queues an answer.
  Answering generate(int[] prompt, Sampling sampling);

  /// Answers being generated.
  int running();

  /// Answers that wait for their turn.
  int waiting();

  @Override
  void close();

  /// An answer's events, blocking until each is there; [Event.Done] is the last.
  interface Answering extends Iterator<Event> {
    /// Ends the answer soon, with [dev.imago.generate.FinishReason#CANCELLED]; harmless when it has
    /// ended.
    void cancel();
  }
}
