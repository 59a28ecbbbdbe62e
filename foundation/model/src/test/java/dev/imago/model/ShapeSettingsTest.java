package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.llama.LlamaShape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A setting of the shape does what it says, or is refused.
class ShapeSettingsTest {
  private static ModelShape of(String architecture, Map<String, String> settings) {
    return Architectures.ofDepth(architecture, 2, 320, 64, settings);
  }

  private static String told(String architecture, Map<String, String> settings) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> of(architecture, settings))
            .getMessage());
  }

  @Test
  void theBaseOfTheAnglesIsOneHoweverItIsNamed() {
    var whole = (LlamaShape) of("llama", Map.of("rope_theta", "500000"));
    var within = (LlamaShape) of("llama", Map.of("rope_parameters.rope_theta", "500000"));
    assertEquals(500_000f, whole.theta());
    assertEquals(whole, within);
  }

  @Test
  void whatWouldChangeNothingIsRefused() {
    assertEquals(
        "pretraining_tp = 2 would change nothing: the model keeps 1; leave it out",
        told("llama", Map.of("pretraining_tp", "2")));
    assertTrue(told("t5", Map.of("initializer_factor", "2")).contains("keeps 1.0"));
    assertTrue(
        told("t5", Map.of("decoder_start_token_id", "7"))
            .startsWith("decoder_start_token_id is no size"));
  }

  @Test
  void whatIsThereAlreadyMayBeSaid() {
    assertEquals(of("llama", Map.of()), of("llama", Map.of("pretraining_tp", "1.0")));
    assertEquals(of("gpt2", Map.of()), of("gpt2", Map.of("n_embd", "64")));
  }

  @Test
  void everyArchitectureTakesMoreTokensAndStaysWhatItIs() {
    for (String name : Architectures.names()) {
      ModelShape of = Architectures.ofDepth(name, 2, 320, 64);
      ModelShape more = Architectures.ofTokens(of, 333);
      assertEquals(333, more.vocabularySize(), name);
      assertEquals(of, Architectures.ofTokens(more, 320), name);
    }
    ModelShape tells =
        Architectures.ofDepth("bert", 2, 320, 64)
            .withOutput(new Output.Tags(List.of("O", "B-X", "I-X"), true));
    assertEquals(tells.output(), Architectures.ofTokens(tells, 400).output());
  }
}
