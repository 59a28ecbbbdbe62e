package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is read of PEFT's `adapter_config.json`, and what is refused.
final class AdapterConfigTest {
  private static final String LORA =
      "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8, \"target_modules\": [\"q_proj\"]%s}";

  @Test
  void ofPatternsTheFirstThatFitsCountsAsInPeft() {
    AdapterConfig config =
        AdapterConfig.read(
            LORA.formatted(
                """
                , "rank_pattern": {"q_proj": 2},
                  "alpha_pattern": {"layers.1.self_attn.q_proj": 6, "q_proj": 3}\
                """));
    assertEquals(3.0, config.scale("model.layers.1.self_attn.q_proj", 2));
    assertEquals(1.5, config.scale("model.layers.0.self_attn.q_proj", 2));
    assertEquals(2.0, config.scale("model.layers.0.self_attn.v_proj", 4));
    AdapterConfig again = AdapterConfig.read(config.json());
    assertEquals(Map.of("q_proj", 2), again.ranks());
    assertEquals(config, again);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LORA|num_virtual_tokens|20",
        "LORA|feedforward_modules|[\"down_proj\"]",
        "LORA|loftq_config|{\"loftq_bits\": 4}",
        "IA3|use_dora|true",
        "IA3|rank_pattern|{\"q_proj\": 2}",
        "PROMPT_TUNING|encoder_hidden_size|64",
        "PREFIX_TUNING|lora_alpha|8"
      })
  void aFieldThatTheMethodDoesNotHaveIsRefusedByName(String method, String field, String value) {
    String json = "{\"peft_type\": \"%s\", \"%s\": %s}".formatted(method, field, value);
    var error = assertThrows(IllegalArgumentException.class, () -> AdapterConfig.read(json));
    assertTrue(error.getMessage().startsWith(field + " = "), error.getMessage());
    assertTrue(error.getMessage().contains("peft_type = " + method), error.getMessage());
  }
}
