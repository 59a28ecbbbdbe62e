package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStream;
import dev.imago.accounts.Accounts;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago backup` and `imago restore`.
class BackupTest {
  @TempDir Path folder;

  private Path workspace() {
    return folder.resolve("ws");
  }

  private void put(String name, String text) throws IOException {
    Path file = workspace().resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Said backup(Path out) {
    return imago("--workspace", workspace(), "backup", "--out", out);
  }

  private Said restore(Path file, String where) {
    return imago("--workspace", folder.resolve(where), "restore", file);
  }

  private void fill() throws IOException {
    put("artifacts/weights/3f2a/manifest.json", "{}");
    put("artifacts/weights/3f2a/ünï/" + "long".repeat(40) + ".bin", "w".repeat(100_000));
    put("runs/2026-a/metrics.jsonl", "{\"loss\": 1}\n");
    put("scratch/ab/checkpoint", "half");
    put("console/runs.json", "copy");
    put("lock", "");
    put("runs/2026-a/.run.json.77.1", "half");
  }

  private static List<String> names(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(each -> root.relativize(each).toString())
          .sorted()
          .toList();
    }
  }

  private static void refused(Said said, int exit, String words) {
    assertEquals(exit, said.exit(), said.out() + said.err());
    assertTrue(said.err().contains(words), said.err());
  }

  @Test
  void aStateThatIsInUseComesBackAsItWasAtOneMoment() throws Exception {
    fill();
    Path out = folder.resolve("b.tar.zst");
    Path state = workspace().resolve("state");
    long before;
    try (Accounts accounts = Accounts.open(StateAddress.in(workspace()), state);
        State writing = State.open(StateAddress.in(workspace()))) {
      assertEquals(
          0, imago("--workspace", workspace(), "keys", "create", "--organisation", "acme").exit());
      assertEquals(1, accounts.audit().verify().changes());
      before = settings(writing);
      var writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                      setTwo(writing, i);
                      LockSupport.parkNanos(500_000);
                    }
                  });
      Said said = backup(out);
      writer.interrupt();
      writer.join();
      assertEquals(0, said.exit(), said.err());
      assertTrue(said.out().contains("with the state"), said.out());
      assertTrue(settings(writing) > before);
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(out)));

    Said said = restore(out, "back");
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().contains("1 record of the audit log (head "), said.out());
    Path back = folder.resolve("back");
    assertEquals(
        List.of(
            "artifacts/weights/3f2a/manifest.json",
            "artifacts/weights/3f2a/ünï/" + "long".repeat(40) + ".bin",
            "runs/2026-a/metrics.jsonl",
            "state/imago.mv.db",
            "state/secret"),
        names(back));
    for (String each : List.of("artifacts/weights/3f2a/manifest.json", "state/secret")) {
      Path was = workspace().resolve(each);
      assertArrayEquals(Files.readAllBytes(was), Files.readAllBytes(back.resolve(each)));
      // To the millisecond, as manifests note it: so that no artifact is hashed again for its time.
      assertEquals(
          Files.getLastModifiedTime(was).toMillis(),
          Files.getLastModifiedTime(back.resolve(each)).toMillis());
    }
    try (State restored = State.open(StateAddress.in(back))) {
      long pairs = settings(restored);
      assertEquals(0, (pairs - before) % 2, "of each transaction both rows or none: " + pairs);
    }
    assertTrue(imago("--workspace", back, "keys", "list").out().contains("acme"));
  }

  private static void setTwo(State state, int number) {
    var _ =
        state.transaction(
            tx -> {
              for (String side : List.of("a", "b")) {
                tx.update(
                    "insert into accounts.setting (name, content) values (?, 'x')", side + number);
              }
              return 0;
            });
  }

  private static long settings(State state) {
    return state.transaction(tx -> tx.number("select count(*) from accounts.setting"));
  }

  @Test
  void whatIsCutOffOrChangedIsRefusedAndLeavesNothing() throws IOException {
    fill();
    Path out = folder.resolve("b.tar.zst");
    Said said = backup(out);
    assertEquals(0, said.exit(), said.err());
    assertTrue(said.out().startsWith("3 files, 100 kB, without a state"), said.out());
    byte[] whole = Files.readAllBytes(out);

    Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(whole, whole.length / 2));
    refused(restore(cut, "back"), 3, "no whole backup");
    byte[] other = whole.clone();
    other[whole.length / 2] ^= 1;
    refused(restore(Files.write(folder.resolve("other"), other), "back"), 3, "no whole backup");
    refused(restore(Files.writeString(folder.resolve("text"), "hello"), "back"), 3, "no whole");
    refused(restore(folder.resolve("none"), "back"), 4, "no such file");
    assertFalse(Files.exists(folder.resolve("back")));
    try (Stream<Path> left = Files.list(folder)) {
      assertTrue(left.noneMatch(each -> each.getFileName().toString().startsWith(".restore")));
    }

    refused(restore(out, "ws"), 2, "is not empty");
    Files.createDirectory(folder.resolve("empty"));
    assertEquals(0, restore(out, "empty").exit());
    assertEquals(3, names(folder.resolve("empty")).size());
  }

  @Test
  void anArchiveOfAnotherHandReachesNothingOutside() throws IOException {
    refused(restore(tar("workspace/../../evil", "x", ""), "back"), 3, "is no file of a workspace");
    refused(restore(tar("/evil", "x", ""), "back"), 3, "is no file of a workspace");
    refused(
        restore(tar("workspace/a", "x", "0".repeat(64) + "  workspace/a\n"), "back"),
        3,
        "«workspace/a» is not as it was written");
    refused(restore(tar("workspace/a", "x", null), "back"), 3, "cut off");
    assertFalse(Files.exists(folder.resolve("evil")));
    assertFalse(Files.exists(folder.resolve("back")));
  }

  private Path tar(String name, String text, @org.jspecify.annotations.Nullable String sums)
      throws IOException {
    Path file = folder.resolve("made.tar.zst");
    try (var tar =
        new TarArchiveOutputStream(new ZstdOutputStream(Files.newOutputStream(file)), "UTF-8")) {
      var members = new ArrayList<String[]>();
      members.add(new String[] {name, text});
      if (sums != null) {
        members.add(new String[] {BackupArchive.SUMS, sums});
      }
      for (String[] member : members) {
        byte[] bytes = member[1].getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(member[0], true);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  @Test
  void aBackupThatCannotBeIsRefused() throws IOException {
    refused(backup(folder.resolve("b")), 2, "there is no workspace");
    fill();
    refused(backup(workspace().resolve("b")), 2, "lies in the workspace");
    refused(backup(folder), 2, "is a folder");
    refused(
        imago(
            "--workspace",
            workspace(),
            "backup",
            "--out",
            folder.resolve("b"),
            "--state",
            "postgresql://u:p@h/d"),
        2,
        "pg_dump");
    Files.createSymbolicLink(workspace().resolve("link"), folder);
    refused(backup(folder.resolve("b")), 4, "is a link");
    assertFalse(Files.exists(folder.resolve("b")));
  }
}
