package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// No setting of a file is passed over that the scores may depend on.
final class InertSettingsTest {
  private static final String SMALL =
      """
      "vocab_size": 320, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
      "num_key_value_heads": 2, "intermediate_size": 112, "max_position_embeddings": 64
      """;
  private static final String GPT2 =
      "{\"model_type\": \"gpt2\", \"vocab_size\": 320, \"n_embd\": 64, \"n_layer\": 1, \"n_head\":"
          + " 4%s}";
  private static final String T5 =
      "{\"model_type\": \"t5\", \"vocab_size\": 320, \"d_model\": 64, \"d_ff\": 96, \"num_layers\":"
          + " 1, \"num_heads\": 4%s}";

  private static String of(String type, String more) {
    return "{\"model_type\": \"%s\", %s%s}".formatted(type, SMALL, more);
  }

  private static void reads(String json) {
    assertDoesNotThrow(() -> Architectures.read(json), json);
  }

  private static String told(String json) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> Architectures.read(json), json)
            .getMessage());
  }

  @Test
  void what_the_released_models_say_of_themselves_is_read() {
    reads(
        of(
            "llama",
            """
            , "architectures": ["LlamaForCausalLM"], "attention_bias": false, "head_dim": 16,
            "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": [2, 3], "mlp_bias": false,
            "hidden_act": "silu", "initializer_range": 0.02, "pretraining_tp": 1,
            "rms_norm_eps": 1e-05, "rope_interleaved": false, "rope_theta": 500000.0,
            "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
              "original_max_position_embeddings": 8192, "rope_type": "llama3"},
            "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true,
            "transformers_version": "4.45.0.dev0", "is_llama_config": true, "pad_token_id": null,
            "transformers.js_config": {"kv_cache_dtype": {"q4f16": "float16"}}
            """));
    reads(
        of(
            "qwen2",
            """
            , "attention_dropout": 0.0, "max_window_layers": 21, "use_mrope": false,
            "rope_theta": 1000000.0, "sliding_window": 32768, "use_sliding_window": false
            """));
    reads(
        of(
            "phi3",
            """
            , "_name_or_path": "x", "auto_map": {"AutoConfig": "configuration_phi3.Phi3Config"},
            "embd_pdrop": 0.0, "resid_pdrop": 0.0, "original_max_position_embeddings": 64,
            "rope_scaling": null, "rope_theta": 10000.0, "sliding_window": 2047,
            "attention_bias": false, "interpolate_factor": 1, "full_attn_mod": 1,
            "lm_head_bias": false, "partial_rotary_factor": 0.5
            """));
    reads(
        of(
            "gemma3_text",
            """
            , "attn_logit_softcapping": null, "cache_implementation": "hybrid", "head_dim": 16,
            "final_logit_softcapping": null, "hidden_activation": "gelu_pytorch_tanh",
            "query_pre_attn_scalar": 16, "rope_local_base_freq": 10000, "rope_scaling": null,
            "rope_theta": 1000000, "sliding_window": 8, "sliding_window_pattern": 2
            """));
    reads(
        GPT2.formatted(
            """
            , "attn_pdrop": 0.1, "n_ctx": 1024, "summary_type": "cls_index", "resid_pdrop": 0.1,
            "summary_use_proj": true, "summary_first_dropout": 0.1, "n_inner": null,
            "reorder_and_upcast_attn": false, "scale_attn_weights": true,
            "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}}
            """));
    reads(
        of(
                "bert",
                """
                , "architectures": ["BertForMaskedLM"], "directionality": "bidi",
                "gradient_checkpointing": false, "pooler_fc_size": 768, "type_vocab_size": 2,
                "pooler_type": "first_token_transform", "position_embedding_type": "absolute"
                """)
            .replace("\"num_key_value_heads\": 2,", ""));
    reads(
        T5.formatted(
            """
            , "d_kv": 16, "dense_act_fn": "gelu_new", "feed_forward_proj": "gated-gelu",
            "is_encoder_decoder": true, "is_gated_act": true, "output_past": true,
            "n_positions": 512, "tie_word_embeddings": false, "dropout_rate": 0.1
            """));
  }

  @Test
  void what_this_writes_is_read() {
    var specials = new Specials(3, List.of(3));
    for (String name : Architectures.names()) {
      ModelShape shape = Architectures.ofDepth(name, 2, 320, 64);
      assertEquals(shape, Architectures.read(shape.configJson(specials)));
    }
  }

  @Test
  void a_setting_that_nobody_knows_is_refused_by_name() {
    for (String type : List.of("llama", "mistral", "qwen3", "gemma3_text", "bert", "lstm")) {
      String told = told(of(type, ", \"logits_scaling\": 8.0"));
      assertTrue(told.startsWith("logits_scaling = 8.0") || type.matches("bert|lstm"), told);
    }
    String plain = of("llama", ", \"residual_multiplier\": 0.22");
    assertTrue(
        told(plain)
            .startsWith("residual_multiplier = 0.22 in config.json is no setting of a llama"),
        told(plain));
    assertTrue(told(of("lstm", ", \"x\": 1")).contains("num_attention_heads"));
    assertTrue(
        told(of("llama", ", \"sliding_window\": 8")).startsWith("sliding_window = 8"), "of llama");
    assertTrue(told(GPT2.formatted(", \"n_shared\": 2")).startsWith("n_shared = 2"), "of GPT-2");
    assertTrue(told(T5.formatted(", \"d_extra\": [1]")).startsWith("d_extra = [1]"), "of T5");
  }

  @Test
  void a_setting_within_a_setting_is_no_exception() {
    String rope =
        ", \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2, \"mrope_section\": [1]}";
    assertTrue(told(of("qwen2", rope)).startsWith("rope_scaling.mrope_section = [1]"));
    String unused = ", \"rope_scaling\": {\"rope_type\": \"default\", \"factor\": 2}";
    assertTrue(told(of("qwen2", unused)).startsWith("rope_scaling.factor = 2"));
    assertTrue(
        told(of("llama", ", \"rope_scaling\": 4")).startsWith("rope_scaling = 4 is no JSON"));
    String two =
        ", \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2}, \"rope_parameters\":"
            + " {\"rope_type\": \"linear\", \"factor\": %d, \"rope_theta\": 10000.0}";
    reads(of("llama", two.formatted(2)));
    assertTrue(told(of("llama", two.formatted(4))).contains("say different things"));
  }

  @Test
  void a_setting_that_is_neutral_at_one_value_is_refused_at_others() {
    reads(of("mistral", ", \"attention_bias\": false"));
    assertEquals(
        "attention_bias = true is not supported in a mistral; false is",
        told(of("mistral", ", \"attention_bias\": true")));
    reads(of("qwen3", ", \"is_encoder_decoder\": false, \"pruned_heads\": {}"));
    assertTrue(told(of("qwen3", ", \"pruned_heads\": {\"1\": [0]}")).startsWith("pruned_heads"));
    assertTrue(
        told(of("llama", ", \"layer_types\": [\"full_attention\", \"sliding_attention\"]"))
            .contains("want one"));
    assertTrue(
        told(T5.formatted(", \"feed_forward_proj\": \"relu\", \"is_gated_act\": true"))
            .startsWith("is_gated_act = true"));
    assertTrue(
        told(T5.formatted(", \"feed_forward_proj\": \"relu\", \"dense_act_fn\": \"silu\""))
            .contains("say different things"));
  }

  @Test
  void a_gguf_key_that_nobody_knows_is_refused_in_every_architecture() {
    for (String name : List.of("llama", "gpt2", "gemma3_text")) {
      ModelShape shape = Architectures.ofDepth(name, 2, 320, 64);
      Map<String, GgufValue> keys = new LinkedHashMap<>(shape.gguf("x", DataType.F32));
      String prefix = name.replace("_text", "") + ".";
      assertEquals(shape, Architectures.read(keys, Map.of()));
      keys.put(prefix + "expert_count", GgufValue.u32(0));
      keys.put(prefix + "attention.causal", new GgufValue.Bool(true));
      keys.put(prefix + "rope.scaling.finetuned", new GgufValue.Bool(true));
      keys.put("other.expert_count", GgufValue.u32(8));
      assertEquals(shape, Architectures.read(keys, Map.of()));
      for (Map.Entry<String, GgufValue> wrong :
          Map.of(
                  "attn_logit_softcapping", GgufValue.f32(50),
                  "attention.scale", GgufValue.f32(1),
                  "attention.causal", new GgufValue.Bool(false),
                  "rope.scaling.attn_factor", GgufValue.f32(1.2f),
                  "rope.dimension_sections",
                      new GgufValue.Wholes(GgufValue.Type.INT32, List.of(1L)))
              .entrySet()) {
        Map<String, GgufValue> broken = new LinkedHashMap<>(keys);
        broken.put(prefix + wrong.getKey(), wrong.getValue());
        String told =
            String.valueOf(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Architectures.read(broken, Map.of()),
                        wrong.getKey())
                    .getMessage());
        assertTrue(told.startsWith(prefix + wrong.getKey() + " = "), told);
      }
    }
  }

  @Test
  void a_tokenizer_of_another_size_than_the_embedding_is_refused() {
    ModelShape shape = Architectures.ofDepth(1, 1000, 64);
    shape.checkTokenizer(1000, 1000);
    shape.checkTokenizer(1000, 1001); // an image's token, say, that no text becomes
    shape.checkTokenizer(990, 990);
    for (int ids : new int[] {1001, 499}) {
      String told =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> shape.checkTokenizer(ids, ids))
                  .getMessage());
      assertTrue(told.contains("1,000 rows (vocab_size): it belongs to another model"), told);
    }
  }
}
