package dev.imago.model;

import dev.imago.model.AdapterConfig.Method;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Which fields of PEFT's `adapter_config.json` each method has here: those that are read, and
/// those that say nothing of the numbers. Whatever else says something is refused by name.
final class AdapterFields {
  /// Of every method.
  private static final Set<String> ALL =
      Set.of(
          "peft_type",
          "peft_version",
          "task_type",
          "auto_mapping",
          "base_model_name_or_path",
          "revision",
          "inference_mode",
          "modules_to_save");

  /// Of what stands in modules of the model; the tensors say themselves whose they are.
  private static final Set<String> MODULES =
      Set.of("target_modules", "exclude_modules", "fan_in_fan_out");

  private static final Set<String> LORA =
      Set.of(
          "r",
          "lora_alpha",
          "lora_dropout",
          "use_rslora",
          "use_dora",
          "bias",
          "alpha_pattern",
          "rank_pattern",
          "layers_to_transform",
          "layers_pattern",
          "init_lora_weights",
          "eva_config",
          "ensure_weight_tying",
          "trainable_token_indices",
          // Of methods that another field switches on.
          "megatron_core",
          "qalora_group_size");

  private static final Set<String> IA3 = Set.of("feedforward_modules", "init_ia3_weights");

  /// Of what stands before texts.
  private static final Set<String> VIRTUAL =
      Set.of(
          "num_virtual_tokens",
          "token_dim",
          "num_transformer_submodules",
          "num_attention_heads",
          "num_layers");

  /// How vectors began: the file has what came of it.
  private static final Set<String> PROMPT =
      Set.of(
          "prompt_tuning_init",
          "prompt_tuning_init_text",
          "tokenizer_name_or_path",
          "tokenizer_kwargs");

  /// How they were computed in training: likewise.
  private static final Set<String> PREFIX =
      Set.of("encoder_hidden_size", "prefix_projection", "init_weights");

  private AdapterFields() {}

  private static boolean has(Method method, String field) {
    return ALL.contains(field)
        || switch (method) {
          case LORA -> MODULES.contains(field) || LORA.contains(field);
          case IA3 -> MODULES.contains(field) || IA3.contains(field);
          case PROMPT_TUNING -> VIRTUAL.contains(field) || PROMPT.contains(field);
          case PREFIX_TUNING -> VIRTUAL.contains(field) || PREFIX.contains(field);
          case BOTTLENECK -> true; // AdapterHub's, which has fields of its own
        };
  }

  /// @throws IllegalArgumentException naming the field that would change the numbers and is not
  ///   computed
  static void refuse(Method method, JsonNode config) {
    for (Map.Entry<String, JsonNode> field : config.properties()) {
      if (!has(method, field.getKey()) && says(field.getValue())) {
        throw new IllegalArgumentException(
            "%s = %s is not computed for peft_type = %s, and the adapter's numbers would be others without; merge it with PEFT, and import the whole model"
                .formatted(
                    field.getKey(), ConfigJson.shortened(field.getValue().toString()), method));
      }
    }
  }

  /// Whether a field is no mere «not so».
  private static boolean says(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL, MISSING -> false;
      case BOOLEAN -> value.booleanValue();
      case ARRAY, OBJECT -> !value.isEmpty();
      default -> true;
    };
  }
}
