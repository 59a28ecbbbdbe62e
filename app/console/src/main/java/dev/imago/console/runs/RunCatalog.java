package dev.imago.console.runs;

import dev.imago.core.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// All runs of a workspace, and of a folder of event files where one is named, as of the last look.
///
/// A look costs the listing of one folder where it has changed, and the size and time of the files
/// of runs that go on; runs that have ended are not looked at again. Readers get a snapshot,
/// whatever goes on meanwhile.
public final class RunCatalog implements AutoCloseable {
  /// A look at the files takes place so often: what happens is seen within a second.
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(400);

  /// So many ended runs may be missing in the index before it is written anew.
  private static final int UNINDEXED = 100;

  /// A folder's time may be so coarse that two changes have one.
  private static final long COARSE_MILLIS = 2_000;

  /// After so many runs of a first reading, those that are there are shown.
  private static final int SHOWN_AFTER = 2_000;

  private static final Comparator<RunEntry> NEWEST_FIRST =
      Comparator.comparingLong(RunEntry::started).reversed().thenComparing(RunEntry::key);

  private final Workspace workspace;
  private final Optional<EventFolder> events;
  private final Clock clock;
  private final Path index;
  private final SharedNames shared = new SharedNames();
  private final RunReading reading = new RunReading(shared);
  private final Map<String, RunEntry> runs = new HashMap<>();
  private final Map<String, String> problems = new TreeMap<>();
  private final Map<String, Long> sizes = new HashMap<>();
  private final Object changed = new Object();
  private volatile Snapshot snapshot = new Snapshot(0, List.of(), Map.of(), Map.of(), true, 0);
  private volatile boolean closed;
  private long listedAt;
  private long folderChanged = -1;
  private int unindexed;
  private boolean indexRead;

  /// What was there at one moment.
  ///
  /// @param generation grows with every change
  /// @param runs newest first
  /// @param byKey the same
  /// @param problems what could not be read: its name, and why
  /// @param busy whether a process is running something in the workspace
  /// @param unread runs that a first reading has still before it
  public record Snapshot(
      long generation,
      List<RunEntry> runs,
      Map<String, RunEntry> byKey,
      Map<String, String> problems,
      boolean busy,
      int unread) {
    public Optional<RunEntry> find(String key) {
      return Optional.ofNullable(byKey.get(key));
    }
  }

  /// @param logdir a folder below which another trainer's event files lie
  public RunCatalog(Workspace workspace, Optional<Path> logdir, Clock clock) {
    this.workspace = workspace;
    this.events = logdir.map(folder -> new EventFolder(folder, shared));
    this.clock = clock;
    this.index = workspace.root().resolve("console").resolve(RunIndexFile.NAME);
  }

  /// Looks again and again until closed, on a thread of its own.
  public void watch() {
    Thread.ofPlatform()
        .daemon()
        .name("imago-console-runs")
        .start(
            () -> {
              while (!closed) {
                look();
                try {
                  Thread.sleep(BETWEEN_LOOKS);
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /// Waits until something has changed since a generation, or a time is over.
  public long await(long seen, Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    synchronized (changed) {
      while (snapshot.generation() == seen && !closed) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          break;
        }
        changed.wait(left);
      }
    }
    return snapshot.generation();
  }

  /// Tells who waits that something else has changed than a run's files, such as a mark.
  public synchronized void touch() {
    publish(snapshot.busy(), 0, true);
  }

  /// Looks at the files once. What cannot be read is told in the snapshot, and nothing else.
  public synchronized void look() {
    boolean busy = busy();
    boolean any = readIndex();
    any |= list();
    any |= follow();
    if (events.isPresent()) {
      any |= events.get().look(clock.millis(), problems);
    }
    publish(busy, 0, any || busy != snapshot.busy() || snapshot.generation() == 0);
    if (unindexed >= UNINDEXED) {
      writeIndex();
    }
  }

  private boolean busy() {
    try {
      return workspace.busy();
    } catch (RuntimeException _) {
      return false;
    }
  }

  private boolean readIndex() {
    if (indexRead) {
      return false;
    }
    indexRead = true;
    runs.putAll(RunIndexFile.read(index, workspace.runs(), shared));
    return !runs.isEmpty();
  }

  private void writeIndex() {
    List<RunEntry> ended =
        runs.values().stream().filter(r -> r.state() != RunState.RUNNING).toList();
    RunIndexFile.write(index, ended);
    unindexed = 0;
  }

  /// Finds runs that came and runs that went.
  private boolean list() {
    Path folder = workspace.runs();
    long now = clock.millis();
    try {
      long time = RunReading.changed(folder);
      if (time == folderChanged && Math.abs(listedAt - time) > COARSE_MILLIS) {
        return false;
      }
      Set<String> there = new HashSet<>();
      if (time != 0) {
        try (Stream<Path> files = Files.list(folder)) {
          files.forEach(f -> there.add(String.valueOf(f.getFileName())));
        }
      }
      problems.remove(folder.toString());
      folderChanged = time;
      listedAt = now;
      boolean any = runs.keySet().retainAll(there);
      problems.keySet().removeIf(p -> p.startsWith("runs/") && !there.contains(p.substring(5)));
      there.removeAll(runs.keySet());
      return read(there.stream().sorted(Comparator.reverseOrder()).toList()) || any;
    } catch (IOException | java.io.UncheckedIOException e) {
      return !reason(e).equals(problems.put(folder.toString(), reason(e)));
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /// Reads runs that are new, several at once where there are many.
  private boolean read(List<String> ids) {
    if (ids.size() < 64) {
      boolean any = false;
      for (String id : ids) {
        any |= readOne(id);
      }
      return any;
    }
    int threads = Runtime.getRuntime().availableProcessors();
    try (ExecutorService readers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("imago-console-reading-", 0).factory())) {
      for (int from = 0; from < ids.size() && !closed; from += SHOWN_AFTER) {
        List<String> some = ids.subList(from, Math.min(ids.size(), from + SHOWN_AFTER));
        var read = new ArrayList<Future<Outcome>>();
        some.forEach(id -> read.add(readers.submit(() -> outcome(id))));
        for (Future<Outcome> each : read) {
          keep(each.get());
        }
        publish(snapshot.busy(), ids.size() - from - some.size(), true);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return true;
  }

  /// What came of reading a run: its entry, what is wrong, or neither where it is none.
  private record Outcome(String id, Optional<RunEntry> entry, String problem) {}

  private Outcome outcome(String id) {
    Path folder = workspace.runs().resolve(id);
    try {
      return new Outcome(id, Optional.of(reading.read(folder)), "");
    } catch (NoSuchFileException | java.nio.file.NotDirectoryException _) {
      return new Outcome(id, Optional.empty(), ""); // no run, or one that is just beginning
    } catch (IOException e) {
      return new Outcome(id, Optional.empty(), reason(e));
    } catch (RuntimeException e) {
      return new Outcome(id, Optional.empty(), "its files cannot be read: " + reason(e));
    }
  }

  private boolean readOne(String id) {
    return keep(outcome(id));
  }

  private boolean keep(Outcome outcome) {
    String name = "runs/" + outcome.id();
    if (outcome.entry().isEmpty()) {
      return outcome.problem().isEmpty()
          ? problems.remove(name) != null
          : !outcome.problem().equals(problems.put(name, outcome.problem()));
    }
    RunEntry entry = outcome.entry().get();
    boolean solved = problems.remove(name) != null;
    RunEntry before = runs.put(entry.key(), entry);
    if (entry.state() != RunState.RUNNING) {
      sizes.remove(entry.key());
      if (before == null || before.state() == RunState.RUNNING) {
        unindexed++;
      }
    }
    return solved || !entry.equals(before);
  }

  /// Reads those again that go on and whose files have changed.
  private boolean follow() {
    boolean any = false;
    List<RunEntry> going =
        runs.values().stream().filter(r -> r.state() == RunState.RUNNING).toList();
    for (RunEntry run : going) {
      long stamp = stamp(run.folder());
      Long before = sizes.put(run.key(), stamp);
      if (before == null || before != stamp) {
        any |= readOne(run.key());
      }
    }
    return any;
  }

  /// Sizes and times of a run's files, in one number.
  private static long stamp(Path folder) {
    long stamp = 17;
    for (String name : List.of("run.json", "metrics.jsonl", "notes.txt")) {
      Path file = folder.resolve(name);
      try {
        stamp = stamp * 31 + RunReading.changed(file);
        stamp = stamp * 31 + (Files.exists(file) ? Files.size(file) : -1);
      } catch (IOException _) {
        stamp = stamp * 31 + 1;
      }
    }
    return stamp;
  }

  private void publish(boolean busy, int unread, boolean any) {
    if (!any) {
      return;
    }
    var all = new ArrayList<RunEntry>(runs.size());
    for (RunEntry run : runs.values()) {
      // A killed run stays RUNNING in its record until the next one finds it; nobody is at work
      // then.
      all.add(run.state() == RunState.RUNNING && !busy ? run.in(RunState.KILLED) : run);
    }
    events.ifPresent(e -> all.addAll(e.entries()));
    all.sort(NEWEST_FIRST);
    var byKey = new HashMap<String, RunEntry>(all.size() * 2);
    all.forEach(r -> byKey.put(r.key(), r));
    synchronized (changed) {
      snapshot =
          new Snapshot(
              snapshot.generation() + 1,
              List.copyOf(all),
              byKey,
              Map.copyOf(problems),
              busy,
              unread);
      changed.notifyAll();
    }
  }

  @Override
  public void close() {
    closed = true;
    synchronized (changed) {
      changed.notifyAll();
    }
    synchronized (this) {
      if (unindexed > 0) {
        writeIndex();
      }
    }
  }
}
