package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.InputException;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.model.Architectures;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sixty documents of 2 … 40 tokens and their end, all of them different numbers, in rows of 16.
final class DocumentsInRowsTest {
  private static final int ROW = 16;
  private static final int DOCUMENTS = 60;

  @TempDir Path folder;
  private TokenShards shards;

  @BeforeEach
  void writeDocuments() {
    var header = new TokenShards.Header(4000, 0);
    TokenShards.writeHeader(folder, header);
    var random = new Random(3);
    try (var writer = new TokenShards.Writer(folder, Split.TRAIN, header)) {
      int next = 1;
      for (int d = 0; d < DOCUMENTS; d++) {
        int[] ids = new int[2 + random.nextInt(39)];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = next++;
        }
        writer.write(ids, 10);
      }
    }
    shards = TokenShards.open(folder, Split.TRAIN);
  }

  @AfterEach
  void close() {
    shards.close();
  }

  /// What is predicted of what in one epoch: id → target, each once.
  private static Set<List<Integer>> pairs(Batches batches, int steps, boolean twiceAtTheEnd) {
    var seen = new HashSet<List<Integer>>();
    for (int step = 1; step <= steps; step++) {
      for (Batch batch : batches.step(step)) {
        for (int i = 0; i < batch.ids().length; i++) {
          if (batch.targets()[i] != Batch.IGNORED) {
            var pair = List.of(batch.ids()[i], batch.targets()[i]);
            assertTrue(seen.add(pair) || twiceAtTheEnd, pair.toString());
          }
        }
      }
    }
    return seen;
  }

  private Set<List<Integer>> all() {
    var all = new HashSet<List<Integer>>();
    for (int d = 0; d < DOCUMENTS; d++) {
      for (long at = shards.start(d); at + 1 < shards.start(d + 1); at++) {
        all.add(List.of(shards.id(at), shards.id(at + 1)));
      }
    }
    return all;
  }

  @Test
  void packedRowsHoldEveryPositionOnceAnEpochAndLittleElse() {
    var packed = new Packed(TokenText.of(shards), ROW, 1, 1, 0, true, 5);
    int rows = (int) Math.round(all().size() / packed.density() / ROW);
    assertTrue(packed.density() > 0.95, packed.density() + " of the places hold text");
    assertEquals(all(), pairs(packed, rows, false));
  }

  @Test
  void paddedRowsHoldEveryPositionInRowsOfLikeLengths() {
    var padded = new Padded(TokenText.of(shards), ROW, 4, 1, 0, 5);
    int pieces = 0;
    for (int d = 0; d < DOCUMENTS; d++) {
      pieces += (int) ((shards.start(d + 1) - shards.start(d) - 1 + ROW - 1) / ROW);
    }
    int steps = (pieces + 3) / 4;
    assertEquals(all(), pairs(padded, steps, true));
    int places = 0;
    int held = 0;
    for (int step = 1; step <= steps; step++) {
      Batch batch = padded.step(step).getFirst();
      places += batch.ids().length;
      held += batch.counted();
    }
    assertTrue(held > 0.9 * places, held + " of " + places);
  }

  @Test
  void whatIsMeasuredIsMeasuredOnce() {
    var padded = new Padded(TokenText.of(shards), ROW, 7, 1, 0, 5);
    int counted = padded.first(Long.MAX_VALUE).stream().mapToInt(Batch::counted).sum();
    assertEquals(all().size(), counted);
    int some = padded.first(100).stream().mapToInt(Batch::counted).sum();
    assertTrue(some >= 100 && some < 100 + ROW, some + " of about 100");
  }

  @Test
  void whatIsApartIsTheTextWithoutWhatRemains() {
    var part = DevelopmentPart.of(shards, 0.2, 9);
    assertEquals(shards.size(), part.training().size() + part.development().size());
    assertEquals(DOCUMENTS, part.training().documents() + part.development().documents());
    assertEquals(12, part.development().documents(), 6);
    var ids = new ArrayList<Integer>();
    for (TokenText text : List.of(part.training(), part.development())) {
      int[] read = new int[(int) text.size()];
      text.read(0, read);
      for (int id : read) {
        ids.add(id);
      }
      int[] middle = new int[20];
      text.read(10, middle);
      assertArrayEquals(java.util.Arrays.copyOfRange(read, 10, 30), middle);
    }
    var whole = new ArrayList<Integer>();
    for (long at = 0; at < shards.size(); at++) {
      whole.add(shards.id(at));
    }
    Collections.sort(ids);
    Collections.sort(whole);
    assertEquals(whole, ids);
    assertThrows(InputException.class, () -> DevelopmentPart.of(shards, 1e-9, 9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "bert"})
  void documentsOfOneRowDoNotSeeEachOther(String architecture) throws Exception {
    var packed = new Packed(TokenText.of(shards), ROW, 6, 1, 0, true, 5);
    var windows = new Windows(TokenText.of(shards), ROW, 6, 1, true, 5);
    try (var model =
        TrainableModel.random(
            Architectures.ofDepth(architecture, 2, 4000, 32), 1, 2, Precision.F32)) {
      for (Batch batch : List.of(packed.step(1).getFirst(), windows.step(1).getFirst())) {
        float[] losses = model.losses(batch);
        int texts = 0;
        for (int from = 0; from < losses.length; ) {
          int to = from + 1;
          while (to % ROW != 0 && batch.begins()[to] == batch.begins()[from]) {
            to++;
          }
          int[] ids = java.util.Arrays.copyOfRange(batch.ids(), from, to);
          int[] targets = java.util.Arrays.copyOfRange(batch.targets(), from, to);
          float[] alone = model.losses(Batch.of(1, ids.length, ids, targets));
          assertArrayEquals(
              alone, java.util.Arrays.copyOfRange(losses, from, to), 2e-4f, "text from " + from);
          texts++;
          from = to;
        }
        assertTrue(texts > 6, texts + " texts in 6 rows");
      }
    }
  }

  @Test
  void aRecurrentModelRefusesToKeepThemApart() throws Exception {
    Batch batch = new Packed(TokenText.of(shards), ROW, 2, 1, 0, true, 5).step(1).getFirst();
    try (var model =
        TrainableModel.random(Architectures.ofDepth("lstm", 1, 4000, 32), 1, 1, Precision.F32)) {
      var error = assertThrows(IllegalArgumentException.class, () -> model.losses(batch));
      assertTrue(error.getMessage().contains("cannot be kept apart"), error.getMessage());
    }
  }
}
