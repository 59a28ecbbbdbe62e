package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tensor.Safetensors;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The model in training against transformers and torch.optim.AdamW (`IMAGO_PEERS`: a Python that
/// has them): logits, and five whole steps with clipping.
@Tag("conformance")
class TransformersConformanceTest {
  private static final String SCRIPT =
      """
      import sys, torch, transformers as tf
      from safetensors.torch import save_file
      out = sys.argv[1]; torch.manual_seed(3)
      c = tf.LlamaConfig(vocab_size=320, hidden_size=64, num_hidden_layers=3, num_attention_heads=4,
          num_key_value_heads=2, intermediate_size=96, max_position_embeddings=64, tie_word_embeddings=True)
      m = tf.LlamaForCausalLM(c)
      with torch.no_grad():
          for p in m.parameters(): p.add_(torch.randn_like(p) * 0.05)
      m.save_pretrained(out, safe_serialization=True)
      ids = torch.randint(5, 320, (4, 17))
      logits = m(input_ids=ids[:, :-1]).logits.detach().clone()
      decay = [p for p in m.parameters() if p.dim() > 1]; rest = [p for p in m.parameters() if p.dim() < 2]
      o = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}],
          lr=1e-3, betas=(0.9, 0.95), eps=1e-8)
      losses = []
      for _ in range(5):
          z = m(input_ids=ids[:, :-1]).logits
          loss = torch.nn.functional.cross_entropy(z.reshape(-1, 320), ids[:, 1:].reshape(-1))
          o.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0); o.step()
          losses.append(loss.detach())
      save_file({"ids": ids.int(), "logits": logits.contiguous(), "losses": torch.stack(losses)}, out + "/expected.safetensors")
      """;

  @TempDir Path folder;

  @Test
  void logitsAndFiveStepsAreThoseOfPyTorch() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(
        python != null, "skipped: IMAGO_PEERS names no Python with torch and transformers");
    Process process =
        new ProcessBuilder(python, "-c", SCRIPT, folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(Files.exists(folder.resolve("expected.safetensors")), said);
    try (var expected = Safetensors.open(folder.resolve("expected.safetensors"));
        var model = TrainableModel.read(folder, 2, Precision.F32)) {
      float[] all = expected.tensor("ids").toFloats();
      int[] ids = new int[4 * 16];
      int[] targets = new int[4 * 16];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = (int) all[i / 16 * 17 + i % 16];
        targets[i] = (int) all[i / 16 * 17 + i % 16 + 1];
      }
      Batch batch = Batch.of(4, 16, ids, targets);
      float[] logits = expected.tensor("logits").toFloats();
      float[] ours = model.logits(batch);
      for (int i = 0; i < logits.length; i++) {
        assertEquals(logits[i], ours[i], 2e-4f + 1e-4f * Math.abs(logits[i]), "logit " + i);
      }
      float[] losses = expected.tensor("losses").toFloats();
      for (int step = 1; step <= losses.length; step++) {
        model.replicas().clear();
        double loss = model.accumulate(batch, 1.0 / 64) / 64;
        model.replicas().update(step, 1e-3, new AdamW(0.9, 0.95, 1e-8, 0.1, 1));
        assertEquals(losses[step - 1], loss, 2e-3, "loss of step " + step);
      }
    }
  }
}
