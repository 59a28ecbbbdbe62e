package dev.imago.alerts;

import dev.imago.core.AtomicFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What servers measured, kept on disk so that rules can look back over days and restarts: of each
/// source a file a day, `2026-11-28-serve-8080.jsonl`, with a line for each look: `{"time":
/// 1795850000.0, "values": {"imago_answers_running": 2.0}}`.
///
/// Bounded in time and in bytes: the oldest days go first. A line may be lost with the machine's
/// power; one that was broken off is passed over. Several processes may write, each its own source.
/// Where two of them measure the same thing, as a server does that a console asks too, one of them
/// counts until it says no more: else each count would stand there twice.
public final class SeriesFolder {
  /// As long as the longest window that is usual: a budget's month, and a day.
  public static final int KEPT_DAYS = 31;

  /// So many bytes in all.
  public static final long MOST_BYTES = 256L << 20;

  /// Of so many series; more are passed over.
  public static final int MOST_SERIES = 2_000;

  /// Beyond a day a point each five minutes is held in memory: windows of days need no more.
  private static final double FINE_SECONDS = 86_400;

  private static final double SPACING = 300;

  /// After such a silence of one source another one's points count, in seconds.
  private static final double SILENT = 60;

  /// What could not be written waits so far for the next reading: an hour of looks.
  private static final int MOST_UNWRITTEN = 240;

  private static final int READ_BYTES = 1 << 20;
  private static final Pattern FILE =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}-([a-z0-9-]{1,60})\\.jsonl");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;
  private final long mostBytes;
  private final Map<String, Held> series = new LinkedHashMap<>();
  private final Map<Path, Long> read = new TreeMap<>();
  private final Deque<Unwritten> unwritten = new ArrayDeque<>();
  private String swept = "";
  private long unswept;
  private double thinned;
  private boolean full;

  private record Unwritten(String source, double time, List<PrometheusText.Sample> samples) {}

  private static final class Held {
    final Series points;
    String source;

    Held(Series points, String source) {
      this.points = points;
      this.source = source;
    }
  }

  public SeriesFolder(Path folder) {
    this(folder, MOST_BYTES);
  }

  SeriesFolder(Path folder, long mostBytes) {
    this.folder = folder;
    this.mostBytes = mostBytes;
  }

  private static String day(double time) {
    return Instant.ofEpochSecond((long) time).atZone(ZoneOffset.UTC).toLocalDate().toString();
  }

  /// Keeps what a source measured at a time.
  ///
  /// @param source small letters, digits and `-`, such as `serve-8080`
  /// @param time in seconds since 1970
  /// @throws dev.imago.core.EnvironmentException when it cannot be written; the next reading has it
  ///   all the same
  public void append(String source, double time, List<PrometheusText.Sample> samples) {
    var values = new LinkedHashMap<String, Object>();
    for (PrometheusText.Sample sample : samples) {
      // JSON has no NaN: as in a run's metrics.jsonl, it is a text.
      Object value =
          Double.isFinite(sample.value()) ? sample.value() : Double.toString(sample.value());
      values.put(PrometheusText.key(sample.metric(), sample.labels()), value);
    }
    String line = JSON.writeValueAsString(Map.of("time", time, "values", values)) + "\n";
    String day = day(time);
    Path file = folder.resolve(day + "-" + source + ".jsonl");
    try {
      Files.createDirectories(folder);
      if (!day.equals(swept) || unswept > mostBytes / 16) {
        sweep(time, file);
        swept = day;
        unswept = 0;
      }
      try (FileChannel out =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long size = out.size();
        if (size > mostBytes / 2) {
          throw new IOException(
              "it has %d MiB, half of what all days may have: let rules look at fewer series, by labels"
                  .formatted(size >> 20));
        }
        boolean broken = size > 0 && lastByte(out, size) != '\n';
        byte[] bytes = ((broken ? "\n" : "") + line).getBytes(StandardCharsets.UTF_8);
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
          out.write(left, size + left.position());
        }
        unswept += bytes.length;
      }
    } catch (IOException e) {
      unwritten.addLast(new Unwritten(source, time, List.copyOf(samples)));
      if (unwritten.size() > MOST_UNWRITTEN) {
        unwritten.removeFirst();
      }
      throw AtomicFile.failure("write", file, e);
    }
  }

  private static int lastByte(FileChannel channel, long size) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    channel.read(one, size - 1);
    return one.get(0);
  }

  private List<Path> files() throws IOException {
    try (var all = Files.list(folder)) {
      return all.filter(file -> FILE.matcher(String.valueOf(file.getFileName())).matches())
          .sorted()
          .toList();
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of(); // who writes is told
    }
  }

  /// Lets go of what is too old, and of the oldest where it is too much.
  ///
  /// @param current is written to, and stays
  private void sweep(double now, Path current) throws IOException {
    String oldest = day(now - KEPT_DAYS * 86_400.0);
    var left = new ArrayList<Path>();
    long bytes = 0;
    for (Path file : files()) {
      if (file.getFileName().toString().compareTo(oldest) < 0) {
        Files.deleteIfExists(file);
      } else {
        left.add(file);
        bytes += Files.size(file);
      }
    }
    for (Path file : left) {
      if (bytes <= mostBytes) {
        break;
      }
      if (file.equals(current)) {
        continue;
      }
      bytes -= Files.size(file);
      Files.deleteIfExists(file);
    }
  }

  /// All series as they are now: what came since the last call is read on.
  ///
  /// @param now in seconds since 1970
  public List<Series> read(double now) {
    try {
      for (Path file : files()) {
        readOn(file);
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
    // After the files, and only beyond what those have: a late point would be taken for a clock
    // that was set back, and cut what follows it.
    for (Unwritten each : unwritten) {
      for (PrometheusText.Sample sample : each.samples()) {
        String key = PrometheusText.key(sample.metric(), sample.labels());
        Held held = series.get(key);
        if (held == null || held.points.last() < each.time()) {
          add(each.source(), key, each.time(), sample.value());
        }
      }
    }
    unwritten.clear();
    if (Math.abs(now - thinned) > SPACING * 12) {
      thinned = now;
      series.values().forEach(each -> each.points.thin(now - FINE_SECONDS, SPACING));
      full &= !series.values().removeIf(each -> each.points.last() < now - KEPT_DAYS * 86_400.0);
    }
    return series.values().stream().map(each -> each.points).toList();
  }

  /// Whether there are more series than are held, so that some are passed over.
  public boolean isFull() {
    return full;
  }

  private void readOn(Path file) throws IOException {
    long from = read.getOrDefault(file, 0L);
    Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
    String source = name.matches() ? name.group(1) : "";
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      if (in.length() < from) { // removed, and begun anew
        from = 0;
      }
      if (in.length() == from) {
        return; // as most are: those of other days
      }
      byte[] bytes = new byte[READ_BYTES];
      int held = 0;
      in.seek(from);
      for (int got = in.read(bytes); got > 0; got = in.read(bytes, held, bytes.length - held)) {
        held += got;
        int begin = 0;
        for (int i = 0; i < held; i++) {
          if (bytes[i] == '\n') {
            line(source, new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
            begin = i + 1;
          }
        }
        if (begin == 0 && held == bytes.length) {
          begin = held; // no line of ours is so long
        }
        from += begin;
        System.arraycopy(bytes, begin, bytes, 0, held - begin);
        held -= begin;
      }
    } catch (java.io.FileNotFoundException _) {
      return; // swept meanwhile
    }
    read.put(file, from);
  }

  private void line(String source, String line) {
    try {
      JsonNode node = JSON.readTree(line);
      double time = node.path("time").asDouble(Double.NaN);
      if (Double.isFinite(time)) {
        for (Map.Entry<String, JsonNode> each : node.path("values").properties()) {
          add(source, each.getKey(), time, number(each.getValue()));
        }
      }
    } catch (JacksonException _) {
      // Broken off, or not ours.
    }
  }

  private static double number(JsonNode value) {
    return value.isNumber()
        ? value.asDouble()
        : switch (value.asString("")) {
          case "Infinity" -> Double.POSITIVE_INFINITY;
          case "-Infinity" -> Double.NEGATIVE_INFINITY;
          default -> Double.NaN;
        };
  }

  private void add(String source, String key, double time, double value) {
    Held known = series.get(key);
    if (known == null) {
      List<PrometheusText.Sample> parsed = PrometheusText.parse(key + " 0");
      full |= series.size() >= MOST_SERIES;
      if (parsed.size() != 1 || series.size() >= MOST_SERIES) {
        return;
      }
      PrometheusText.Sample what = parsed.getFirst();
      known = new Held(new Series(what.metric(), what.labels()), source);
      series.put(key, known);
    }
    if (!known.source.equals(source)) {
      if (time < known.points.last() + SILENT) {
        return;
      }
      known.source = source;
    }
    known.points.add(time, value);
  }
}
