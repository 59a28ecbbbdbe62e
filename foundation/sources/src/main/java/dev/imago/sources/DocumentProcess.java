package dev.imago.sources;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Reads documents in a process of its own, so that whatever one of them does to its reader (a
/// loop, a page of 4 GB, a stack without end) costs that document alone: after `seconds` of
/// processor time without an answer, or beyond `megabytes` of heap, the process is ended, and the
/// next document has a new one.
///
/// It runs the same Java with the same class path. One document at a time; not thread-safe.
public final class DocumentProcess implements AutoCloseable {
  private static final long LOOK_MILLIS = 200;

  /// How many times its processor time a document may take by the clock.
  private static final int IDLE = 20;

  private final int seconds;
  private final int megabytes;
  private @Nullable Running running;

  private record Running(Process process, DataOutputStream to, DataInputStream from) {}

  /// Nothing is started yet.
  public DocumentProcess(int seconds, int megabytes) {
    this.seconds = seconds;
    this.megabytes = megabytes;
  }

  /// The text of a document.
  ///
  /// @param maxBytes the most text, in UTF-8
  /// @throws IOException with the reason, for what cannot be read
  public DocumentText read(Path file, DocumentKind kind, int maxBytes)
      throws IOException, InterruptedException {
    Map<String, String> tags = new TreeMap<>();
    List<String> notes = new ArrayList<>();
    List<Integer> pageStarts = new ArrayList<>();
    var text = new ByteArrayOutputStream();
    try (var answer = ask(file, kind, tags, notes, pageStarts)) {
      byte[] piece = new byte[1 << 13];
      for (int n = answer.read(piece); n >= 0; n = answer.read(piece)) {
        text.write(piece, 0, n);
        if (text.size() > maxBytes) {
          throw new IOException("its text is longer than %,d bytes".formatted(maxBytes));
        }
      }
    }
    return new DocumentText(text.toString(StandardCharsets.UTF_8), tags, notes, pageStarts);
  }

  /// The rows of a table as lines of JSON, as they come. Read or close it before the next document.
  public InputStream rows(Path file) throws IOException {
    return ask(file, DocumentKind.PARQUET, new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
  }

  private Answer ask(
      Path file,
      DocumentKind kind,
      Map<String, String> tags,
      List<String> notes,
      List<Integer> pageStarts)
      throws IOException {
    Running child = running;
    if (child == null || !child.process().isAlive()) {
      child = start();
      running = child;
    }
    try {
      child.to().writeUTF(kind.name());
      child.to().writeUTF(file.toAbsolutePath().toString());
      child.to().flush();
    } catch (IOException e) {
      throw ended(child);
    }
    return new Answer(child, tags, notes, pageStarts);
  }

  private Running start() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + megabytes + "m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            classPath(),
            DocumentReading.class.getName(),
            String.valueOf(seconds));
    Process process = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    return new Running(
        process,
        new DataOutputStream(new BufferedOutputStream(process.getOutputStream())),
        new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16)));
  }

  /// Where this module's classes and libraries are, on a class path or a module path.
  private static String classPath() {
    String classes = System.getProperty("java.class.path", "");
    String modules = System.getProperty("jdk.module.path", "");
    return modules.isEmpty() ? classes : classes + File.pathSeparator + withJars(modules);
  }

  /// A folder of a module path holds jars, or classes of one module.
  private static String withJars(String modules) {
    var path = new StringBuilder();
    for (String entry : modules.split(File.pathSeparator)) {
      path.append(entry)
          .append(File.pathSeparator)
          .append(entry)
          .append("/*")
          .append(File.pathSeparator);
    }
    return path.toString();
  }

  private IOException ended(Running child) {
    running = null;
    child.process().destroyForcibly();
    return new IOException(
        "its reader ended; it may want more than documentMegabytes = %d".formatted(megabytes));
  }

  /// What comes for one document. An answer that is not read to its end ends the process.
  private final class Answer extends InputStream {
    private final Running child;
    private final Map<String, String> tags;
    private final List<String> notes;
    private final List<Integer> pageStarts;
    private byte[] data = new byte[0];
    private int at;
    private boolean done;

    Answer(Running child, Map<String, String> tags, List<String> notes, List<Integer> pageStarts) {
      this.child = child;
      this.tags = tags;
      this.notes = notes;
      this.pageStarts = pageStarts;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      while (at == data.length) {
        if (done) {
          return -1;
        }
        within(this::frame);
      }
      int n = Math.min(length, data.length - at);
      System.arraycopy(data, at, to, offset, n);
      at += n;
      return n;
    }

    /// Reads one frame: data, a tag, a note, where pages begin, the end, or an error.
    private @Nullable IOException frame() throws IOException {
      DataInputStream from = child.from();
      switch (from.readByte()) {
        case DocumentReading.DATA -> {
          data = from.readNBytes(from.readInt());
          at = 0;
        }
        case DocumentReading.TAG -> tags.put(from.readUTF(), from.readUTF());
        case DocumentReading.NOTE -> notes.add(from.readUTF());
        case DocumentReading.PAGES -> {
          for (int left = from.readInt(); left > 0; left--) {
            pageStarts.add(from.readInt());
          }
        }
        case DocumentReading.END -> done = true;
        case DocumentReading.ERROR -> {
          done = true;
          return new IOException(from.readUTF());
        }
        default -> throw new EOFException("no frame");
      }
      return null;
    }

    /// Waits by the processor time that the reader takes: a busy machine is no fault of a document.
    /// One that takes none, and answers nothing, is given up too.
    private @Nullable IOException await(CompletableFuture<@Nullable IOException> waiting)
        throws IOException, InterruptedException, ExecutionException {
      Duration before = busy();
      for (long looks = 0; ; looks++) {
        try {
          return waiting.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          boolean spent = busy().minus(before).toSeconds() >= seconds;
          if (spent || looks * LOOK_MILLIS > IDLE * seconds * 1000L) {
            done = true;
            running = null;
            child.process().destroyForcibly();
            throw new IOException(
                "nothing came of it within documentSeconds = %d of processor time"
                    .formatted(seconds),
                e);
          }
        }
      }
    }

    private Duration busy() {
      return child.process().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private interface Frame {
      @Nullable IOException read() throws IOException;
    }

    private void within(Frame frame) throws IOException {
      var waiting = new CompletableFuture<@Nullable IOException>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  waiting.complete(frame.read());
                } catch (IOException | RuntimeException e) {
                  waiting.completeExceptionally(e);
                }
              });
      IOException refused;
      try {
        refused = await(waiting);
      } catch (ExecutionException e) {
        done = true;
        throw ended(child);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted");
      }
      if (refused != null) {
        throw refused;
      }
    }

    @Override
    public void close() {
      if (!done) {
        running = null;
        child.process().destroyForcibly();
      }
    }
  }

  @Override
  public void close() {
    Running child = running;
    if (child != null) {
      running = null;
      child.process().destroyForcibly();
    }
  }
}
