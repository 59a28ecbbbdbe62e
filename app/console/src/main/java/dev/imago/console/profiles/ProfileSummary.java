package dev.imago.console.profiles;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/// What a recording says: where time went, and what was allocated where.
///
/// @param cpu samples of threads at work, by call
/// @param allocated bytes, by call, as sampled
/// @param classes bytes by class
/// @param pauses how long collections stopped all threads
/// @param length from the first event to the last
public record ProfileSummary(
    CallTree cpu, CallTree allocated, Map<String, Long> classes, Duration pauses, Duration length) {
  private static final long MOST_BYTES = 512L << 20;
  private static final int DEEPEST = 200;

  public ProfileSummary {
    classes = Map.copyOf(classes);
  }

  /// @throws InputException for a file that is none
  public static ProfileSummary read(Path file) {
    var cpu = new CallTree();
    var allocated = new CallTree();
    var classes = new HashMap<String, Long>();
    Duration pauses = Duration.ZERO;
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new InputException(
            "%s has more than 512 MiB: open it in JDK Mission Control"
                .formatted(file.getFileName()));
      }
      try (var events = new RecordingFile(file)) {
        while (events.hasMoreEvents()) {
          RecordedEvent event = events.readEvent();
          first = event.getStartTime().isBefore(first) ? event.getStartTime() : first;
          last = event.getEndTime().isAfter(last) ? event.getEndTime() : last;
          switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample" -> cpu.add(frames(event), 1);
            case "jdk.NativeMethodSample" -> {
              List<String> frames = frames(event);
              if (!waits(frames.getLast())) {
                cpu.add(frames, 1);
              }
            }
            case "jdk.ObjectAllocationSample" -> {
              long bytes = event.getLong("weight");
              allocated.add(frames(event), bytes);
              RecordedClass of = event.getClass("objectClass");
              classes.merge(of == null ? "?" : of.getName(), bytes, Long::sum);
            }
            case "jdk.GCPhasePause" -> pauses = pauses.plus(event.getDuration());
            default -> {}
          }
        }
      }
    } catch (IOException e) {
      throw Files.exists(file)
          ? new InputException(
              "%s is no recording, or not whole yet: %s"
                  .formatted(file.getFileName(), e.getMessage()),
              e)
          : AtomicFile.failure("read", file, e);
    }
    Duration length = first.isAfter(last) ? Duration.ZERO : Duration.between(first, last);
    return new ProfileSummary(cpu, allocated, classes, pauses, length);
  }

  /// A thread that waits in the system for a connection or a byte is no work; one in libtorch is.
  private static boolean waits(String method) {
    return method.startsWith("sun.nio.") || method.startsWith("java.net.");
  }

  private static List<String> frames(RecordedEvent event) {
    RecordedStackTrace trace = event.getStackTrace();
    if (trace == null) {
      return List.of("?"); // never empty
    }
    var names = new ArrayList<String>();
    for (RecordedFrame frame : trace.getFrames()) {
      RecordedMethod method = frame.getMethod();
      names.add(method == null ? "?" : method.getType().getName() + "." + method.getName());
      if (names.size() == DEEPEST) {
        break;
      }
    }
    Collections.reverse(names);
    return names;
  }
}
