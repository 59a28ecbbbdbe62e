package dev.imago.langchain4j;

import dev.imago.generate.Dialogue;
import dev.imago.generate.Ending;
import dev.imago.generate.Penalties;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// A request of LangChain4j's as a model is asked.
final class LangChainQuestion {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private LangChainQuestion() {}

  /// @throws UnsupportedFeatureException for what would be passed over
  static Dialogue.Question of(ChatRequest request, RandomGenerator random) {
    refuse(request);
    boolean offered = request.toolChoice() != ToolChoice.NONE;
    List<ToolSpecification> tools =
        offered && request.toolSpecifications() != null ? request.toolSpecifications() : List.of();
    Dialogue.Question question =
        Dialogue.Question.of(request.messages().stream().map(LangChainQuestion::message).toList())
            .withTools(tools.stream().map(LangChainQuestion::tool).toList())
            .withCall(request.toolChoice() == ToolChoice.REQUIRED)
            .withSampling(sampling(request, random));
    ResponseFormat format = request.responseFormat();
    if (format == null || format.type() == ResponseFormatType.TEXT) {
      return question;
    }
    if (!tools.isEmpty()) {
      throw new UnsupportedFeatureException(
          "responseFormat = JSON with toolSpecifications is not supported: an answer that is JSON"
              + " calls no tools; send one of the two");
    }
    return question.withSchema(
        format.jsonSchema() == null
            ? Dialogue.Question.ANY_OBJECT
            : JSON.writeValueAsString(LangChainSchema.of(format.jsonSchema().rootElement())));
  }

  /// What would be passed over in silence.
  private static void refuse(ChatRequest request) {
    if (request.modelName() != null) {
      throw new UnsupportedFeatureException(
          "modelName = «%s» is not supported in process: a dialogue has one model; leave it out"
              .formatted(request.modelName()));
    }
    Class<?> kind = request.parameters().getClass();
    if (kind != DefaultChatRequestParameters.class) {
      throw new UnsupportedFeatureException(
          "parameters of %s are not supported in process: they are another model's; make them by ChatRequestParameters.builder()"
              .formatted(kind.getSimpleName()));
    }
  }

  private static Sampling sampling(ChatRequest request, RandomGenerator random) {
    List<String> stop = request.stopSequences();
    return new Sampling(
        number(request.temperature(), 0.8f),
        new SamplingTruncation(
            request.topK() == null ? 0 : request.topK(), number(request.topP(), 0.95f), 0, 1),
        new Penalties(
            1,
            number(request.presencePenalty(), 0),
            number(request.frequencyPenalty(), 0),
            Map.of()),
        random.nextLong(),
        new Ending(
            request.maxOutputTokens() == null ? Integer.MAX_VALUE : request.maxOutputTokens(),
            0,
            false,
            Set.of(),
            stop == null ? List.of() : stop));
  }

  private static float number(@Nullable Double value, float otherwise) {
    return value == null ? otherwise : value.floatValue();
  }

  private static Map<String, Object> tool(ToolSpecification tool) {
    var function = new LinkedHashMap<String, Object>();
    function.put("name", tool.name());
    if (tool.description() != null) {
      function.put("description", tool.description());
    }
    function.put(
        "parameters",
        tool.parameters() == null
            ? Map.of("type", "object", "properties", Map.of())
            : LangChainSchema.of(tool.parameters()));
    return Map.of("type", "function", "function", function);
  }

  private static Map<String, Object> message(ChatMessage message) {
    var map = new LinkedHashMap<String, Object>();
    switch (message) {
      case SystemMessage system -> said(map, "system", system.text());
      case UserMessage user -> {
        said(map, "user", text(user.contents()));
        if (user.name() != null) {
          map.put("name", user.name());
        }
      }
      case AiMessage assistant -> assistant(map, assistant);
      case ToolExecutionResultMessage result -> {
        said(map, "tool", text(result.contents()));
        map.put("tool_call_id", result.id());
        map.put("name", result.toolName());
      }
      default ->
          throw new UnsupportedFeatureException(
              "a message of type %s is not supported; send system, user, assistant or tool messages"
                  .formatted(message.type()));
    }
    return map;
  }

  private static void said(Map<String, Object> map, String role, String text) {
    map.put("role", role);
    map.put("content", text);
  }

  private static void assistant(Map<String, Object> map, AiMessage message) {
    said(map, "assistant", message.text() == null ? "" : message.text());
    if (message.thinking() != null) {
      map.put("reasoning_content", message.thinking());
    }
    if (message.hasToolExecutionRequests()) {
      var calls = new ArrayList<Map<String, Object>>();
      for (ToolExecutionRequest call : message.toolExecutionRequests()) {
        calls.add(
            Map.of(
                "id",
                call.id() == null ? "call" + calls.size() : call.id(),
                "type",
                "function",
                "function",
                Map.of("name", call.name(), "arguments", arguments(call))));
      }
      map.put("tool_calls", calls);
    }
  }

  private static Map<String, Object> arguments(ToolExecutionRequest call) {
    if (call.arguments() == null || call.arguments().isBlank()) {
      return Map.of();
    }
    try {
      return JSON.readValue(call.arguments(), OBJECT);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "the arguments of the call of «%s» are no JSON object: %s"
              .formatted(call.name(), e.getOriginalMessage()),
          e);
    }
  }

  private static String text(List<Content> contents) {
    var text = new StringBuilder();
    for (Content content : contents) {
      if (!(content instanceof TextContent part)) {
        throw new UnsupportedFeatureException(
            "content of type %s is not supported: this model reads text only"
                .formatted(content.type()));
      }
      text.append(part.text());
    }
    return text.toString();
  }
}
