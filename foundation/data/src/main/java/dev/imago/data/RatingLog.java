package dev.imago.data;

import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// An append-only file of [Rating]s, one JSON object a line, that any number of processes write and
/// read at the same time.
///
/// A line counts once its newline is there: [#append] returns when line and newline are on disk. A
/// crash can leave a torn last line; readers pass over it and the next writer removes it.
public final class RatingLog implements AutoCloseable {
  private static final String NOUN = "rating";

  private final AppendLog<Rating> log;

  private RatingLog(AppendLog<Rating> log) {
    this.log = log;
  }

  /// Opens a log to append to, and creates it, with its folders, where there is none.
  ///
  /// @throws EnvironmentException when the file cannot be written
  public static RatingLog open(Path file) {
    return new RatingLog(AppendLog.open(file, Rating.class));
  }

  public Path file() {
    return log.file();
  }

  /// Bytes of a torn last line that opening removed; 0 after a clean end.
  public long tornBytes() {
    return log.tornBytes();
  }

  /// Appends one rating; it is on disk when this returns.
  ///
  /// @throws EnvironmentException when it cannot be written; the log is then as it was before
  public void append(Rating rating) {
    log.append(rating);
  }

  /// Takes ratings out, for good, also from under a server that appends.
  ///
  /// @return those that went
  public List<Rating> remove(Predicate<Rating> goes) {
    return log.remove(Rating.class, NOUN, goes);
  }

  /// Every rating whose line was whole when it was reached, in the order of writing. Close the
  /// stream.
  ///
  /// @throws InputException when there is no such file, and (while streaming) naming file and line
  ///   for a whole line that is no rating
  public static Stream<Rating> read(Path file) {
    if (!Files.exists(file)) {
      throw new InputException(
          "%s: no such rating log; a server writes it when its first answer is rated"
              .formatted(file));
    }
    return AppendLog.read(file, Rating.class, NOUN);
  }

  /// All ratings that count, as a list: of several for one completion, the last, in its place.
  public static List<Rating> latest(Path file) {
    var latest = new LinkedHashMap<String, Rating>();
    try (Stream<Rating> ratings = read(file)) {
      ratings.forEach(rating -> latest.putLast(rating.completionId(), rating));
    }
    return List.copyOf(latest.values());
  }

  @Override
  public void close() {
    log.close();
  }
}
