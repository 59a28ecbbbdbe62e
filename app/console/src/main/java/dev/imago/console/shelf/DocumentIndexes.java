package dev.imago.console.shelf;

import dev.imago.core.ImagoException;
import dev.imago.core.Ref;
import dev.imago.data.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Indexes of documents, made when somebody first looks at many, one after the other in the
/// background; until one is there, documents are read from the beginning.
public final class DocumentIndexes implements AutoCloseable {
  /// Fewer bytes are read as fast.
  private static final long LEAST_BYTES = 2L << 20;

  /// In all. An index holds its documents in blocks of their own: at most four times what they take
  /// packed in shards, so that parts of more than a quarter of this have none.
  private static final long MOST_BYTES = 8L << 30;

  /// A temporary file of [dev.imago.core.AtomicFile]'s: `.NAME.PID.THREAD`.
  private static final Pattern WRITTEN = Pattern.compile("\\..*\\.([0-9]{1,18})\\.[0-9]+");

  /// What failed, of a full disk perhaps, is tried again after so long.
  private static final Duration BEFORE_ANOTHER = Duration.ofMinutes(5);

  private static final int MOST_OPEN = 8;
  private static final String ENDING = ".documents";

  private final Path folder;
  private final long leastBytes;
  private final Map<Path, AtomicLong> making = new ConcurrentHashMap<>();
  private final Map<Path, Long> failed = new HashMap<>();
  private final Map<Path, DocumentIndex> open =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, DocumentIndex> eldest) {
          return size() > MOST_OPEN;
        }
      };
  private final ExecutorService maker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform()
              .daemon()
              .name("imago-console-documents")
              .priority(Thread.MIN_PRIORITY)
              .factory());

  /// @param folder in which they lie, and nothing else
  public DocumentIndexes(Path folder) {
    this(folder, LEAST_BYTES);
  }

  /// @param leastBytes that a part takes packed, for an index to be made of it
  DocumentIndexes(Path folder, long leastBytes) {
    this.folder = folder;
    this.leastBytes = leastBytes;
  }

  private Path file(Ref ref, String part) {
    return folder.resolve(ref.kind() + "-" + ref.hash() + "-" + part + ENDING);
  }

  /// How many documents an index has that is being made; empty where none is.
  public OptionalLong making(Ref ref, String part) {
    AtomicLong done = making.get(file(ref, part));
    return done == null ? OptionalLong.empty() : OptionalLong.of(done.get());
  }

  /// Whether a part is so large that no index of it is made: each search reads it then.
  public boolean isTooLarge(Path from, String part) {
    try {
      return Documents.packedBytes(from, part) > MOST_BYTES / 4;
    } catch (ImagoException _) {
      return false; // told by who reads the documents
    }
  }

  /// Makes an index anew that somebody found damaged.
  ///
  /// @param from the artifact's folder
  /// @param damaged that index; where another took its place meanwhile, this one stays
  synchronized void renew(Ref ref, Path from, String part, DocumentIndex damaged) {
    Path file = file(ref, part);
    if (!open.remove(file, damaged)) {
      return;
    }
    try {
      Files.deleteIfExists(file);
      begin(file, from, part);
    } catch (IOException _) {
      failed(file); // it lies where nobody may write: the documents themselves are read
    }
  }

  /// The index of a part of an artifact; where there is none, one is begun.
  ///
  /// @param from the artifact's folder
  synchronized Optional<DocumentIndex> of(Ref ref, Path from, String part) {
    Path file = file(ref, part);
    DocumentIndex known = open.get(file);
    if (known != null && Files.exists(file)) {
      return Optional.of(known);
    }
    open.remove(file);
    Long tried = failed.get(file);
    if (making.containsKey(file)
        || tried != null && System.nanoTime() - tried < BEFORE_ANOTHER.toNanos()) {
      return Optional.empty();
    }
    try {
      if (Files.exists(file)) {
        DocumentIndex index = DocumentIndex.open(file);
        open.put(file, index);
        return Optional.of(index);
      }
    } catch (IOException | RuntimeException _) {
      // Broken: it is made anew.
    }
    begin(file, from, part);
    return Optional.empty();
  }

  private void begin(Path file, Path from, String part) {
    long bytes;
    try {
      bytes = Documents.packedBytes(from, part);
    } catch (ImagoException _) {
      return; // told by who reads the documents
    }
    if (bytes < leastBytes || bytes > MOST_BYTES / 4 || maker.isShutdown()) {
      return;
    }
    var done = new AtomicLong();
    making.put(file, done);
    maker.execute(
        () -> {
          try {
            makeRoom(4 * bytes);
            DocumentIndex.write(file, from, part, done);
          } catch (CancellationException _) {
            // closed: it is begun anew with the next look
          } catch (ImagoException | java.io.UncheckedIOException e) {
            failed(file); // of a full disk, or documents that cannot be read, which the page tells
          } finally {
            making.remove(file);
          }
        });
  }

  private synchronized void failed(Path file) {
    failed.put(file, System.nanoTime());
  }

  /// Removes the oldest until there is room for one more, and what a kill left.
  private void makeRoom(long bytes) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> oldestFirst = files.sorted(Comparator.comparing(DocumentIndexes::time)).toList();
      long all = bytes;
      for (Path each : oldestFirst) {
        all += Files.size(each);
      }
      for (Path each : oldestFirst) {
        String name = String.valueOf(each.getFileName());
        if (all > MOST_BYTES && name.endsWith(ENDING) || isLeft(name)) {
          all -= Files.size(each);
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException | java.io.UncheckedIOException _) {
      // Somebody else removed one.
    }
  }

  /// Whether nobody writes it any more: another console may, in the same workspace.
  private static boolean isLeft(String name) {
    Matcher written = WRITTEN.matcher(name);
    return written.matches() && ProcessHandle.of(Long.parseLong(written.group(1))).isEmpty();
  }

  private static long time(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException _) {
      return 0;
    }
  }

  /// Ends what is being made.
  @Override
  public void close() {
    maker.shutdownNow();
    maker.close();
  }
}
