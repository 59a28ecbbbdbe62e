package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LlamaFolderTest {
  private static final String MINIMAL =
      """
      {"model_type": "llama", "vocab_size": 320, "hidden_size": 64, "num_hidden_layers": 3,
       "num_attention_heads": 4, "intermediate_size": 112 %s}
      """;

  @Test
  void what_is_written_is_read_again() {
    DecoderConfig config = DecoderConfig.ofDepth(6, 4096, 256);
    var specials = new LlamaFolder.Specials(0, List.of(0, 3));
    String json = LlamaFolder.configJson(config, specials);
    assertEquals(config, LlamaFolder.config(json));
    assertEquals(0, LlamaFolder.endOfText(json));
    assertEquals(List.of(0, 3), LlamaFolder.stops(LlamaFolder.generationConfigJson(specials)));
    assertTrue(json.contains("\"rms_norm_eps\" : 1.0E-5"), json);
  }

  @Test
  void what_a_config_leaves_out_is_as_in_transformers() {
    DecoderConfig config = LlamaFolder.config(MINIMAL.formatted(""));
    assertEquals(new DecoderConfig(320, 64, 3, 4, 4, 16, 112, 2048, 10_000f, 1e-6f, false), config);
    assertEquals(-1, LlamaFolder.endOfText(MINIMAL.formatted("")));
  }

  @Test
  void the_rotary_base_is_found_where_either_version_of_transformers_puts_it() {
    assertEquals(5e5f, LlamaFolder.config(MINIMAL.formatted(", \"rope_theta\": 500000.0")).theta());
    String five = ", \"rope_parameters\": {\"rope_theta\": 500000.0, \"rope_type\": \"default\"}";
    assertEquals(5e5f, LlamaFolder.config(MINIMAL.formatted(five)).theta());
  }

  @Test
  void what_the_decoder_does_not_compute_is_refused_by_name() {
    refuses("{\"model_type\": \"gpt2\"}", "model_type «gpt2»");
    refuses("{}", "model_type «»");
    refuses("[]", "no JSON object");
    refuses("{", "no JSON");
    refuses("{\"model_type\": \"llama\"}", "lacks");
    refuses(MINIMAL.formatted(", \"hidden_act\": \"gelu\""), "hidden_act = gelu");
    refuses(MINIMAL.formatted(", \"attention_bias\": true"), "attention_bias = true");
    refuses(MINIMAL.formatted(", \"num_key_value_heads\": 3"), "kvHeads = 3");
    refuses(
        MINIMAL.formatted(", \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8}"),
        "rope_type = llama3");
  }

  private static void refuses(String json, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> LlamaFolder.config(json)).toString();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void the_tensors_hold_exactly_the_models_numbers() {
    for (DecoderConfig config :
        List.of(
            DecoderConfig.ofDepth(4, 512, 64),
            new DecoderConfig(320, 64, 3, 4, 2, 24, 112, 64, 1e4f, 1e-6f, false))) {
      long sum = 0;
      for (long[] shape : LlamaFolder.tensors(config).values()) {
        sum += shape.length == 1 ? shape[0] : shape[0] * shape[1];
      }
      assertEquals(config.parameters(), sum);
    }
  }

  @Test
  void the_decoder_asks_for_exactly_the_tensors_of_the_list() {
    var config = new DecoderConfig(320, 64, 2, 4, 2, 16, 112, 64, 1e4f, 1e-6f, false);
    var left = LlamaFolder.tensors(config);
    new Decoder<>(
        config,
        dev.imago.tensor.AttentionShape.Rotary.HALVES,
        (names, rows, columns) -> {
          for (int i = 0; i < names.size(); i++) {
            long[] shape =
                columns == 0 ? new long[] {rows.get(i)} : new long[] {rows.get(i), columns};
            assertArrayEquals(shape, left.remove(names.get(i)), names.get(i));
          }
          return names;
        });
    assertTrue(left.isEmpty(), left.keySet().toString());
  }
}
