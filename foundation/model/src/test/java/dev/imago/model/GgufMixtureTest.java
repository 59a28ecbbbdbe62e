package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.imago.model.llama.LlamaShape;
import dev.imago.tensor.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GgufMixtureTest {
  private static LlamaShape shape(int width, boolean tied) {
    return LlamaShape.plain(320, width, 16, 4, 2, width / 4, 2 * width, 128, tied);
  }

  private static DataType of(GgufMixture mixture, LlamaShape shape, String ggufName) {
    Parameter parameter =
        shape.parameters().stream()
            .filter(p -> !p.tied() && p.storedName(Form.GGUF).equals(ggufName))
            .findFirst()
            .orElseThrow();
    return mixture.of(parameter, shape.parameters());
  }

  @Test
  void medium_mixtures_give_six_bits_to_what_suffers_most() {
    LlamaShape shape = shape(256, false);
    // llama.cpp's choice of sixteen layers: the first eighth, the last, every third between.
    List<Integer> more = List.of(0, 1, 4, 7, 10, 13, 14, 15);
    for (int layer = 0; layer < 16; layer++) {
      DataType wanted = more.contains(layer) ? DataType.Q6_K : DataType.Q4_K;
      String block = "blk." + layer + ".";
      assertEquals(wanted, of(GgufMixture.Q4_K_M, shape, block + "ffn_down.weight"), block);
      assertEquals(wanted, of(GgufMixture.Q4_K_M, shape, block + "attn_v.weight"), block);
      assertEquals(DataType.Q5_K, of(GgufMixture.Q5_K_M, shape, block + "attn_q.weight"));
      assertEquals(DataType.F32, of(GgufMixture.Q5_K_M, shape, block + "attn_norm.weight"));
    }
    assertEquals(DataType.Q6_K, of(GgufMixture.Q4_K_M, shape, "output.weight"));
    assertEquals(DataType.Q4_K, of(GgufMixture.Q4_K_M, shape, "token_embd.weight"));
    assertEquals(DataType.Q6_K, of(GgufMixture.Q4_0, shape(256, true), "token_embd.weight"));
    assertEquals(DataType.Q8_0, of(GgufMixture.Q8_0, shape, "output.weight"));
    assertEquals(DataType.F16, of(GgufMixture.F16, shape, "output.weight"));
  }

  @Test
  void rows_of_no_whole_blocks_have_smaller_blocks_or_none() {
    LlamaShape narrow = shape(96, true);
    assertEquals(DataType.Q5_0, of(GgufMixture.Q4_K_M, narrow, "blk.2.attn_q.weight"));
    assertEquals(DataType.Q8_0, of(GgufMixture.Q4_K_M, narrow, "blk.0.attn_v.weight"));
    assertEquals(DataType.Q5_1, of(GgufMixture.Q5_K_M, narrow, "blk.2.attn_q.weight"));
    assertEquals(DataType.Q8_0, of(GgufMixture.Q6_K, narrow, "blk.2.attn_q.weight"));
    assertEquals(DataType.Q8_0, of(GgufMixture.Q4_0, narrow, "token_embd.weight"));
    assertEquals(DataType.F16, of(GgufMixture.Q4_0, shape(40, true), "blk.2.attn_q.weight"));
  }

  @Test
  void a_name_is_found_in_any_case_and_an_unknown_one_told() {
    assertEquals(GgufMixture.Q4_K_M, GgufMixture.named("q4_k_m"));
    assertThrows(IllegalArgumentException.class, () -> GgufMixture.named("Q4_K_S"));
    assertEquals(GgufMixture.Q5_K_M, GgufMixture.of(DataType.Q5_K));
    assertThrows(IllegalArgumentException.class, () -> GgufMixture.of(DataType.Q2_K));
  }
}
