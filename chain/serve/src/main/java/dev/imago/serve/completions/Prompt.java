package dev.imago.serve.completions;

import dev.imago.data.Rating;
import dev.imago.dialogue.AnswerParser;
import dev.imago.dialogue.AnswerReading;
import dev.imago.dialogue.AnswerRule;
import dev.imago.dialogue.OfferedTools;
import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.UnsupportedConversationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an answer is to follow.
///
/// @param ids at least one
/// @param said what a rating of the answer will say was asked
/// @param reading how a chat's answer is taken apart; null where an answer is all text
public record Prompt(int[] ids, List<Rating.Message> said, @Nullable Reading reading) {
  /// How a chat's answer is taken apart.
  ///
  /// @param tools that it may call
  /// @param parallel whether it may make several calls
  /// @param thinking whether the prompt has begun the thoughts
  /// @param choice whether a tool must be called
  /// @param strict whether calls that need not be made fit their schemas
  record Reading(
      OfferedTools tools,
      boolean parallel,
      boolean thinking,
      ToolChoice choice,
      boolean strict,
      ThoughtFields thoughts) {
    AnswerParser parser(AnswerReading model) {
      return (thoughts.shown() == ThoughtFields.Shown.IN_TEXT ? model.withThoughtsInText() : model)
          .parser(tools, thinking);
    }

    /// What the answer is held to.
    ///
    /// @param maxTokens of the answer
    AnswerRule rule(int maxTokens) {
      return new AnswerRule(
          switch (choice) {
            case ToolChoice.None _, ToolChoice.Auto _ -> OfferedTools.NONE;
            case ToolChoice.Required _ -> tools;
            case ToolChoice.Named(String name) -> tools.only(name);
          },
          strict ? tools : OfferedTools.NONE,
          thinking,
          thoughts.most(maxTokens));
    }
  }

  /// Of a list of prompts.
  private static final int MOST = 128;

  public Prompt {
    said = List.copyOf(said);
  }

  /// The prompts of a request: one of a chat, one or several of a text.
  static List<Prompt> read(CompletionKind kind, JsonFields fields, Backend backend) {
    return switch (kind) {
      case CHAT -> List.of(chat(fields, backend));
      case TEXT -> texts(fields, backend);
    };
  }

  private static Prompt chat(JsonFields fields, Backend backend) {
    Conversation chat = Conversation.read(fields);
    ThoughtFields thoughts = ThoughtFields.read(fields, backend);
    boolean strict = OfferedTools.strict(chat.tools()) && chat.choice() instanceof ToolChoice.Auto;
    if (strict
        && thoughts.shown() == ThoughtFields.Shown.IN_TEXT
        && backend.reading().form().thinking() != null) {
      throw ApiException.invalid(
          "reasoning_format",
          "unsupported_parameter",
          "reasoning_format = none leaves thoughts in the text, where calls are not held to their"
              + " schemas; leave it out, or strict out of the tools");
    }
    try {
      Map<String, Object> variables = chat.variables();
      variables.putAll(thoughts.variables());
      int[] ids = backend.encodeChat(variables);
      return new Prompt(
          ids,
          chat.said(),
          backend.reading().form().isPlain() && !chat.mustCall() && !strict
              ? null
              : new Reading(
                  OfferedTools.of(chat.tools()),
                  chat.parallel(),
                  backend.thinksAfter(ids),
                  chat.choice(),
                  strict,
                  thoughts));
    } catch (UnsupportedConversationException e) {
      throw ApiException.invalid(
          e.field(), "unsupported_parameter", String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) { // roles in an order that the template refuses, say
      throw ApiException.invalid("messages", String.valueOf(e.getMessage()));
    }
  }

  /// A text, a list of texts, a list of token ids, or a list of such lists. None begins a document.
  private static List<Prompt> texts(JsonFields fields, Backend backend) {
    boolean beginning = !fields.has("add_special_tokens") || fields.bool("add_special_tokens");
    @Nullable JsonNode prompt = fields.get("prompt");
    if (prompt == null || prompt.isString()) {
      return List.of(text(prompt == null ? "" : prompt.stringValue(), beginning, backend));
    }
    boolean several =
        prompt.isArray()
            && !prompt.isEmpty()
            && prompt.size() <= MOST
            && (allTexts(prompt) || allLists(prompt));
    if (!several) {
      return List.of(tokens(prompt, backend));
    }
    var all = new ArrayList<Prompt>();
    for (JsonNode each : prompt) {
      all.add(
          each.isString() ? text(each.stringValue(), beginning, backend) : tokens(each, backend));
    }
    return all;
  }

  private static boolean allTexts(JsonNode list) {
    return list.valueStream().allMatch(JsonNode::isString);
  }

  private static boolean allLists(JsonNode list) {
    return list.valueStream().allMatch(JsonNode::isArray);
  }

  private static Prompt text(String text, boolean beginning, Backend backend) {
    return new Prompt(
        backend.encodeText(text, beginning), List.of(new Rating.Message(Rating.TEXT, text)), null);
  }

  private static Prompt tokens(JsonNode list, Backend backend) {
    int most = backend.vocabularySize() - 1;
    boolean good =
        list.isArray()
            && !list.isEmpty()
            && list.valueStream()
                .allMatch(
                    id ->
                        id.isIntegralNumber()
                            && id.canConvertToInt()
                            && id.intValue() >= 0
                            && id.intValue() <= most);
    if (!good) {
      throw ApiException.invalid(
          "prompt",
          "prompt must be a text, a list of at most %d texts, or a list of token ids in 0 … %d (or of such lists)"
              .formatted(MOST, most));
    }
    int[] ids = list.valueStream().mapToInt(JsonNode::intValue).toArray();
    return new Prompt(ids, List.of(new Rating.Message(Rating.TEXT, backend.decode(ids))), null);
  }
}
