package dev.imago.serve.completions;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.models.Backend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a request says of a model's thoughts, in OpenAI's fields, vLLM's, llama-server's, Ollama's.
///
/// @param variables of the chat template
/// @param most tokens of thoughts; −1 for as many as the model likes
/// @param share of the answer's longest length that thoughts may take, where `most` says nothing; 1
///   for all
/// @param shown what the client gets of them
record ThoughtFields(Map<String, Object> variables, int most, float share, Shown shown) {
  /// What a client gets of thoughts.
  enum Shown {
    /// In a field of their own.
    APART,
    /// Between their tags, in the text.
    IN_TEXT,
    /// Nothing.
    NOT
  }

  private static final String THINKING = "enable_thinking";
  private static final List<String> BUDGETS =
      List.of("reasoning_budget", "thinking_budget_tokens", "thinking_token_budget");

  /// What the conversation itself says.
  private static final Set<String> RESERVED =
      Set.of("messages", "tools", "documents", "add_generation_prompt");

  /// The part of an answer that an effort may think, where a template knows no efforts.
  private static final Map<String, Float> SHARES =
      Map.of("minimal", 0.1f, "low", 0.2f, "medium", 0.5f, "high", 0.8f, "xhigh", 0.95f);

  ThoughtFields {
    variables = Map.copyOf(variables);
  }

  /// @throws ApiException for what this model's template does not know
  static ThoughtFields read(JsonFields fields, Backend backend) {
    boolean thinks = backend.thinks();
    var variables = new LinkedHashMap<String, Object>();
    fields
        .object("chat_template_kwargs")
        .ifPresent(kwargs -> variables.putAll(templateVariables(kwargs, backend)));
    int most = budget(fields, thinks);
    float share = 1;
    Optional<String> effort = fields.string("reasoning_effort");
    if (effort.isPresent()) {
      String said = effort.get();
      if (!said.equals("none") && !SHARES.containsKey(said)) {
        throw ApiException.invalid(
            "reasoning_effort",
            "reasoning_effort = «%s» is none of none, minimal, low, medium, high, xhigh"
                .formatted(said));
      }
      if (backend.templateMentions("reasoning_effort")) {
        variables.putIfAbsent("reasoning_effort", said);
      } else if (said.equals("none")) {
        most = without(variables, backend, most);
      } else if (thinks) {
        share = SHARES.getOrDefault(said, 1f);
      } else if (!said.equals("medium")) {
        throw noThoughts("reasoning_effort", said, "\"none\" or \"medium\"");
      }
    }
    if (fields.has("think")) {
      boolean think = fields.bool("think");
      if (!think) {
        most = without(variables, backend, most);
      } else if (!thinks) {
        throw noThoughts("think", "true", "false");
      } else if (backend.templateMentions(THINKING)) {
        variables.putIfAbsent(THINKING, true);
      }
    }
    return new ThoughtFields(variables, most, share, shown(fields));
  }

  /// No thoughts: by the template's own switch where it has one, else by none being allowed.
  private static int without(Map<String, Object> variables, Backend backend, int most) {
    if (backend.templateMentions(THINKING)) {
      variables.putIfAbsent(THINKING, false);
      return most;
    }
    return backend.thinks() ? 0 : most;
  }

  private static ApiException noThoughts(String field, Object value, String neutral) {
    return ApiException.invalid(
        field,
        "unsupported_parameter",
        "%s = %s, and this model's chat template knows no thoughts: leave it out, or set it to %s"
            .formatted(field, value, neutral));
  }

  private static int budget(JsonFields fields, boolean thinks) {
    int most = -1;
    String by = "";
    for (String field : BUDGETS) {
      Optional<Long> given = fields.integer(field, -1, Integer.MAX_VALUE);
      if (given.isEmpty()) {
        continue;
      }
      int value = Math.toIntExact(given.get());
      if (!thinks && value > 0) {
        throw noThoughts(field, value, "0");
      }
      if (!by.isEmpty() && value != most) {
        throw ApiException.invalid(
            field,
            "%s = %d is another name of %s = %d; send one of them"
                .formatted(field, value, by, most));
      }
      most = value;
      by = field;
    }
    return thinks ? most : -1;
  }

  private static Map<String, Object> templateVariables(JsonFields kwargs, Backend backend) {
    for (String name : kwargs.names()) {
      if (RESERVED.contains(name)) {
        throw ApiException.invalid(
            kwargs.path(name), "%s is a field of the request itself".formatted(name));
      }
      if (kwargs.has(name) && !backend.templateMentions(name)) {
        throw ApiException.invalid(
            kwargs.path(name),
            "unknown_parameter",
            "this model's chat template has no variable «%s»; leave it out".formatted(name));
      }
    }
    var values = new LinkedHashMap<String, Object>();
    kwargs.values().forEach((name, value) -> values.compute(name, (_, _) -> value));
    return values;
  }

  private static Shown shown(JsonFields fields) {
    Optional<String> format = fields.string("reasoning_format");
    boolean hidden = fields.has("include_reasoning") && !fields.bool("include_reasoning");
    return switch (format.orElse("auto")) {
      case "none" -> {
        if (hidden) {
          throw ApiException.invalid(
              "reasoning_format",
              "reasoning_format = none leaves thoughts in the text, and include_reasoning = false"
                  + " leaves them out; send one of them");
        }
        yield Shown.IN_TEXT;
      }
      case "auto", "deepseek" -> hidden ? Shown.NOT : Shown.APART;
      default ->
          throw ApiException.invalid(
              "reasoning_format",
              "reasoning_format = «%s» is none of auto, deepseek, none"
                  .formatted(format.orElse("")));
    };
  }

  /// How many tokens an answer may think.
  ///
  /// @param maxTokens of the answer
  int most(int maxTokens) {
    return most >= 0 || share == 1 ? most : (int) (share * maxTokens);
  }
}
