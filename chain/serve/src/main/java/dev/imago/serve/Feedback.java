package dev.imago.serve;

import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// `POST /v1/feedback`: a thumb for an answer, on disk before the client hears that it is saved.
final class Feedback {
  private static final int MOST_COMMENT_CHARS = 4_000;

  private final ServerConfig config;
  private final ServedAnswers servedAnswers;
  private final RatingLog log;
  private final Metrics metrics;
  private final Clock clock;

  Feedback(
      ServerConfig config,
      ServedAnswers servedAnswers,
      RatingLog log,
      Metrics metrics,
      Clock clock) {
    this.config = config;
    this.servedAnswers = servedAnswers;
    this.log = log;
    this.metrics = metrics;
    this.clock = clock;
  }

  Map<String, Object> rate(byte[] body) {
    Fields fields = Fields.parse(body);
    String id = fields.requiredString("completion_id");
    String rating = fields.requiredString("rating");
    Rating.Vote vote =
        switch (rating) {
          case "up" -> Rating.Vote.UP;
          case "down" -> Rating.Vote.DOWN;
          default ->
              throw ApiException.invalid(
                  "rating", "rating = «%s» is neither up nor down".formatted(rating));
        };
    String comment = fields.string("comment").map(String::strip).orElse("");
    if (comment.length() > MOST_COMMENT_CHARS) {
      throw ApiException.invalid(
          "comment",
          "comment has %d characters; at most %d are kept: shorten it"
              .formatted(comment.length(), MOST_COMMENT_CHARS));
    }
    ServedAnswers.Served served =
        servedAnswers
            .find(id)
            .orElseThrow(
                () ->
                    ApiException.notFound(
                        "completion_id",
                        "completion_not_found",
                        "completion_id = «%s» is none of the last %d answers of this server; rate an answer soon after it came"
                            .formatted(id, config.keptAnswers())));
    log.append(
        new Rating(
            clock.instant(),
            id,
            vote,
            comment.isEmpty() ? null : comment,
            served.messages(),
            served.answer(),
            config.modelRef()));
    metrics.rated(vote.name().toLowerCase(Locale.ROOT));
    var reply = new LinkedHashMap<String, Object>();
    reply.put("object", "feedback");
    reply.put("completion_id", id);
    reply.put("rating", rating);
    reply.put("saved", true);
    return reply;
  }
}
