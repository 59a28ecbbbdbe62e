package dev.imago.serve.responses;

import dev.imago.dialogue.AnswerPart;
import dev.imago.serve.completions.ReadAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The items of a response as an answer's parts make them, and the events that tell of it: words,
/// thoughts and calls are an item each, in the order in which they come.
final class OutputItems {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final UnaryOperator<String> newId;
  private final List<ObjectNode> items = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private ArrayNode probabilities = JSON.createArrayNode();

  /// What is told with the next words.
  private ArrayNode untold = JSON.createArrayNode();

  private @Nullable ObjectNode open;

  /// @param newId makes an item's id from its prefix
  OutputItems(UnaryOperator<String> newId) {
    this.newId = newId;
  }

  /// The items so far.
  List<ObjectNode> items() {
    return List.copyOf(items);
  }

  /// Takes the probabilities of tokens whose words are to come.
  void add(JsonNode content) {
    content.forEach(untold::add);
  }

  /// Takes a part; gives the events.
  List<ObjectNode> add(AnswerPart part, ReadAnswer read) {
    var events = new ArrayList<ObjectNode>();
    switch (part) {
      case AnswerPart.Text(String more) -> {
        begin("message", events);
        text.append(more);
        probabilities.addAll(untold);
        ObjectNode delta = content("response.output_text.delta").put("delta", more);
        delta.set("logprobs", untold);
        untold = JSON.createArrayNode();
        events.add(delta);
      }
      case AnswerPart.Reasoning(String more) -> {
        begin("reasoning", events);
        text.append(more);
        events.add(content("response.reasoning_text.delta").put("delta", more));
      }
      case AnswerPart.CallBegun(int call, String name) -> {
        end("completed", events);
        ObjectNode item = item("fc_", "function_call");
        item.put("call_id", read.callId(call)).put("name", name).put("arguments", "");
        open(item, events);
      }
      case AnswerPart.Arguments(int _, String json) -> {
        text.append(json);
        events.add(event("response.function_call_arguments.delta").put("delta", json));
      }
      case AnswerPart.CallEnded _ -> end("completed", events);
      case AnswerPart.Unread _ -> {}
    }
    return events;
  }

  /// Ends what is open; an answer of nothing is a message of nothing.
  List<ObjectNode> end(String status) {
    var events = new ArrayList<ObjectNode>();
    if (items.isEmpty()) {
      begin("message", events);
    }
    end(status, events);
    return events;
  }

  private void begin(String type, List<ObjectNode> events) {
    if (open != null && open.path("type").asString("").equals(type)) {
      return;
    }
    end("completed", events);
    boolean message = type.equals("message");
    ObjectNode item = item(message ? "msg_" : "rs_", type);
    if (message) {
      item.put("role", "assistant");
    } else {
      item.putArray("summary");
    }
    item.putArray("content");
    open(item, events);
    ObjectNode part = content("response.content_part.added");
    part.set("part", part(type));
    events.add(part);
  }

  private ObjectNode item(String prefix, String type) {
    return JSON.createObjectNode()
        .put("id", newId.apply(prefix))
        .put("type", type)
        .put("status", "in_progress");
  }

  private void open(ObjectNode item, List<ObjectNode> events) {
    open = item;
    items.add(item);
    text.setLength(0);
    probabilities = JSON.createArrayNode();
    ObjectNode added = JSON.createObjectNode().put("type", "response.output_item.added");
    added.put("output_index", items.size() - 1).set("item", item.deepCopy());
    events.add(added);
  }

  /// The one part that an item of words or thoughts has.
  private ObjectNode part(String type) {
    ObjectNode part = JSON.createObjectNode();
    part.put("type", type.equals("message") ? "output_text" : "reasoning_text");
    part.put("text", text.toString());
    if (type.equals("message")) {
      part.putArray("annotations");
      part.set("logprobs", probabilities);
    }
    return part;
  }

  private void end(String status, List<ObjectNode> events) {
    ObjectNode item = open;
    if (item == null) {
      return;
    }
    String type = item.path("type").asString("");
    if (type.equals("function_call")) {
      item.put("arguments", text.toString());
      events.add(
          event("response.function_call_arguments.done")
              .put("name", item.path("name").asString(""))
              .put("arguments", text.toString()));
    } else {
      boolean message = type.equals("message");
      ObjectNode done =
          content(message ? "response.output_text.done" : "response.reasoning_text.done")
              .put("text", text.toString());
      if (message) {
        done.set("logprobs", probabilities);
      }
      events.add(done);
      ObjectNode part = content("response.content_part.done");
      part.set("part", part(type));
      events.add(part);
      item.putArray("content").add(part(type));
    }
    item.put("status", status);
    ObjectNode done = JSON.createObjectNode().put("type", "response.output_item.done");
    done.put("output_index", items.size() - 1).set("item", item.deepCopy());
    events.add(done);
    open = null;
  }

  private ObjectNode event(String type) {
    ObjectNode item = open;
    return JSON.createObjectNode()
        .put("type", type)
        .put("item_id", item == null ? "" : item.path("id").asString(""))
        .put("output_index", items.size() - 1);
  }

  private ObjectNode content(String type) {
    return event(type).put("content_index", 0);
  }
}
