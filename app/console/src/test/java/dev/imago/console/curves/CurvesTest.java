package dev.imago.console.curves;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.console.WrittenWorkspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {
  private static Points line(int n) {
    double[] x = new double[n];
    double[] y = new double[n];
    Arrays.setAll(x, i -> i);
    Arrays.setAll(y, i -> Math.sin(i * 0.01));
    return new Points(x, y);
  }

  @Test
  void thinningLosesNoSpikeNoEndAndNoGap() {
    Points points = line(100_000);
    points.y()[54_321] = 99;
    points.y()[54_330] = -99;
    points.y()[77_777] = Double.NaN;
    Points thin = Thinning.thin(points, 200);
    assertTrue(thin.size() <= 800, thin.toString());
    assertTrue(Arrays.stream(thin.y()).anyMatch(y -> y == 99));
    assertTrue(Arrays.stream(thin.y()).anyMatch(y -> y == -99));
    assertTrue(Arrays.stream(thin.y()).anyMatch(Double::isNaN));
    assertEquals(0, thin.x()[0]);
    assertEquals(99_999, thin.x()[thin.size() - 1]);
  }

  @Test
  void aLongColumnHasABoundAndKeepsItsSpikes() {
    var column = new PointColumn();
    for (int i = 0; i < 3_000_000; i++) {
      column.add(i, i, i, i == 1_234_567 ? 50 : 1);
    }
    assertTrue(column.size() <= PointColumn.MOST);
    assertEquals(3_000_000, column.read());
    assertTrue(Arrays.stream(column.along(Axis.STEP).y()).anyMatch(y -> y == 50));
  }

  /// The values of TensorBoard's own `smoothing` for 1, 2, 4, NaN, 8 at 0.5: 1, 5/3, 3, NaN, 17/3
  /// ….
  @Test
  void smoothsAsTensorBoardDoes() {
    var points = new Points(new double[] {0, 1, 2, 3, 4}, new double[] {1, 2, 4, Double.NaN, 8});
    double[] smooth = CurveSmoothing.smooth(points, 0.5).y();
    assertEquals(1, smooth[0], 1e-12);
    assertEquals(5 / 3.0, smooth[1], 1e-12);
    assertEquals(3, smooth[2], 1e-12);
    assertTrue(Double.isNaN(smooth[3]));
    assertEquals((2.625 * 0.5 + 4) / (1 - 0.0625), smooth[4], 1e-12);
  }

  @Test
  void readsOnWhereAFileGrewAndSkipsWhatAKillBrokeOff(@TempDir Path root) {
    var files = new WrittenWorkspace(root);
    files.metrics("a", "{\"step\":1,\"loss\":3}", "{\"step\":2,\"lo");
    var store = new CurveStore();
    assertEquals(List.of("loss"), store.known(files.run("a")).names());
    files.metrics(
        "a",
        "{\"step\":1,\"loss\":3}",
        "{\"step\":2,\"lo",
        "{\"step\":3,\"loss\":\"NaN\",\"other\":1}");
    CurveStore.Shown shown = store.curve(files.run("a"), "loss", CurveStore.Wish.WHOLE);
    assertEquals(2, shown.points());
    assertTrue(Double.isNaN(shown.raw().y()[1]));
    assertEquals(0, store.curve(files.run("a"), "none", CurveStore.Wish.WHOLE).points());
  }

  @Test
  void whatStandsBeforeADamageIsReadOnceAndTheDamageIsToldEachTime(@TempDir Path root)
      throws IOException {
    // A record of one scalar, as TensorFlow writes it, and a head whose checksum is wrong.
    byte[] event = HexFormat.of().parseHex("09000000000000294010032a0d0a0b0a046c6f7373150000003f");
    ByteBuffer out = ByteBuffer.allocate(16 + event.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(event.length).array();
    out.put(length).putInt(masked(length)).put(event).putInt(masked(event));
    Files.write(root.resolve("events.out.tfevents.1"), out.array());
    var store = new CurveStore();
    for (int look = 0; look < 3; look++) {
      assertEquals(1, store.known(root).problems().size());
      assertEquals(1, store.curve(root, "loss", CurveStore.Wish.WHOLE).points());
    }
  }

  private static int masked(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  @Test
  void aRangeIsCutWithOnePointBeyondEachEdge(@TempDir Path root) {
    var files = new WrittenWorkspace(root);
    files.curve("a", 100);
    var wish = new CurveStore.Wish(Axis.STEP, 0, 10, 20, 700);
    Points near = new CurveStore().curve(files.run("a"), "loss", wish).raw();
    assertEquals(9, near.x()[0]);
    assertEquals(21, near.x()[near.size() - 1]);
  }

  @Test
  void ticksAreRoundAndWithinTheirBounds() {
    assertEquals(List.of(0.0, 20.0, 40.0, 60.0, 80.0, 100.0), Ticks.between(0, 100, 5));
    assertEquals(List.of(1.0, 10.0, 100.0), Ticks.powers(0.5, 200));
    assertFalse(Ticks.between(3, 3, 5).isEmpty());
  }

  /// As of a run of ten million points: what was read once is there at the next start.
  @Test
  void aLongFileIsReadOnceAndItsCopyCountsOnlyWhileTheFileBeginsSo(@TempDir Path folder)
      throws Exception {
    Path run = Files.createDirectories(folder.resolve("run"));
    Path file = run.resolve("metrics.jsonl");
    String padding = "\"prompt\":\"" + "x".repeat(4_000) + "\"";
    var lines = new StringBuilder();
    for (int step = 0; step < 4_300; step++) {
      lines.append("{\"step\":%d,\"loss\":%d.5,%s}\n".formatted(step, step % 97, padding));
    }
    String original = lines.toString();
    Files.writeString(file, original);
    Path copies = folder.resolve("copies");
    assertTrue(new CurveStore(copies).prepare(run));
    List<Path> kept;
    try (var all = Files.list(copies)) {
      kept = all.toList();
    }
    assertEquals(1, kept.size(), kept::toString);
    CurveCopy.Kept copied = new CurveCopy(copies).load(file).orElseThrow();
    assertEquals(original.length(), copied.bytes());
    assertEquals(4_300, copied.columns().get("loss").size());
    assertArrayEquals(
        whole(new CurveStore(), run).raw().y(), whole(new CurveStore(copies), run).raw().y());
    // What follows is read on; in a file that is another one, all of it.
    Files.writeString(file, "{\"step\":4300,\"loss\":999}\n", StandardOpenOption.APPEND);
    assertEquals(4_301, whole(new CurveStore(copies), run).points());
    String another = "{\"step\":0,\"loss\":-777}" + original.substring(original.indexOf('\n'));
    Files.writeString(file, another);
    assertEquals(-777, whole(new CurveStore(copies), run).raw().y()[0]);
    // A copy that is broken, or cut short, does not count.
    Files.writeString(file, original);
    byte[] copy = Files.readAllBytes(kept.getFirst());
    for (byte[] broken :
        List.of("IMGCURV1 broken".getBytes(StandardCharsets.UTF_8), Arrays.copyOf(copy, 5_000))) {
      Files.write(kept.getFirst(), broken);
      assertEquals(4_300, whole(new CurveStore(copies), run).points());
    }
    // What was read of a file that is another one by now is not kept as that one's.
    var reading = new CurveReading(run, Optional.of(new CurveCopy(folder.resolve("none"))));
    reading.readOn(Long.MAX_VALUE);
    Files.writeString(file, another);
    reading.keep();
    assertFalse(Files.exists(folder.resolve("none")));
  }

  /// A run's loss, read to the end of its file, however long a busy machine takes.
  private static CurveStore.Shown whole(CurveStore store, Path run) {
    while (store.known(run).share() < 1) {
      // It reads on with each look.
    }
    return store.curve(run, "loss", CurveStore.Wish.WHOLE);
  }
}
