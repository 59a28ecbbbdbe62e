package dev.imago.feedback;

import dev.imago.core.AtomicFile;
import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import dev.imago.feedback.PreferenceExport.Format;
import dev.imago.feedback.PreferenceExport.Summary;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// The files of a [dev.imago.data.Ratings] artifact: `ratings.jsonl` (the ratings that count),
/// `preference.jsonl` (pairs) and `unpaired.jsonl` (the rest), as [PreferenceExport] writes them.
public final class RatingsFolder {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String RATINGS = "ratings.jsonl";

  private RatingsFolder() {}

  /// Who said it stays out: an artifact knows no person.
  ///
  /// @param ratings of several for one completion, the last alone
  public static Summary write(List<Rating> ratings, Path folder) {
    AtomicFile.write(
        folder.resolve(RATINGS),
        out -> {
          for (Rating rating : ratings) {
            out.write(JSON.writeValueAsBytes(rating.withoutUser()));
            out.write('\n');
          }
        });
    PreferenceExport.write(ratings, folder.resolve("unpaired.jsonl"), Format.REST);
    return PreferenceExport.write(ratings, folder.resolve("preference.jsonl"), Format.PREFERENCE);
  }

  /// The ratings of an artifact.
  public static List<Rating> read(Path folder) {
    return RatingLog.latest(folder.resolve(RATINGS));
  }
}
