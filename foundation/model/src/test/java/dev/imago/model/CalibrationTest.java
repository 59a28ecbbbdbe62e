package dev.imago.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CalibrationTest {
  @TempDir Path folder;

  /// Targets drawn from the softmax of the scores, which are then made larger.
  private static Calibration ofScoresTimes(float factor) {
    var random = new Random(5);
    var scores = new ArrayList<float[]>();
    var targets = new ArrayList<Integer>();
    for (int i = 0; i < 20_000; i++) {
      float other = (float) random.nextGaussian() * 2;
      double p = 1 / (1 + Math.exp(-other));
      targets.add(random.nextDouble() < p ? 1 : 0);
      scores.add(new float[] {0, factor * other});
    }
    return Calibration.fit(scores, targets);
  }

  @Test
  void the_temperature_is_by_how_much_the_scores_are_too_large() {
    assertEquals(1, ofScoresTimes(1).temperature(), 0.05);
    Calibration three = ofScoresTimes(3);
    assertEquals(3, three.temperature(), 0.15);
    assertTrue(three.lossAfter() < three.lossBefore());
    assertEquals(0.5, ofScoresTimes(0.5f).temperature(), 0.03);
  }

  @Test
  void what_is_always_right_has_the_least_temperature_and_no_infinity() {
    var scores = List.of(new float[] {9, 0}, new float[] {0, 8});
    assertEquals(0.05, Calibration.fit(scores, List.of(0, 1)).temperature(), 1e-3);
    assertEquals(20, Calibration.fit(scores, List.of(1, 0)).temperature(), 0.01);
    assertEquals(Calibration.NONE, Calibration.fit(List.of(), List.of()));
  }

  @Test
  void it_is_read_as_it_was_written() throws IOException {
    var written = new Calibration(1.25, 310, 0.5, 0.4);
    Files.writeString(folder.resolve(Calibration.FILE), written.json());
    assertEquals(written, Calibration.read(folder));
    assertEquals(Calibration.NONE, Calibration.read(folder.resolve("elsewhere")));
    for (String broken : List.of("{}", "{\"temperature\": 0}", "{\"temperature\": \"NaN\"}", "[")) {
      Files.writeString(folder.resolve(Calibration.FILE), broken);
      assertThrows(IllegalArgumentException.class, () -> Calibration.read(folder), broken);
    }
  }
}
