package dev.imago.console.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilesTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-28T07:00:00Z"), ZoneOffset.UTC);

  @TempDir private Path folder;

  @Test
  void knowsOurProcessesAndTellsNoOption() {
    assertEquals(
        List.of("serve weights/3f2a", "run quick", "console", "", "none", "none"),
        Stream.of(
                "-cp x dev.imago.cli.Imago serve weights/3f2a --api-key secret",
                "-m dev.imago.cli/dev.imago.cli.Imago --workspace /w -q run quick",
                "-jar /opt/imago/lib/imago-cli.jar console --port 1",
                "dev.imago.cli.Imago --workspace",
                "org.example.Imagoes run",
                "-Dx=dev.imago.cli.Imago a.B")
            .map(line -> JavaProcesses.command(List.of(line.split(" "))).orElse("none"))
            .toList());
  }

  @Test
  void sumsWhatCallsTookAndWalksDown() {
    var tree = new CallTree();
    tree.add(List.of("main", "a"), 3);
    tree.add(List.of("main", "b", "a"), 2);
    tree.add(List.of("main"), 1);
    assertEquals(6, tree.root().total());
    assertEquals("a", tree.at(List.of(0, 0)).name());
    assertEquals("b", tree.at(List.of(0, 1)).name());
    assertEquals("b", tree.at(List.of(0, 1, 7)).name(), "as deep as there is");
    assertEquals("[a=5, main=1]", tree.self(10).toString());
  }

  private static byte[][] allocate() {
    byte[][] all = new byte[64][];
    for (int i = 0; i < 20_000; i++) {
      all[i % 64] = new byte[8_192];
    }
    return all;
  }

  @Test
  void readsWhatTheFlightRecorderWrote() throws Exception {
    Path file = folder.resolve("own.jfr");
    try (var recording = new Recording()) {
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
      recording.start();
      assertEquals(64, allocate().length);
      recording.stop();
      recording.dump(file);
    }
    ProfileSummary profile = ProfileSummary.read(file);
    assertTrue(
        profile.allocated().self(20).stream()
            .anyMatch(each -> each.getKey().equals(ProfilesTest.class.getName() + ".allocate")),
        () -> profile.allocated().self(20).toString());
    assertTrue(profile.classes().containsKey("[B"));
    Files.writeString(file, "none");
    assertThrows(InputException.class, () -> ProfileSummary.read(file));
  }

  /// A `jcmd` that notes what it is told.
  private JavaProcesses told() throws Exception {
    Path tool = folder.resolve("jcmd");
    Files.writeString(
        tool,
        """
        #!/bin/sh
        echo "$*" >> "%s"
        case "$*" in
          *JFR.start*) echo "1:"; echo "Started recording 1.";;
          *JFR.stop*) echo "1:"; echo "Stopped recording \\"imago-console\\".";;
          *) exit 1;;
        esac
        """
            .formatted(folder.resolve("told")));
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new JavaProcesses(tool) {
      @Override
      public List<Running> list() {
        return List.of(new Running(ProcessHandle.current().pid(), "serve m"));
      }
    };
  }

  @Test
  void beginsOnceEndsAndRemoves() throws Exception {
    long own = ProcessHandle.current().pid();
    Path kept = folder.resolve("profiles");
    var recordings = new FlightRecordings(kept, told(), CLOCK);
    assertTrue(recordings.all().isEmpty());
    assertThrows(ConfigException.class, () -> recordings.start(own + 1_000_000));
    FlightRecordings.Recording begun = recordings.start(own);
    assertEquals("20261128-070000-" + own, begun.id());
    assertTrue(recordings.isRunning(begun));
    assertThrows(ConfigException.class, () -> recordings.start(own), "twice");
    assertThrows(ConfigException.class, () -> recordings.remove(begun));
    recordings.stop(begun);
    Files.writeString(recordings.file(begun), "x");
    FlightRecordings.Recording ended = recordings.find(begun.id()).orElseThrow();
    assertFalse(recordings.isRunning(ended));
    recordings.remove(ended);
    assertTrue(recordings.all().isEmpty());
    String told = Files.readString(folder.resolve("told"));
    assertTrue(
        told.contains(
            own
                + " JFR.start name=imago-console settings=profile maxsize=128M duration=600s"
                + " dumponexit=true filename=\""
                + recordings.file(begun)
                + "\""),
        told);
    var later =
        new FlightRecordings(
            kept,
            told(),
            Clock.offset(CLOCK, FlightRecordings.LONGEST.plus(Duration.ofSeconds(1))));
    assertFalse(later.isRunning(begun), "it ends by itself");
    assertThrows(
        EnvironmentException.class,
        () -> new JavaProcesses(folder.resolve("nothing")).tell(own, "JFR.check"));
  }
}
