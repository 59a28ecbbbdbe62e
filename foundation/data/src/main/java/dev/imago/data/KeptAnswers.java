package dev.imago.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The answers that a server keeps by rule, one JSON object a line, as a [RatingLog] is kept.
/// Thread-safe.
public final class KeptAnswers implements AutoCloseable {
  /// Of a workspace.
  public static final String FILE = "answers.jsonl";

  private static final String NOUN = "kept answer";

  private final AppendLog<KeptAnswer> log;

  private KeptAnswers(AppendLog<KeptAnswer> log) {
    this.log = log;
  }

  /// Opens a file to append to, and creates it, with its folders, where there is none.
  ///
  /// @throws dev.imago.core.EnvironmentException when the file cannot be written
  public static KeptAnswers open(Path file) {
    return new KeptAnswers(AppendLog.open(file, KeptAnswer.class));
  }

  /// Keeps one; it is on disk when this returns.
  public void append(KeptAnswer answer) {
    log.append(answer);
  }

  /// Takes answers out, for good, also from under a server that appends.
  ///
  /// @return those that went
  public List<KeptAnswer> remove(Predicate<KeptAnswer> goes) {
    return log.remove(KeptAnswer.class, NOUN, goes);
  }

  /// Takes out what was kept before a time.
  ///
  /// @return how many went
  public int removeBefore(Instant time) {
    return remove(answer -> answer.time().isBefore(time)).size();
  }

  /// All that are kept, each once, with all the reasons why; none where there is no file.
  public static List<KeptAnswer> all(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    var all = new LinkedHashMap<String, KeptAnswer>();
    try (Stream<KeptAnswer> kept = AppendLog.read(file, KeptAnswer.class, NOUN)) {
      kept.forEach(one -> all.merge(one.completionId(), one, KeptAnswers::both));
    }
    return List.copyOf(all.values());
  }

  private static KeptAnswer both(KeptAnswer one, KeptAnswer again) {
    var reasons = new LinkedHashSet<>(one.reasons());
    reasons.addAll(again.reasons());
    return new KeptAnswer(
        one.time(),
        one.completionId(),
        List.copyOf(reasons),
        one.confidence(),
        one.user(),
        one.messages(),
        again.answer(),
        one.model(),
        one.took() == null ? again.took() : one.took(),
        one.organisation());
  }

  @Override
  public void close() {
    log.close();
  }
}
