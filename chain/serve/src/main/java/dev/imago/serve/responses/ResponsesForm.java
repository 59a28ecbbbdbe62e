package dev.imago.serve.responses;

import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.FinishReason;
import dev.imago.generate.Sampling;
import dev.imago.http.ApiException;
import dev.imago.serve.completions.ReadAnswer;
import dev.imago.serve.completions.ReplyForm;
import dev.imago.serve.completions.Usage;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An answer as a response: an object, or the events of one, each with its number.
final class ResponsesForm implements ReplyForm {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Started started;
  private final String id;
  private final ResponsesRequest request;
  private final BiConsumer<ObjectNode, List<ObjectNode>> kept;
  private final OutputItems items;

  /// Why the response is not complete; empty where it is.
  private String incomplete = "";

  private int number;

  /// @param id of the response
  /// @param kept takes the response as it is, with its items, whenever that changes
  ResponsesForm(
      Started started,
      String id,
      ResponsesRequest request,
      BiConsumer<ObjectNode, List<ObjectNode>> kept) {
    this.started = started;
    this.id = id;
    this.request = request;
    this.kept = kept;
    this.items = new OutputItems(prefix -> started.newId(prefix, 24));
    kept.accept(response("in_progress", null), List.of());
  }

  /// What a response is before anything is known of it but its request.
  static ObjectNode head(String id, long created, String status, ResponsesRequest request) {
    ObjectNode response = JSON.createObjectNode().put("id", id).put("object", "response");
    response.put("created_at", created).put("status", status);
    response.putNull("error").putNull("incomplete_details");
    response.setAll(request.told());
    response.putArray("output");
    return response;
  }

  private ObjectNode response(String status, @Nullable Usage usage) {
    ObjectNode response = head(id, started.created(), status, request);
    Sampling sampling = started.request().choices().getFirst().sampling();
    response.put("model", started.request().model().name());
    response.put("temperature", sampling.temperature());
    response.put("top_p", sampling.truncation().topP());
    ArrayNode output = response.putArray("output");
    items.items().forEach(output::add);
    if (status.equals("incomplete")) {
      response.putObject("incomplete_details").put("reason", incomplete);
    }
    started.marks().forEach((name, mark) -> response.set(name, JSON.valueToTree(mark)));
    if (usage != null) {
      response.set("usage", usage(usage));
    }
    return response;
  }

  private static ObjectNode usage(Usage usage) {
    ObjectNode told = JSON.createObjectNode().put("input_tokens", usage.promptTokens());
    told.putObject("input_tokens_details")
        .put("cached_tokens", usage.spared().cachedTokens())
        .put("cache_write_tokens", 0);
    told.put("output_tokens", usage.completionTokens());
    told.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
    return told.put("total_tokens", usage.promptTokens() + usage.completionTokens());
  }

  @Override
  public String opening(int index) {
    return event("response.created", response("in_progress", null))
        + event("response.in_progress", response("in_progress", null));
  }

  @Override
  public String pieces(
      int index,
      List<AnswerPart> parts,
      ReadAnswer read,
      @Nullable Map<String, @Nullable Object> probabilities) {
    if (probabilities != null) {
      items.add(JSON.valueToTree(probabilities).path("content"));
    }
    var events = new StringBuilder();
    for (AnswerPart part : parts) {
      items.add(part, read).forEach(event -> events.append(numbered(event)));
    }
    return events.toString();
  }

  @Override
  public String ending(int index, FinishReason reason, ReadAnswer read) {
    incomplete =
        read.filtered()
            ? "content_filter"
            : reason == FinishReason.LENGTH ? "max_output_tokens" : "";
    var events = new StringBuilder();
    items
        .end(incomplete.isEmpty() ? "completed" : "incomplete")
        .forEach(event -> events.append(numbered(event)));
    return events.toString();
  }

  @Override
  public String done(Usage usage) {
    ObjectNode response = ended(usage);
    return event("response." + response.path("status").asString(""), response);
  }

  private ObjectNode ended(Usage usage) {
    ObjectNode response = response(incomplete.isEmpty() ? "completed" : "incomplete", usage);
    if (incomplete.isEmpty()) {
      response.put("completed_at", started.created());
    }
    kept.accept(response, items.items());
    return response;
  }

  @Override
  public String error(ApiException e) {
    return event("response.failed", failed(e));
  }

  private ObjectNode failed(ApiException e) {
    items.end("incomplete");
    ObjectNode response = response("failed", null);
    response.set("error", error(e.status(), String.valueOf(e.getMessage())));
    kept.accept(response, items.items());
    return response;
  }

  /// An error in a response, whose codes are few.
  static ObjectNode error(int status, String message) {
    return JSON.createObjectNode()
        .put("code", status == 429 ? "rate_limit_exceeded" : "server_error")
        .put("message", message);
  }

  @Override
  public byte[] whole(List<Ended> answers, Usage usage) {
    Ended ended = answers.getFirst();
    pieces(0, ended.read().parts(), ended.read(), ended.probabilities());
    ending(0, ended.reason(), ended.read());
    return JSON.writeValueAsBytes(ended(usage));
  }

  @Override
  public void abandoned() {
    items.end("incomplete");
    kept.accept(response("cancelled", null), items.items());
  }

  private String event(String type, ObjectNode response) {
    ObjectNode event = JSON.createObjectNode().put("type", type);
    event.set("response", response);
    return numbered(event);
  }

  private String numbered(ObjectNode event) {
    event.put("sequence_number", number++);
    return "event: %s\ndata: %s\n\n"
        .formatted(event.path("type").asString(""), JSON.writeValueAsString(event));
  }
}
