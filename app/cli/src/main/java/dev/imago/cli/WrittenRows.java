package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.generate.BeamSearch;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.templates.ChatMessage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Rows with what a model answers to their texts, each a user's turn, or to their `messages`:
/// `answer` and `finish_reason`, with several beams `score`. The likeliest token every time, or the
/// best of several paths; some rows at a time, out in their order.
final class WrittenRows {
  /// Rows that are answered together.
  private static final int TOGETHER = 16;

  private static final List<String> OURS = List.of("answer", "finish_reason", "score");

  private final LanguageModel model;
  private final TextRows rows;
  private final BeamSearch.Settings settings;
  private long written;

  /// @param settings of one beam for the likeliest token every time
  WrittenRows(LanguageModel model, TextRows rows, BeamSearch.Settings settings) {
    this.model = model;
    this.rows = rows;
    this.settings = settings;
  }

  /// A row and its prompt.
  private record Asked(ObjectNode row, int[] prompt) {}

  /// A row whose answer is on its way.
  private record Answering(ObjectNode row, Generation generation) {}

  /// Writes each row.
  void forEach(Consumer<String> to) throws IOException {
    try {
      if (settings.beams() > 1) {
        searched(to);
      } else {
        generated(to);
      }
    } catch (NotFiniteException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private void searched(Consumer<String> to) throws IOException {
    for (Asked asked = next(); asked != null; asked = next()) {
      BeamSearch.Found found = BeamSearch.of(model, asked.prompt(), settings);
      ObjectNode row = asked.row();
      row.put("answer", text(found.ids()));
      row.put("finish_reason", found.ended() ? "stop" : "length");
      row.put("score", found.score());
      write(row, to);
    }
  }

  /// A model may have rows beyond its vocabulary, which stand for no text.
  private String text(int[] ids) {
    int known = model.prompts().vocabularySize();
    return model.prompts().decode(Arrays.stream(ids).filter(id -> id < known).toArray()).strip();
  }

  private void generated(Consumer<String> to) throws IOException {
    var running = new ArrayDeque<Answering>();
    try (var engine = Engine.unpaced(model, TOGETHER, model.config().context())) {
      boolean more = true;
      while (more || !running.isEmpty()) {
        // Twice as many as run at a time, so that none waits for the oldest to be read.
        while (more && running.size() < 2 * TOGETHER) {
          Asked asked = next();
          more = asked != null;
          if (asked != null) {
            var request = new Request(asked.prompt(), Sampling.greedy(settings.maxTokens()));
            running.add(new Answering(asked.row(), engine.submit(request)));
          }
        }
        Answering first = running.poll();
        if (first != null) {
          write(answered(first), to);
        }
      }
    }
  }

  private static ObjectNode answered(Answering one) {
    var text = new StringBuilder();
    ObjectNode row = one.row();
    while (one.generation().hasNext()) {
      switch (one.generation().next()) {
        case Event.PromptToken _ -> {} // asked for by nobody here
        case Event.Token token -> text.append(token.text());
        case Event.Done done -> {
          row.put("answer", text.toString().strip());
          row.put("finish_reason", done.reason().name().toLowerCase(Locale.ROOT));
        }
      }
    }
    return row;
  }

  private void write(ObjectNode row, Consumer<String> to) {
    to.accept(row.toString());
    written++;
  }

  /// The next row that there is room to answer; null at the end.
  private @Nullable Asked next() throws IOException {
    boolean apart = model.config().decoderStart().isPresent();
    int most = model.config().context() - (apart ? 0 : 1);
    for (TextRows.Text text = rows.next(); text != null; text = rows.next()) {
      int[] prompt;
      try {
        prompt = model.prompts().chat(turns(text));
      } catch (IllegalArgumentException e) {
        rows.passOver(text.line(), "the model's chat template refuses it: " + e.getMessage());
        continue;
      }
      if (prompt.length == 0 || prompt.length > most) {
        rows.passOver(
            text.line(), "%,d tokens, and the model reads 1 … %,d".formatted(prompt.length, most));
        continue;
      }
      return new Asked(copy(text.row()), prompt);
    }
    return null;
  }

  /// Its text as a user's turn; of a conversation its turns, but for an answer at their end.
  private static List<ChatMessage> turns(TextRows.Text text) {
    JsonNode messages = text.row().path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      return List.of(new ChatMessage("user", text.text()));
    }
    var turns = new ArrayList<ChatMessage>();
    for (JsonNode one : messages) {
      turns.add(new ChatMessage(one.path("role").asString(""), one.path("content").asString("")));
    }
    if (turns.size() > 1 && turns.getLast().role().equals("assistant")) {
      turns.removeLast();
    }
    return turns;
  }

  private static ObjectNode copy(ObjectNode given) {
    ObjectNode row = JsonMapper.shared().createObjectNode();
    for (Map.Entry<String, JsonNode> each : given.properties()) {
      boolean ours = OURS.contains(each.getKey());
      row.set(ours ? "given_" + each.getKey() : each.getKey(), each.getValue());
    }
    return row;
  }

  /// How many rows went out.
  long written() {
    return written;
  }
}
