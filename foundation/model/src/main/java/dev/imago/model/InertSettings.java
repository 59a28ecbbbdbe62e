package dev.imago.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The settings of a `config.json` that no architecture reads and that change no score all the
/// same. What is neither read nor here is refused ([ConfigJson#refuseUnread]): a setting that
/// nobody knows may be one that the scores depend on.
final class InertSettings {
  /// Whose file it is, and what wrote it.
  private static final Set<String> ORIGIN =
      Set.of(
          "_commit_hash",
          "_name_or_path",
          "auto_map",
          "base_model_prefix",
          "finetuning_task",
          "is_llama_config",
          "language",
          "name_or_path",
          "task_specific_params",
          "transformers.js_config",
          "transformers_version",
          "trust_remote_code",
          "unsloth_fixed",
          "unsloth_version");

  /// How transformers computes the same numbers: with which kernels, in which pieces, in which
  /// precision, and what it hands back with them. The type of the numbers stands beside each
  /// tensor.
  private static final Set<String> COMPUTATION =
      Set.of(
          "_attn_implementation",
          "_attn_implementation_autoset",
          "_attn_implementation_internal",
          "_experts_implementation",
          "_flash_attn_2_enabled",
          "attn_implementation",
          "cache_implementation",
          "chunk_size_feed_forward",
          "dtype",
          "gradient_checkpointing",
          "keys_to_ignore_at_inference",
          "output_attentions",
          "output_hidden_states",
          "output_past",
          "pretraining_tp",
          "reorder_and_upcast_attn",
          "return_dict",
          "torch_dtype",
          "torchscript",
          "use_bfloat16",
          "use_cache",
          "use_flash_attention_2",
          "use_flash_attn");

  /// What training draws or leaves out; a recipe says that here.
  private static final Set<String> TRAINING =
      Set.of(
          "activation_dropout",
          "attention_dropout",
          "attention_probs_dropout_prob",
          "attn_pdrop",
          "classifier_dropout",
          "classifier_dropout_prob",
          "dropout",
          "dropout_rate",
          "embd_pdrop",
          "embedding_dropout",
          "hidden_dropout",
          "hidden_dropout_prob",
          "initializer_factor",
          "initializer_range",
          "layerdrop",
          "problem_type",
          "resid_pdrop",
          "summary_first_dropout",
          "tf_legacy_loss");

  /// Which ids have a role, and how answers are drawn: files beside the weights, and who asks, say
  /// that.
  private static final Set<String> GENERATION =
      Set.of(
          "bad_words_ids",
          "begin_suppress_tokens",
          "bos_token_id",
          "cls_token_id",
          "decoder_start_token_id",
          "diversity_penalty",
          "do_sample",
          "early_stopping",
          "encoder_no_repeat_ngram_size",
          "eos_token_id",
          "exponential_decay_length_penalty",
          "forced_bos_token_id",
          "forced_eos_token_id",
          "length_penalty",
          "mask_token_id",
          "max_length",
          "max_new_tokens",
          "min_length",
          "model_max_length",
          "no_repeat_ngram_size",
          "num_beam_groups",
          "num_beams",
          "num_return_sequences",
          "output_scores",
          "pad_token_id",
          "prefix",
          "remove_invalid_values",
          "repetition_penalty",
          "return_dict_in_generate",
          "sep_token_id",
          "suppress_tokens",
          "temperature",
          "tokenizer_class",
          "top_k",
          "top_p",
          "typical_p",
          "unk_token_id");

  /// Of heads that are not here, or that say nothing of this one: GPT-2's summary, the pooler of
  /// BERT's first files, the names of labels in a model that tells none.
  private static final Set<String> OTHER_HEADS =
      Set.of(
          "directionality",
          "id2label",
          "label2id",
          "n_ctx",
          "num_labels",
          "pooler_fc_size",
          "pooler_num_attention_heads",
          "pooler_num_fc_layers",
          "pooler_size_per_head",
          "pooler_type",
          "summary_activation",
          "summary_proj_to_labels",
          "summary_type",
          "summary_use_proj");

  private static final List<Set<String>> ALWAYS =
      List.of(ORIGIN, COMPUTATION, TRAINING, GENERATION, OTHER_HEADS);

  /// Settings that change nothing at these values.
  private static final Map<String, String> NEUTRAL = neutral();

  private InertSettings() {}

  private static Map<String, String> neutral() {
    var to = new LinkedHashMap<String, String>();
    for (String off :
        List.of(
            "add_cross_attention",
            "attention_bias",
            "is_decoder",
            "is_encoder_decoder",
            "lm_head_bias",
            "mlp_bias",
            "output_router_logits",
            "qk_layernorm",
            "rope_interleaved",
            "tie_encoder_decoder",
            "use_mrope",
            "use_qk_norm",
            "use_sliding_window")) {
      to.put(off, "false");
    }
    to.put("full_attn_mod", "1");
    to.put("interpolate_factor", "1");
    to.put("is_causal", "true");
    to.put("partial_rotary_factor", "1");
    to.put("pruned_heads", "{}");
    return Map.copyOf(to);
  }

  /// Refuses a setting that may change the scores.
  ///
  /// @param shown its name for messages
  static void check(String shown, String name, JsonNode value, String architecture) {
    String neutral = NEUTRAL.get(name);
    if (neutral != null && !same(value, neutral)) {
      throw new IllegalArgumentException(
          "%s = %s is not supported in a %s; %s is"
              .formatted(shown, ConfigJson.shortened(value.toString()), architecture, neutral));
    }
    if (neutral == null && ALWAYS.stream().noneMatch(s -> s.contains(name))) {
      throw new IllegalArgumentException(
          "%s = %s in config.json is no setting of a %s that is known here, and the scores may depend on it; if they do not, take it out of the file"
              .formatted(shown, ConfigJson.shortened(value.toString()), architecture));
    }
  }

  private static boolean same(JsonNode value, String neutral) {
    return value.isNumber() && neutral.matches("\\d+")
        ? value.asDouble() == Integer.parseInt(neutral)
        : value.toString().equals(neutral);
  }
}
