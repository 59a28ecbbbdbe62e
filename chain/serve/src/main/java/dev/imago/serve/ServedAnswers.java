package dev.imago.serve;

import dev.imago.data.Rating;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The latest answers, so that a rating can be bound to what was asked and served. Thread-safe;
/// bounded in number and, since prompts can be long, in characters.
final class ServedAnswers {
  private static final long MOST_CHARS = 32L << 20;

  /// One answer, growing while it is served.
  static final class Served {
    private final String id;
    private final List<Rating.Message> messages;
    private final StringBuilder answer = new StringBuilder();
    private final long promptChars;

    private Served(String id, List<Rating.Message> messages) {
      this.id = id;
      this.messages = messages;
      this.promptChars = messages.stream().mapToLong(m -> m.content().length()).sum();
    }

    List<Rating.Message> messages() {
      return messages;
    }

    synchronized void append(String text) {
      answer.append(text);
    }

    /// What has been served so far.
    synchronized String answer() {
      return answer.toString();
    }
  }

  private final int most;
  private final Map<String, Served> byId = new HashMap<>();
  private final Deque<Served> inOrder = new ArrayDeque<>();
  private long chars;

  ServedAnswers(int most) {
    this.most = most;
  }

  /// Keeps a new answer; forgets the oldest where there are too many.
  synchronized Served start(String id, List<Rating.Message> messages) {
    var served = new Served(id, messages);
    byId.put(id, served);
    inOrder.addLast(served);
    chars += served.promptChars;
    while (inOrder.size() > most || (chars > MOST_CHARS && inOrder.size() > 1)) {
      Served oldest = inOrder.removeFirst();
      byId.remove(oldest.id);
      chars -= oldest.promptChars;
    }
    return served;
  }

  synchronized Optional<Served> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }
}
