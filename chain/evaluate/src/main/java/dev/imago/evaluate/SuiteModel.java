package dev.imago.evaluate;

import dev.imago.suites.ConversationForm;
import dev.imago.suites.ModelReply;
import dev.imago.suites.ModelRequest;
import java.util.List;
import java.util.Set;

/// A model that a suite of tasks asks.
public interface SuiteModel extends AutoCloseable {
  /// What it is called in reports.
  String name();

  /// What its answers depend on: two of the same identity answer the same. Answers are kept under
  /// it.
  String identity();

  /// How it is given a conversation.
  ///
  /// @throws dev.imago.core.InputException where it knows none
  ConversationForm conversation();

  /// Who hears a reply once it is known, in the thread that asked.
  interface Told {
    /// @param place of its ask
    void of(int place, ModelReply reply);
  }

  /// Answers some asks: each once, in whatever order they are done.
  void replies(List<ModelRequest> requests, Told told) throws InterruptedException;

  /// The answers to some asks, in their order.
  default List<ModelReply> replies(List<ModelRequest> requests) throws InterruptedException {
    var replies = new ModelReply[requests.size()];
    replies(requests, (place, reply) -> replies[place] = reply);
    return List.of(replies);
  }

  /// The share of this machine's processors that it keeps at work; 0 of one that computes
  /// elsewhere.
  double atWork();

  /// What people should know of how asks were put, such as that a context was cut; each once.
  Set<String> notes();

  @Override
  void close();
}
