package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Draw;
import dev.imago.torch.Objective;
import dev.imago.torch.Precision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small BERT on WikiText-2's `valid`, byte by byte, against transformers and torch.optim.AdamW
/// (`IMAGO_PEERS`: a Python that has them; `IMAGO_SHARED` for the text): from the same start, with
/// the same masks and rates, the same losses for two hundred steps.
@Tag("conformance")
class MaskedConformanceTest {
  private static final int STEPS = 200;
  private static final int ROWS = 8;
  private static final int LENGTH = 64;
  private static final int MASK = 256;

  @TempDir Path folder;

  private static TokenText text() throws Exception {
    String named = System.getenv("IMAGO_SHARED");
    Path shared =
        named == null
            ? Path.of(System.getProperty("imago.root"), "..", "shared").normalize()
            : Path.of(named);
    Path file = shared.resolve("data/wikitext2/valid.txt");
    Assumptions.assumeTrue(Files.exists(file), "skipped: no " + file);
    byte[] bytes = Files.readAllBytes(file);
    return new TokenText() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public void read(long position, int[] to) {
        for (int i = 0; i < to.length; i++) {
          to[i] = bytes[(int) position + i] & 0xff;
        }
      }

      @Override
      public int documents() {
        return 1;
      }

      @Override
      public long start(int document) {
        return document == 0 ? 0 : bytes.length;
      }
    };
  }

  @Test
  void twoHundredStepsOfBertAreThoseOfTransformers() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(
        python != null, "skipped: IMAGO_PEERS names no Python with torch and transformers");
    var hiding =
        new MaskedTokens(
            new Windows(text(), LENGTH, ROWS, 1, false, 7),
            Masking.USUAL,
            (before, id) -> false,
            new MaskedTokens.Vocabulary(MASK, MASK, new BitSet()),
            7);
    int size = ROWS * LENGTH;
    float[] ids = new float[STEPS * size];
    float[] targets = new float[STEPS * size];
    for (int step = 1; step <= STEPS; step++) {
      Batch batch = hiding.step(step).getFirst();
      for (int i = 0; i < size; i++) {
        ids[(step - 1) * size + i] = batch.ids()[i];
        targets[(step - 1) * size + i] =
            batch.targets()[i] == Batch.IGNORED ? -100 : batch.targets()[i];
      }
    }
    var schedule = new Schedule(1e-3, 0.1, 10, STEPS);
    var given = new LinkedHashMap<String, HostTensor>();
    given.put("ids", HostTensor.of(ids, STEPS, ROWS, LENGTH));
    given.put("targets", HostTensor.of(targets, STEPS, ROWS, LENGTH));
    float[] rates = new float[STEPS];
    for (int step = 1; step <= STEPS; step++) {
      rates[step - 1] = (float) schedule.at(step);
    }
    given.put("rates", HostTensor.of(rates, STEPS));
    Safetensors.write(folder.resolve("given.safetensors"), given, Safetensors.FORMAT_PT);
    try (var model =
        TrainableModel.random(
            Architectures.ofDepth("bert", 2, MASK + 1, LENGTH), 7, 2, Precision.F32)) {
      model.write(folder, new Specials(0, List.of(0)));
      float[] theirs = peer(python);
      assertEquals(STEPS, theirs.length);
      double first = 0;
      double loss = 0;
      for (int step = 1; step <= STEPS; step++) {
        Batch batch = hiding.step(step).getFirst();
        model.replicas().clear();
        int counted = Objective.LIKELIHOOD.count(batch);
        loss =
            model.accumulate(
                    Objective.LIKELIHOOD, batch.drawing(new Draw(7, step, 0)), 1.0 / counted)
                / counted;
        model.replicas().update(step, schedule.at(step), new AdamW(0.9, 0.95, 1e-6, 0.01, 1));
        assertEquals(theirs[step - 1], loss, 1e-3, "loss of step " + step);
        first = step == 1 ? loss : first;
      }
      assertTrue(loss < first - 1.5, first + " → " + loss);
    }
  }

  private float[] peer(String python) throws Exception {
    Path script = Path.of(System.getProperty("imago.root")).resolve("conformance/masked.py");
    Process process =
        new ProcessBuilder(python, script.toString(), folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    try (var losses = Safetensors.open(folder.resolve("losses.safetensors"))) {
      return losses.tensor("losses").toFloats();
    }
  }
}
