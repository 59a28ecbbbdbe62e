package dev.imago.model.llama;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.ConfigJson;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.RopeScaling;
import dev.imago.model.Specials;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LlamaTest {
  private static final String MINIMAL =
      """
      {"model_type": "llama", "vocab_size": 320, "hidden_size": 64, "num_hidden_layers": 3,
       "num_attention_heads": 4, "intermediate_size": 112 %s}
      """;

  private static LlamaShape with(String more) {
    return (LlamaShape) Architectures.read(MINIMAL.formatted(more));
  }

  @Test
  void what_is_written_is_read_again() {
    ModelShape shape = Architectures.ofDepth(6, 4096, 256);
    var specials = new Specials(0, List.of(0, 3));
    String json = shape.configJson(specials);
    assertEquals(shape, Architectures.read(json));
    assertEquals(0, new ConfigJson(json).endOfText());
    assertEquals(List.of(0, 3), new ConfigJson(ConfigJson.generation(specials)).stops());
    assertTrue(json.contains("\"rms_norm_eps\" : 1.0E-5"), json);
    for (String more :
        List.of(
            ", \"attention_bias\": true, \"mlp_bias\": true",
            ", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.5}",
            ", \"rope_parameters\": {\"rope_type\": \"llama3\", \"factor\": 8, \"rope_theta\":"
                + " 500000.0, \"low_freq_factor\": 1, \"high_freq_factor\": 4,"
                + " \"original_max_position_embeddings\": 8192}",
            ", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2.5}",
            ", \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4, \"mscale\": 0.7,"
                + " \"mscale_all_dim\": 0.3, \"beta_fast\": 16, \"truncate\": false}")) {
      assertEquals(with(more), Architectures.read(with(more).configJson(specials)));
    }
    for (String more :
        List.of(
            "mistral",
            "mistral\", \"sliding_window\": null, \"num_key_value_heads\": 2, \"prefix\": \"",
            "qwen2\", \"use_sliding_window\": true, \"max_window_layers\": 1, \"prefix\": \"",
            "qwen3\", \"attention_bias\": true, \"prefix\": \"",
            "phi3\", \"sliding_window\": 7, \"partial_rotary_factor\": 0.75, \"prefix\": \"",
            "phi3\", \"rope_scaling\": {\"type\": \"longrope\", \"short_factor\": [1, 1.5, 1, 1, 1,"
                + " 1, 1, 2], \"long_factor\": [2, 2, 2, 2, 2, 2, 2, 9]}, \"prefix\": \"")) {
      String config =
          MINIMAL
              .formatted("")
              .replace("llama", more)
              .replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 8")
              .replace("64", "128");
      assertEquals(
          Architectures.read(config),
          Architectures.read(Architectures.read(config).configJson(specials)),
          config);
    }
    ModelShape tagger = shape.withOutput(new Output.Tags(List.of("O", "B-PER")));
    assertEquals(tagger, Architectures.read(tagger.configJson(specials)));
    ModelShape classifier = shape.withOutput(new Output.Classes(List.of("体育", "财经", "x")));
    assertEquals(classifier, Architectures.read(classifier.configJson(specials)));
  }

  @Test
  void what_a_config_leaves_out_is_as_in_transformers() {
    LlamaShape shape = with("");
    assertEquals(2048, shape.context());
    assertEquals(1e-6f, shape.epsilon());
    assertEquals(10_000f, shape.theta());
    assertEquals(16, shape.headWidth());
    assertEquals(4, shape.kvHeads());
    assertEquals(-1, new ConfigJson(MINIMAL.formatted("")).endOfText());
  }

  @Test
  void the_rotary_base_is_found_where_either_version_of_transformers_puts_it() {
    assertEquals(5e5f, with(", \"rope_theta\": 500000.0").theta());
    assertEquals(
        5e5f,
        with(", \"rope_parameters\": {\"rope_theta\": 500000.0, \"rope_type\": \"default\"}")
            .theta());
  }

  @Test
  void what_is_not_computed_is_refused_by_name() {
    refuses("{\"model_type\": \"mamba\"}", "model_type = «mamba»");
    refuses("{}", "model_type = «»");
    refuses("[]", "no JSON object");
    refuses("{", "no JSON");
    refuses("{\"model_type\": \"llama\"}", "is missing");
    refuses(MINIMAL.formatted(", \"hidden_act\": \"gelu\""), "hidden_act = gelu");
    refuses(MINIMAL.formatted(", \"is_causal\": false"), "is_causal = false");
    refuses(
        MINIMAL.formatted(", \"attention_bias\": \"yes\""),
        "attention_bias = yes is neither true nor false");
    refuses(
        MINIMAL.formatted(
            ", \"architectures\": [\"LlamaForSequenceClassification\"], \"problem_type\":"
                + " \"token_ranking\""),
        "problem_type = token_ranking is not supported; single_label_classification,"
            + " multi_label_classification and regression are");
    refuses(
        "{\"model_type\": \"gpt2\", \"quantization_config\": {\"bits\": 4}}",
        "quantization_config");
    refuses(MINIMAL.formatted(", \"quantization_config\": {\"bits\": 4}"), "quantization_config");
    refuses(
        MINIMAL.formatted(", \"rope_scaling\": {\"rope_type\": \"mrope\", \"factor\": 8}"),
        "rope_type = mrope");
    refuses(MINIMAL.formatted(", \"partial_rotary_factor\": 0.5"), "partial_rotary_factor = 0.5");
    refuses(
        MINIMAL.formatted(", \"architectures\": [\"LlamaForMultipleChoice\"]"), "architectures");
    refuses(
        MINIMAL.formatted(", \"architectures\": [\"LlamaForMaskedLM\"]"),
        "what sees only what came before has no masked tokens");
    refuses(
        MINIMAL
            .replace("llama", "qwen2")
            .formatted(", \"layer_types\": [\"chunked_attention\", \"a\", \"b\"]"),
        "layer_types = chunked_attention");
    refuses(
        MINIMAL
            .replace("llama", "qwen3")
            .formatted(", \"layer_types\": [\"sliding_attention\"], \"head_dim\": 16"),
        "layer_types names 1 layers");
    refuses(
        MINIMAL.replace("llama", "phi3").formatted(", \"rope_scaling\": {\"type\": \"su\"}"),
        "rope_scaling.short_factor is missing");
  }

  @Test
  void absurd_numbers_are_refused_with_value_bound_and_mend() {
    refuses(MINIMAL.formatted(", \"rms_norm_eps\": NaN"), "rms_norm_eps = NaN is not from");
    refuses(
        MINIMAL.formatted(", \"rms_norm_eps\": 0"), "rms_norm_eps = 0 is not from 1.0E-15 to 0.1");
    refuses(MINIMAL.formatted(", \"rms_norm_eps\": -1e-6"), "rms_norm_eps = -1.0E-6");
    refuses(MINIMAL.formatted(", \"rope_theta\": 0"), "rope_theta = 0 is not from");
    refuses(MINIMAL.formatted(", \"rope_theta\": Infinity"), "rope_theta = Infinity");
    refuses(
        MINIMAL.formatted(", \"max_position_embeddings\": 0"), "max_position_embeddings = 0 is no");
    refuses(MINIMAL.formatted(", \"max_position_embeddings\": 2147483647"), "get it again");
    refuses(
        MINIMAL.formatted(", \"num_key_value_heads\": 3"), "kvHeads = 3 does not divide heads = 4");
    refuses(MINIMAL.formatted(", \"num_key_value_heads\": 8"), "num_key_value_heads = 8");
    refuses(
        MINIMAL.replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 0").formatted(""),
        "num_attention_heads = 0");
    refuses(MINIMAL.formatted(", \"head_dim\": 1.5"), "head_dim = 1.5 is no whole number");
    refuses(MINIMAL.formatted(", \"rms_norm_eps\": \"small\""), "is no number");
    Map<String, GgufValue> keys = new LinkedHashMap<>(with("").gguf("x", DataType.F32));
    for (float wrong : new float[] {Float.NaN, 0, -1, 7}) {
      keys.put("llama.attention.layer_norm_rms_epsilon", GgufValue.f32(wrong));
      ggufRefuses(keys, Map.of(), "llama.attention.layer_norm_rms_epsilon = ");
    }
    keys = new LinkedHashMap<>(with("").gguf("x", DataType.F32));
    keys.put("llama.rope.freq_base", GgufValue.f32(0));
    ggufRefuses(keys, Map.of(), "llama.rope.freq_base = 0 is not from");
    keys = new LinkedHashMap<>(with("").gguf("x", DataType.F32));
    keys.put("general.architecture", new GgufValue.Text("mamba"));
    ggufRefuses(keys, Map.of(), "general.architecture = «mamba»");
    keys.put("llama.attention.sliding_window", GgufValue.u32(8));
    keys.put("general.architecture", new GgufValue.Text("llama"));
    ggufRefuses(keys, Map.of(), "llama.attention.sliding_window = 8 is not supported");
    keys.put("llama.attention.sliding_window", GgufValue.u32(0));
    keys.put("general.architecture", new GgufValue.Text("llama"));
    keys.put("llama.expert_count", GgufValue.u32(8));
    ggufRefuses(keys, Map.of(), "llama.expert_count = 8 is not supported");
  }

  private static void refuses(String json, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Architectures.read(json)).toString();
    assertTrue(message.contains(reason), message);
  }

  private static void ggufRefuses(
      Map<String, GgufValue> keys, Map<String, HostTensor> tensors, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Architectures.read(keys, tensors))
            .toString();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void what_gguf_says_is_what_was_written() {
    for (LlamaShape shape :
        List.of(
            with(", \"rms_norm_eps\": 1e-5"),
            with(", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}"),
            with(", \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4}"),
            with(", \"attention_bias\": true"))) {
      assertEquals(
          shape, Architectures.read(shape.gguf("x", DataType.F32), tensors(shape, Form.GGUF)));
    }
    LlamaShape three =
        with(
            ", \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
                + " \"high_freq_factor\": 4, \"original_max_position_embeddings\": 64}");
    Map<String, HostTensor> tensors = tensors(three, Form.GGUF);
    tensors.putAll(three.ggufConstants());
    var read = (LlamaShape) Architectures.read(three.gguf("x", DataType.F32), tensors);
    assertEquals(three.scaling().divisors(16, 10_000f), read.scaling().divisors(16, 10_000f));
    new ModelTensors("file", read, Form.GGUF, tensors);
    tensors.put(RopeScaling.TENSOR, HostTensor.of(new float[] {1, 1}, 2));
    ggufRefuses(three.gguf("x", DataType.F32), tensors, "«rope_freqs.weight» is F32[2]");
    tensors.put(RopeScaling.TENSOR, HostTensor.of(new float[] {1, 0, 1, 1, 1, 1, 1, 1}, 8));
    ggufRefuses(three.gguf("x", DataType.F32), tensors, "rope_freqs.weight holds 0.0");
  }

  private static Map<String, HostTensor> tensors(ModelShape shape, Form form) {
    var to = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(form)
        .forEach(
            (name, lengths) -> {
              long size = 1;
              for (long length : lengths) {
                size *= length;
              }
              to.put(name, HostTensor.of(new float[(int) size], lengths));
            });
    return to;
  }

  @Test
  void a_tensor_that_is_missing_misshapen_or_to_spare_is_told() {
    LlamaShape shape = with("");
    for (Form form : Form.values()) {
      Map<String, HostTensor> tensors = tensors(shape, form);
      String biased =
          form == Form.GGUF ? "blk.1.attn_q.bias" : "model.layers.1.self_attn.q_proj.bias";
      tensors.put(biased, HostTensor.of(new float[64], 64));
      tensors.put("zzz" + "z".repeat(800), HostTensor.of(new float[1], 1));
      String message = told(shape, form, tensors);
      assertTrue(
          message.contains("has 2 tensors that a llama of its config has no place for"), message);
      assertTrue(message.contains("«" + biased + "» and others"), message);
      assertTrue(message.length() < 300, message);
    }
    Map<String, HostTensor> tensors = tensors(shape, Form.HUGGING_FACE);
    tensors.put("model.layers.0.self_attn.rotary_emb.inv_freq", HostTensor.of(new float[8], 8));
    new ModelTensors("file", shape, Form.HUGGING_FACE, tensors);
    tensors.put("model.norm.weight", HostTensor.of(new float[3], 3));
    assertTrue(told(shape, Form.HUGGING_FACE, tensors).contains("«model.norm.weight» is F32[3]"));
    tensors.remove("model.norm.weight");
    assertTrue(told(shape, Form.HUGGING_FACE, tensors).contains("no tensor «model.norm.weight»"));
  }

  private static String told(ModelShape shape, Form form, Map<String, HostTensor> tensors) {
    return assertThrows(
            IllegalArgumentException.class, () -> new ModelTensors("file", shape, form, tensors))
        .toString();
  }

  @Test
  void rows_of_queries_and_keys_go_to_gguf_in_pairs_and_their_biases_with_them() {
    LlamaShape shape = with(", \"attention_bias\": true");
    Map<String, HostTensor> tensors = tensors(shape, Form.HUGGING_FACE);
    float[] rows = new float[64];
    for (int i = 0; i < 64; i++) {
      rows[i] = i;
    }
    String name = "model.layers.0.self_attn.q_proj.bias";
    tensors.put(name, HostTensor.of(rows, 64));
    var view = new ModelTensors("file", shape, Form.HUGGING_FACE, tensors);
    Parameter bias =
        shape.parameters().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    float[] moved = view.forGguf(bias).toFloats();
    assertArrayEquals(
        new float[] {0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15, 16, 24},
        java.util.Arrays.copyOf(moved, 18));
  }

  @Test
  void the_forward_pass_asks_for_exactly_the_parameters_of_the_table() {
    for (LlamaShape shape : List.of(with(", \"attention_bias\": true"), with(""))) {
      var asked = new HashSet<String>();
      shape.model(
          parts -> {
            parts.forEach(p -> assertTrue(asked.add(p.name()), p.name() + " twice"));
            return parts;
          });
      var table = new HashSet<String>();
      shape.parameters().stream().filter(p -> !p.tied()).forEach(p -> table.add(p.name()));
      assertEquals(table, asked);
    }
  }
}
