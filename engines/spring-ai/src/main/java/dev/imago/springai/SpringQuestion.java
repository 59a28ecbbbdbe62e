package dev.imago.springai;

import dev.imago.generate.Dialogue;
import dev.imago.generate.Ending;
import dev.imago.generate.Penalties;
import dev.imago.generate.Sampling;
import dev.imago.generate.SamplingTruncation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.definition.ToolDefinition;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// A prompt of Spring AI's as a model is asked.
final class SpringQuestion {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private SpringQuestion() {}

  /// @param defaults what a prompt gets that names nothing
  /// @throws IllegalArgumentException for what would be passed over
  static Dialogue.Question of(Prompt prompt, ChatOptions defaults, RandomGenerator random) {
    ChatOptions options = prompt.getOptions() == null ? defaults : prompt.getOptions();
    String model = options.getModel();
    if (model != null && !model.equals(defaults.getModel())) {
      throw new IllegalArgumentException(
          "model = «%s» is not supported in process: a dialogue has one model; leave it out"
              .formatted(model));
    }
    var messages = new ArrayList<Map<String, Object>>();
    prompt.getInstructions().forEach(message -> add(message, messages));
    var tools = new ArrayList<Map<String, Object>>();
    if (options instanceof ToolCallingChatOptions calling && calling.getToolCallbacks() != null) {
      calling.getToolCallbacks().forEach(tool -> tools.add(tool(tool.getToolDefinition())));
    }
    Dialogue.Question question =
        Dialogue.Question.of(messages)
            .withTools(tools)
            .withSampling(sampling(options, defaults, random));
    String schema = or(schema(options), schema(defaults));
    if (schema == null || schema.isBlank()) {
      return question;
    }
    if (!tools.isEmpty()) {
      throw new IllegalArgumentException(
          "outputSchema with toolCallbacks is not supported: an answer that meets a schema calls no"
              + " tools; send one of the two");
    }
    return question.withSchema(schema);
  }

  private static @Nullable String schema(ChatOptions options) {
    return options instanceof StructuredOutputChatOptions structured
        ? structured.getOutputSchema()
        : null;
  }

  private static Sampling sampling(
      ChatOptions options, ChatOptions defaults, RandomGenerator random) {
    Integer topK = or(options.getTopK(), defaults.getTopK());
    Integer most = or(options.getMaxTokens(), defaults.getMaxTokens());
    List<String> stop = or(options.getStopSequences(), defaults.getStopSequences());
    return new Sampling(
        number(or(options.getTemperature(), defaults.getTemperature()), 0.8f),
        new SamplingTruncation(
            topK == null ? 0 : topK,
            number(or(options.getTopP(), defaults.getTopP()), 0.95f),
            0,
            1),
        new Penalties(
            1,
            number(or(options.getPresencePenalty(), defaults.getPresencePenalty()), 0),
            number(or(options.getFrequencyPenalty(), defaults.getFrequencyPenalty()), 0),
            Map.of()),
        random.nextLong(),
        new Ending(
            most == null ? Integer.MAX_VALUE : most,
            0,
            false,
            Set.of(),
            stop == null ? List.of() : stop));
  }

  private static <T> @Nullable T or(@Nullable T value, @Nullable T otherwise) {
    return value == null ? otherwise : value;
  }

  private static float number(@Nullable Double value, float otherwise) {
    return value == null ? otherwise : value.floatValue();
  }

  private static Map<String, Object> tool(ToolDefinition tool) {
    return Map.of(
        "type",
        "function",
        "function",
        Map.of(
            "name",
            tool.name(),
            "description",
            tool.description(),
            "parameters",
            JSON.readValue(tool.inputSchema(), OBJECT)));
  }

  private static void add(Message message, List<Map<String, Object>> to) {
    switch (message) {
      case SystemMessage system -> to.add(said("system", system.getText()));
      case UserMessage user -> {
        if (!user.getMedia().isEmpty()) {
          throw new IllegalArgumentException(
              "a user's message has media, and this model reads text only; leave them out");
        }
        to.add(said("user", user.getText()));
      }
      case AssistantMessage assistant -> to.add(assistant(assistant));
      case ToolResponseMessage results -> {
        for (ToolResponseMessage.ToolResponse result : results.getResponses()) {
          Map<String, Object> map = said("tool", result.responseData());
          map.put("tool_call_id", result.id());
          map.put("name", result.name());
          to.add(map);
        }
      }
      default ->
          throw new IllegalArgumentException(
              "a message of type %s is not supported; send system, user, assistant or tool messages"
                  .formatted(message.getMessageType()));
    }
  }

  private static Map<String, Object> said(String role, @Nullable String text) {
    var map = new LinkedHashMap<String, Object>();
    map.put("role", role);
    map.put("content", text == null ? "" : text);
    return map;
  }

  private static Map<String, Object> assistant(AssistantMessage message) {
    Map<String, Object> map = said("assistant", message.getText());
    if (message.hasToolCalls()) {
      map.put(
          "tool_calls",
          message.getToolCalls().stream()
              .map(
                  call ->
                      Map.of(
                          "id",
                          call.id(),
                          "type",
                          "function",
                          "function",
                          Map.of("name", call.name(), "arguments", arguments(call))))
              .toList());
    }
    return map;
  }

  private static Map<String, Object> arguments(AssistantMessage.ToolCall call) {
    if (call.arguments().isBlank()) {
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
}
