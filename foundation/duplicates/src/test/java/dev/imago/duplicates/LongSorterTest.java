package dev.imago.duplicates;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongSorterTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void recordsComeInOrderWhateverMemoryThereIs(int width) throws Exception {
    for (long memory : new long[] {0, 5_000, 1 << 20}) {
      var random = new Random(width);
      long[][] all = new long[3_000][width];
      for (long[] record : all) {
        Arrays.setAll(record, i -> i == 0 ? random.nextInt(50) - 25 : random.nextLong());
      }
      try (var sorter = new LongSorter(folder, "test", width, memory)) {
        for (long[] record : all) {
          sorter.add(record);
        }
        assertEquals(all.length, sorter.size());
        Arrays.sort(all, Arrays::compare);
        try (LongSorter.Cursor cursor = sorter.sorted()) {
          for (long[] record : all) {
            assertTrue(cursor.next());
            assertArrayEquals(record, cursor.record);
          }
          assertFalse(cursor.next());
        }
      }
      try (var left = Files.list(folder)) {
        assertEquals(0, left.count());
      }
    }
  }

  @Test
  void sortedAndEqualRecordsTakeNoLonger() {
    long[] data = new long[400_000];
    for (int i = 0; i < data.length; i += 2) {
      data[i] = i / 100_000;
      data[i + 1] = i;
    }
    long[] sorted = data.clone();
    RecordOrder.sort(data, 2, data.length / 2);
    assertArrayEquals(sorted, data);
    Arrays.fill(data, 7);
    RecordOrder.sort(data, 2, data.length / 2);
    assertEquals(7, data[1]);
  }

  @Test
  void aFileOfNumbersGrowsAndForgetsNothing() {
    try (var file = new LongFile(folder.resolve("numbers"))) {
      assertEquals(0, file.get(1_000_000));
      for (int i = 0; i < 300_000; i++) {
        file.add(3L * i);
      }
      file.set(500_000, -1);
      assertEquals(500_001, file.size());
      assertEquals(3L * 299_999, file.get(299_999));
      assertEquals(0, file.get(300_000));
      assertEquals(-1, file.get(500_000));
    }
    assertFalse(Files.exists(folder.resolve("numbers")));
  }
}
