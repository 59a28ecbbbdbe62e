package dev.imago.feedback;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Draft;
import dev.imago.core.Run;
import dev.imago.core.Stage;
import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import dev.imago.data.Ratings;
import dev.imago.feedback.PreferenceExport.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Freezes a server's rating log as an artifact ([RatingsFolder]).
///
/// A log that is not there yet is one without ratings: a chain may end here before anyone has
/// talked to its model.
public final class ExportFeedback
    extends Stage<ExportFeedback.Inputs, ExportFeedback.Config, ExportFeedback.Outputs> {
  /// Nothing of the chain goes in: the log lies outside the workspace's artifacts.
  public record Inputs() {}

  /// @param log the file that `serve` appends ratings to
  public record Config(String log) {
    public Config {
      if (log.isBlank()) {
        throw new ConfigException("log is empty; name the file that the server writes ratings to");
      }
    }
  }

  public record Outputs(Ratings ratings) {}

  /// @param standardLog the file that is read where a recipe names none: the workspace's, which the
  ///   server writes
  public ExportFeedback(Path standardLog) {
    super("feedback", 1, Inputs.class, new Config(standardLog.toString()), Outputs.class);
  }

  @Override
  public String external(Config config) {
    Path log = Path.of(config.log());
    try {
      return Files.exists(log)
          ? "%s %d bytes %s".formatted(log, Files.size(log), Files.getLastModifiedTime(log))
          : log + " absent";
    } catch (IOException e) {
      throw AtomicFile.failure("read", log, e);
    }
  }

  @Override
  public void check(Config config) {
    if (Files.isDirectory(Path.of(config.log()))) {
      throw new ConfigException(
          "log = %s is a folder; name the file that the server writes ratings to"
              .formatted(config.log()));
    }
  }

  @Override
  public Outputs run(Inputs inputs, Config config, Run run) {
    Path log = Path.of(config.log());
    List<Rating> ratings = Files.exists(log) ? RatingLog.latest(log) : List.of();
    Draft draft = run.draft(Ratings.class, "ratings");
    Summary pairs = RatingsFolder.write(ratings, draft.folder());
    if (ratings.isEmpty()) {
      run.note("no ratings in %s yet: rate answers on the chat page, and run again".formatted(log));
    }
    run.table(
        "Feedback",
        List.of("ratings", "pairs", "unpaired", "contradictory", "bare texts left out"),
        List.of(
            List.of(
                Integer.toString(pairs.ratings()),
                Integer.toString(pairs.pairs()),
                Integer.toString(pairs.rest()),
                Integer.toString(pairs.contradictory()),
                Integer.toString(pairs.bareTexts()))));
    return new Outputs(draft.commit(Ratings.class));
  }
}
