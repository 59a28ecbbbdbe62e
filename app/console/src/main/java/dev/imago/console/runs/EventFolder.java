package dev.imago.console.runs;

import dev.imago.core.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The runs below a folder of event files: as TensorBoard has it, each folder that holds some is
/// one.
final class EventFolder {
  /// The part of a file's name by which TensorBoard knows it.
  static final String MARK = "tfevents";

  private static final int DEEPEST = 16;

  /// A walk takes at most this share of the time.
  private static final int REST = 10;

  private final Path root;
  private final SharedNames shared;
  private final Map<Path, Reading> readings = new HashMap<>();
  private final Map<Path, RunEntry> entries = new HashMap<>();
  private long lastWalk;
  private long nextWalk;

  EventFolder(Path root, SharedNames shared) {
    this.root = root.toAbsolutePath().normalize();
    this.shared = shared;
  }

  /// How far one file was read, and what it said.
  private static final class Reading {
    private long size;
    private long changed;
    private long offset;
    private double first = Double.NaN;
    private double last = Double.NaN;
    private final Map<String, Double> values = new TreeMap<>();
    private boolean refused;
  }

  Collection<RunEntry> entries() {
    return entries.values();
  }

  /// Walks the folder, and reads what has come to its files.
  ///
  /// @return whether anything has changed
  boolean look(long now, Map<String, String> problems) {
    if (now >= lastWalk && now < nextWalk) { // where a clock was set back, it is time
      return false;
    }
    lastWalk = now;
    long begun = System.nanoTime();
    var found = new TreeMap<Path, List<Path>>();
    boolean any = false;
    try {
      walk(found);
      any |= problems.remove(root.toString()) != null;
    } catch (IOException e) {
      any |= problems.put(root.toString(), String.valueOf(e.getMessage())) == null;
    }
    any |= entries.keySet().retainAll(found.keySet());
    for (Map.Entry<Path, List<Path>> folder : found.entrySet()) {
      boolean grew = false;
      for (Path file : folder.getValue()) {
        grew |= read(file, problems);
      }
      if (grew || !entries.containsKey(folder.getKey())) {
        entries.put(folder.getKey(), entry(folder.getKey(), folder.getValue()));
        any = true;
      }
    }
    nextWalk = now + REST * (System.nanoTime() - begun) / 1_000_000;
    return any;
  }

  private void walk(Map<Path, List<Path>> found) throws IOException {
    Files.walkFileTree(
        root,
        java.util.Set.of(),
        DEEPEST,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && String.valueOf(file.getFileName()).contains(MARK)) {
              Path folder = file.getParent();
              found
                  .computeIfAbsent(folder == null ? root : folder, _ -> new ArrayList<>())
                  .add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (file.equals(root)) {
              throw e;
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private boolean read(Path file, Map<String, String> problems) {
    String name = "logdir/" + root.relativize(file);
    Reading reading = readings.computeIfAbsent(file, _ -> new Reading());
    try {
      long size = Files.size(file);
      long changed = RunReading.changed(file);
      if (size == reading.size && changed == reading.changed
          || reading.refused && size >= reading.size) {
        return false;
      }
      if (size < reading.offset) {
        readings.put(file, new Reading());
        reading = readings.get(file);
      }
      reading.size = size;
      reading.changed = changed;
      Reading to = reading;
      reading.offset =
          EventScalars.read(
              file,
              reading.offset,
              (tag, step, time, value) -> {
                to.first = Double.isNaN(to.first) ? time : Math.min(to.first, time);
                to.last = Double.isNaN(to.last) ? time : Math.max(to.last, time);
                to.values.put(shared.text(tag), value);
              });
      problems.remove(name);
      return true;
    } catch (BrokenEventsException e) {
      reading.refused = true;
      problems.put(name, String.valueOf(e.getMessage()));
      return true;
    } catch (IOException e) {
      return problems.put(name, String.valueOf(e.getMessage())) == null;
    }
  }

  private RunEntry entry(Path folder, List<Path> files) {
    double first = Double.MAX_VALUE;
    double last = 0;
    long heard = 0;
    var values = new TreeMap<String, Double>();
    for (Path file : files.stream().sorted().toList()) {
      Reading reading = readings.get(file);
      if (reading == null) {
        continue;
      }
      if (!Double.isNaN(reading.first)) {
        first = Math.min(first, reading.first);
        last = Math.max(last, reading.last);
      }
      heard = Math.max(heard, reading.changed);
      values.putAll(reading.values);
    }
    String relative = root.relativize(folder).toString();
    String id = relative.isEmpty() ? String.valueOf(folder.getFileName()) : relative;
    long started = first == Double.MAX_VALUE ? heard : (long) Math.clamp(first * 1e3, 0, 4e12);
    return new RunEntry(
        key(relative),
        id,
        folder,
        "",
        "",
        "",
        RunState.LOGGED,
        started,
        first == Double.MAX_VALUE ? 0 : Math.max(0, last - first),
        "",
        NamedTexts.NONE,
        NamedNumbers.of(values, shared),
        Map.of(),
        Map.of(),
        heard,
        id.toLowerCase(java.util.Locale.ROOT));
  }

  /// A folder's name in addresses: nothing of a path is in it.
  private static String key(String relative) {
    byte[] hash = Hashing.sha256().digest(relative.getBytes(StandardCharsets.UTF_8));
    return "logdir-" + HexFormat.of().formatHex(hash, 0, 8);
  }
}
