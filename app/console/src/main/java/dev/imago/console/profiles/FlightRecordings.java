package dev.imago.console.profiles;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Recordings that the console began: a folder with a note and, once it has ended, the file of
/// each, which JDK Mission Control opens.
///
/// The process that is recorded writes its file itself, when it is told to stop or the longest time
/// is over; so a console that goes away leaves nothing running for ever.
public final class FlightRecordings {
  /// A recording ends by itself after this.
  public static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int MOST = 50;
  private static final String NAME = "imago-console";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final JavaProcesses processes;
  private final Clock clock;

  public FlightRecordings(Path folder, JavaProcesses processes, Clock clock) {
    this.folder = folder.toAbsolutePath();
    this.processes = processes;
    this.clock = clock;
  }

  /// One recording.
  ///
  /// @param id its name, and that of its files
  /// @param command what the process was told to do
  /// @param started milliseconds since 1970
  /// @param bytes of its file; 0 while it runs
  public record Recording(String id, long pid, String command, long started, long bytes) {}

  record Note(long pid, String command, long started) {}

  public List<JavaProcesses.Running> processes() {
    return processes.list();
  }

  /// All of them, the newest first.
  public List<Recording> all() {
    var all = new ArrayList<Recording>();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        read(file).ifPresent(all::add);
      }
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
    return all.reversed();
  }

  private Optional<Recording> read(Path file) throws IOException {
    String id = file.getFileName().toString().replaceFirst("\\.json$", "");
    try {
      Note note = JSON.readValue(Files.readString(file), Note.class);
      Path recorded = folder.resolve(id + ".jfr");
      long bytes = Files.exists(recorded) ? Files.size(recorded) : 0;
      return note == null
          ? Optional.empty()
          : Optional.of(new Recording(id, note.pid, note.command, note.started, bytes));
    } catch (JacksonException | NoSuchFileException _) {
      return Optional.empty(); // not ours, or removed meanwhile
    }
  }

  /// One of them; empty where there is none of this name.
  public Optional<Recording> find(String id) {
    return all().stream().filter(each -> each.id().equals(id)).findAny();
  }

  /// Whether its process is being recorded still.
  public boolean isRunning(Recording recording) {
    return recording.bytes() == 0
        && clock.millis() < recording.started() + LONGEST.toMillis()
        && ProcessHandle.of(recording.pid()).map(ProcessHandle::isAlive).orElse(false);
  }

  /// Begins to record a process of ours.
  ///
  /// @throws ConfigException for one that is none, or is being recorded
  public synchronized Recording start(long pid) {
    JavaProcesses.Running process =
        processes.list().stream()
            .filter(each -> each.pid() == pid)
            .findAny()
            .orElseThrow(
                () ->
                    new ConfigException("process %d is none of ours, or has ended".formatted(pid)));
    List<Recording> all = all();
    if (all.stream().anyMatch(each -> each.pid() == pid && isRunning(each))) {
      throw new ConfigException("process %d is being recorded: stop that first".formatted(pid));
    }
    if (all.size() >= MOST) {
      throw new ConfigException("there are %d recordings: remove one first".formatted(MOST));
    }
    Instant now = clock.instant();
    String id = TIME.format(now) + "-" + pid;
    String file = folder.resolve(id + ".jfr").toString();
    if (file.indexOf('"') >= 0) {
      throw new ConfigException("the workspace's path has a quotation mark: move it");
    }
    AtomicFile.write(
        folder.resolve(id + ".json"),
        JSON.writeValueAsString(new Note(pid, process.command(), now.toEpochMilli())));
    String said;
    try {
      said =
          processes.tell(
              pid,
              "JFR.start",
              "name=" + NAME,
              "settings=profile",
              "maxsize=128M",
              "duration=" + LONGEST.toSeconds() + "s",
              "dumponexit=true", // a run that ends leaves what was recorded until then
              "filename=\"" + file + "\"");
    } catch (EnvironmentException e) {
      remove(id); // else it would look as if it were under way
      throw e;
    }
    if (!said.contains("Started recording")) {
      remove(id);
      throw new ConfigException(
          "process %d does not begin a recording: %s"
              .formatted(pid, said.lines().skip(1).findFirst().orElse("")));
    }
    return new Recording(id, pid, process.command(), now.toEpochMilli(), 0);
  }

  /// Ends a recording, which leaves its file.
  public void stop(Recording recording) {
    String said = processes.tell(recording.pid(), "JFR.stop", "name=" + NAME);
    if (!said.contains("Stopped recording") && !Files.exists(file(recording))) {
      throw new ConfigException(
          "the recording of process %d cannot be ended: %s"
              .formatted(recording.pid(), said.lines().skip(1).findFirst().orElse("")));
    }
  }

  /// The file of a recording that has ended.
  public Path file(Recording recording) {
    return folder.resolve(recording.id() + ".jfr");
  }

  /// Removes a recording that has ended.
  public void remove(Recording recording) {
    if (isRunning(recording)) {
      throw new ConfigException("this recording is under way: stop it first");
    }
    remove(recording.id());
  }

  private void remove(String id) {
    try {
      Files.deleteIfExists(folder.resolve(id + ".jfr"));
      Files.deleteIfExists(folder.resolve(id + ".json"));
    } catch (IOException e) {
      throw AtomicFile.failure("remove", folder.resolve(id), e);
    }
  }
}
