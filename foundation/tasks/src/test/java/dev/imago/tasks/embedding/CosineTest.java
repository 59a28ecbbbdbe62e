package dev.imago.tasks.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CosineTest {
  @Test
  void lengthsDoNotCountAndZerosPointNowhere() {
    float[] a = {3, 4};
    assertEquals(0.6, Cosine.of(a, new float[] {5, 0}), 1e-12);
    assertEquals(-1, Cosine.of(a, new float[] {-0.3f, -0.4f}), 1e-6);
    assertEquals(0, Cosine.of(a, new float[2]));
    assertArrayEquals(new float[] {0.6f, 0.8f}, Cosine.unit(a));
    assertArrayEquals(new float[2], Cosine.unit(new float[2]));
    assertEquals(25, Cosine.dot(a, a));
  }
}
