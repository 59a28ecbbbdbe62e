package dev.imago.serve.completions;

import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import dev.imago.serve.fields.FieldUse;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.AutoRouting;
import dev.imago.serve.models.KeepAlive;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is done with each field of a request: all of OpenAI's description of its API, and what
/// clients of vLLM, llama.cpp, Ollama and text-generation-inference send beside them. A field that
/// would change the answer and is not supported is refused by name, since to pass over it would be
/// to lie; so is one that nobody knows, which is most likely misspelt.
///
/// `docs/serving.md` has this table for people, and `docs/serving-fields.md` that of all routes.
public final class RequestFields {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final Map<String, FieldUse> BOTH = new LinkedHashMap<>();
  private static final Map<String, FieldUse> CHAT = new LinkedHashMap<>();
  private static final Map<String, FieldUse> TEXT = new LinkedHashMap<>();

  static {
    honoured(
        BOTH,
        "model",
        AutoRouting.NAME,
        "stream",
        "stream_options",
        "n",
        "max_tokens",
        "max_completion_tokens",
        "min_tokens",
        "stop",
        "stop_token_ids",
        "ignore_eos",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "typical_p",
        "repetition_penalty",
        "repeat_penalty",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "dry_multiplier",
        "dry_base",
        "dry_allowed_length",
        "dry_penalty_last_n",
        "dry_sequence_breakers",
        "logprobs",
        "priority",
        "cache_salt",
        "seed",
        "response_format",
        "guided_json",
        "guided_regex",
        "guided_choice",
        "guided_grammar",
        "structured_outputs",
        "grammar",
        "json_schema",
        "user",
        KeepAlive.NAME);
    honoured(CHAT, "messages", "tools", "tool_choice", "parallel_tool_calls", "top_logprobs");
    honoured(
        CHAT,
        "reasoning_effort",
        "reasoning_budget",
        "thinking_budget_tokens",
        "thinking_token_budget",
        "reasoning_format",
        "include_reasoning",
        "chat_template_kwargs",
        "think");
    honoured(TEXT, "prompt", "add_special_tokens", "best_of", "echo");
    accepted(
        BOTH,
        "metadata",
        "store",
        "service_tier",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_retention",
        "prompt_cache_options",
        // vLLM, llama.cpp, Ollama
        "request_id",
        "cache_prompt",
        "id_slot");
    openAi();
    others();
  }

  private RequestFields() {}

  private static void openAi() {
    refused(CHAT, "modalities", "this model writes text only", "[\"text\"]");
    refused(CHAT, "audio", "this model writes text only");
    refused(CHAT, "prediction", "");
    refused(CHAT, "functions", "send tools", "[]");
    refused(CHAT, "function_call", "send tool_choice", "\"none\"", "\"auto\"");
    refused(CHAT, "verbosity", "set max_tokens", "\"medium\"");
    refused(CHAT, "web_search_options", "");
    refused(CHAT, "moderation", "");
    refused(TEXT, "suffix", "", "\"\"");
  }

  private static void others() {
    // vLLM
    refused(BOTH, "use_beam_search", "", "false");
    refused(BOTH, "length_penalty", "", "1");
    refused(BOTH, "early_stopping", "", "false");
    refused(BOTH, "include_stop_str_in_output", "", "false");
    refused(BOTH, "skip_special_tokens", "", "true");
    refused(BOTH, "spaces_between_special_tokens", "", "true");
    refused(BOTH, "truncate_prompt_tokens", "shorten the prompt");
    refused(BOTH, "prompt_logprobs", "");
    refused(BOTH, "allowed_token_ids", "set logit_bias");
    refused(BOTH, "bad_words", "set logit_bias", "[]");
    refused(BOTH, "return_tokens_as_token_ids", "", "false");
    refused(BOTH, "return_token_ids", "", "false");
    refused(BOTH, "logits_processors", "", "[]");
    for (String guided :
        List.of("guided_decoding_backend", "guided_whitespace_pattern", "structural_tag")) {
      refused(BOTH, guided, "");
    }
    refused(CHAT, "echo", "it is of /v1/completions", "false");
    refused(CHAT, "best_of", "", "1");
    refused(CHAT, "add_special_tokens", "the chat template writes them", "false");
    refused(CHAT, "add_generation_prompt", "", "true");
    refused(CHAT, "continue_final_message", "", "false");
    refused(CHAT, "documents", "put them into a message", "[]");
    refused(CHAT, "chat_template", "the model's own is used");
    // llama.cpp
    refused(BOTH, "n_predict", "set max_tokens");
    refused(BOTH, "repeat_last_n", "the penalty looks at the whole prompt and answer", "-1");
    refused(BOTH, "tfs_z", "", "1");
    refused(BOTH, "mirostat", "", "0");
    refused(BOTH, "mirostat_tau", "");
    refused(BOTH, "mirostat_eta", "");
    refused(BOTH, "dynatemp_range", "", "0");
    refused(BOTH, "dynatemp_exponent", "", "1");
    refused(BOTH, "xtc_probability", "", "0");
    refused(BOTH, "xtc_threshold", "");
    refused(BOTH, "top_n_sigma", "", "-1");
    refused(BOTH, "penalize_nl", "", "true");
    refused(BOTH, "samplers", "");
    refused(BOTH, "n_probs", "", "0");
    refused(BOTH, "min_keep", "", "0");
    refused(BOTH, "n_keep", "", "0");
    refused(BOTH, "t_max_predict_ms", "", "0");
    refused(BOTH, "timings_per_token", "", "false");
    refused(BOTH, "image_data", "this model reads text only", "[]");
    // Ollama and text-generation-inference
    refused(BOTH, "options", "give its settings as fields of the request", "{}");
    refused(BOTH, "format", "", "\"\"");
    refused(BOTH, "num_predict", "set max_tokens");
    refused(BOTH, "num_ctx", "the server decides how long a context is");
    refused(BOTH, "max_new_tokens", "set max_tokens");
    refused(BOTH, "max_length", "set max_tokens");
    refused(BOTH, "min_length", "set min_tokens", "0");
    refused(BOTH, "min_new_tokens", "set min_tokens", "0");
    refused(BOTH, "do_sample", "set temperature to 0 for false", "true");
    refused(BOTH, "no_repeat_ngram_size", "set dry_multiplier", "0");
    refused(BOTH, "num_beams", "", "1");
    refused(BOTH, "watermark", "", "false");
    refused(BOTH, "truncate", "shorten the prompt");
    refused(BOTH, "return_full_text", "", "false");
  }

  private static void honoured(Map<String, FieldUse> of, String... names) {
    Arrays.stream(names).forEach(name -> of.put(name, new FieldUse.Honoured()));
  }

  private static void accepted(Map<String, FieldUse> of, String... names) {
    Arrays.stream(names).forEach(name -> of.put(name, new FieldUse.Accepted()));
  }

  private static void refused(
      Map<String, FieldUse> of, String name, String instead, String... neutral) {
    of.put(
        name,
        new FieldUse.Refused(
            Arrays.stream(neutral).<JsonNode>map(JSON::readTree).toList(), instead));
  }

  /// The fields of both kinds of requests.
  public static List<RouteFields> all() {
    return Arrays.stream(CompletionKind.values())
        .map(kind -> new RouteFields(kind.path, of(kind)))
        .toList();
  }

  /// What says how an answer is drawn, in either kind of request, which other routes take as it is.
  public static RouteFields sampling(String path) {
    return RouteFields.of(path)
        .honoured(
            "min_tokens",
            "stop_token_ids",
            "ignore_eos",
            "top_k",
            "min_p",
            "typical_p",
            "repetition_penalty",
            "repeat_penalty",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "dry_multiplier",
            "dry_base",
            "dry_allowed_length",
            "dry_penalty_last_n",
            "dry_sequence_breakers",
            "priority",
            "cache_salt",
            "seed",
            "chat_template_kwargs");
  }

  /// Made once; apart, so that it is made after the fields are known.
  private static final class All {
    static final Map<String, FieldUse> OF_CHATS = all(CHAT);
    static final Map<String, FieldUse> OF_TEXTS = all(TEXT);

    private static Map<String, FieldUse> all(Map<String, FieldUse> own) {
      var all = new LinkedHashMap<>(BOTH);
      all.putAll(own);
      return Collections.unmodifiableMap(all);
    }
  }

  /// All fields of a kind of request, by name.
  static Map<String, FieldUse> of(CompletionKind kind) {
    return kind == CompletionKind.CHAT ? All.OF_CHATS : All.OF_TEXTS;
  }

  /// Refuses what would be passed over.
  ///
  /// @throws ApiException naming the field
  static void check(CompletionKind kind, JsonFields fields) {
    Map<String, FieldUse> known = of(kind);
    for (String name : fields.names()) {
      if (!fields.has(name)) {
        continue;
      }
      switch (known.get(name)) {
        case FieldUse.Honoured _, FieldUse.Accepted _ -> {}
        case FieldUse.Refused refused ->
            fields.refuseBut(name, refused.neutral(), refused.instead());
        case null -> {
          CompletionKind other =
              kind == CompletionKind.CHAT ? CompletionKind.TEXT : CompletionKind.CHAT;
          if (of(other).containsKey(name)) {
            throw ApiException.invalid(
                name,
                "unknown_parameter",
                "%s is no field of %s; it is one of %s".formatted(name, kind.path, other.path));
          }
          throw fields.unknown(name, known.keySet());
        }
      }
    }
  }
}
