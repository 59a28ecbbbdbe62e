package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rates of dropout go into `config.json` and come out of it, under transformers' names.
class DropoutFieldsTest {
  private static final Specials SPECIALS = new Specials(0, List.of(0));

  static List<String> names() {
    return Architectures.names();
  }

  private static ModelShape dropping(String name) {
    return Architectures.ofDepth(name, 2, 64, 16)
        .withDropout(new Dropout(0.25f, 0.125f, 0.375f, 0.375f, name.equals("gru")));
  }

  @ParameterizedTest
  @MethodSource("names")
  void ratesComeBackAsTheyWere(String name) {
    ModelShape shape = dropping(name);
    assertEquals(shape, Architectures.read(shape.configJson(SPECIALS)));
    Dropout dropout = shape.dropout();
    assertTrue(dropout.attention() > 0 || dropout.residual() > 0, "none at all");
    ModelShape without = Architectures.ofDepth(name, 2, 64, 16);
    assertEquals(Dropout.NONE, without.dropout());
    assertEquals(without, Architectures.read(without.configJson(SPECIALS)));
  }

  @Test
  void fieldsAreThoseOfTransformers() {
    ConfigJson gpt2 = new ConfigJson(dropping("gpt2").configJson(SPECIALS));
    assertEquals("0.25", gpt2.text("embd_pdrop", ""));
    assertEquals("0.125", gpt2.text("attn_pdrop", ""));
    assertEquals("0.375", gpt2.text("resid_pdrop", ""));
    ConfigJson bert = new ConfigJson(dropping("bert").configJson(SPECIALS));
    assertEquals("0.125", bert.text("attention_probs_dropout_prob", ""));
    assertEquals("0.375", bert.text("hidden_dropout_prob", ""));
    assertEquals(
        "0.125",
        new ConfigJson(dropping("llama").configJson(SPECIALS)).text("attention_dropout", ""));
    assertEquals(
        "0.375", new ConfigJson(dropping("t5").configJson(SPECIALS)).text("dropout_rate", ""));
  }

  @Test
  void aMissingFieldIsWhatTransformersTakesItFor() {
    String gpt2 =
        Architectures.ofDepth("gpt2", 1, 64, 16)
            .configJson(SPECIALS)
            .replaceAll("\"(attn|embd|resid)_pdrop\" : 0.0,", "");
    assertEquals(new Dropout(0.1f, 0.1f, 0.1f, 0, false), Architectures.read(gpt2).dropout());
  }

  @Test
  void aRateThatLeavesNothingIsRefusedByName() {
    String config =
        Architectures.ofDepth("bert", 1, 64, 16)
            .configJson(SPECIALS)
            .replace("\"hidden_dropout_prob\" : 0.0", "\"hidden_dropout_prob\" : 1.5");
    var refusal = assertThrows(IllegalArgumentException.class, () -> Architectures.read(config));
    assertTrue(refusal.getMessage().contains("hidden_dropout_prob = 1.5"), refusal.getMessage());
  }
}
