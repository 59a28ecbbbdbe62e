package dev.imago.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsReaderTest {
  @TempDir Path folder;

  private void shard(int number, String... ids) throws Exception {
    try (var writer = new Documents.Writer(folder, "part")) {
      for (String id : ids) {
        writer.write(new Document(id, "text\nof " + id, id, Map.of("kind", "prose")));
      }
    }
    Files.move(
        folder.resolve("part-00000.jsonl.zst"),
        folder.resolve("train-%05d.jsonl.zst".formatted(number)));
  }

  @Test
  void shardsAreReadInOrderAndTheirBytesCounted() throws Exception {
    shard(1, "c");
    shard(0, "a", "b");
    shard(2, "d", "e");
    var bytes = new AtomicLong();
    var ids = new ArrayList<String>();
    try (var reader = new Documents.Reader(folder, "train", bytes::addAndGet)) {
      reader.forEachRemaining(document -> ids.add(document.id()));
      assertThrows(NoSuchElementException.class, reader::next);
    }
    assertEquals(List.of("a", "b", "c", "d", "e"), ids);
    assertEquals(Documents.packedBytes(folder, "train"), bytes.get());
  }

  /// A shard is as large as it likes: what is behind a document is not read before it is taken.
  @Test
  void ofAShardNoMoreIsReadThanIsTaken() throws Exception {
    var letters = new Random(5);
    String[] ids = new String[400];
    for (int i = 0; i < ids.length; i++) {
      byte[] drawn = new byte[4000];
      letters.nextBytes(drawn);
      ids[i] = i + HexFormat.of().formatHex(drawn);
    }
    shard(0, ids);
    var bytes = new AtomicLong();
    try (var reader = new Documents.Reader(folder, "train", bytes::addAndGet)) {
      assertEquals(ids[0], reader.next().id());
      long all = Documents.packedBytes(folder, "train");
      assertTrue(bytes.get() < all / 4, bytes + " of " + all);
    }
  }

  @Test
  void aSplitWithoutDocumentsIsAnEmptyShard() throws Exception {
    shard(0);
    shard(1, "a");
    assertEquals(0, Documents.readShard(folder.resolve("train-00000.jsonl.zst")).count());
    try (var reader = new Documents.Reader(folder, "train", bytes -> {})) {
      assertEquals("a", reader.next().id());
      assertFalse(reader.hasNext());
    }
  }

  @Test
  void aSplitWithoutShardsIsEmpty() {
    try (var reader = new Documents.Reader(folder, "heldout", bytes -> {})) {
      assertFalse(reader.hasNext());
    }
    assertEquals(0, Documents.packedBytes(folder, "heldout"));
  }
}
