package dev.imago.serve.feedback;

import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.serve.completions.ServedAnswers;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.metrics.Metrics;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// `POST /v1/feedback`: a thumb for an answer.
public final class FeedbackFeature implements Feature {
  static final String PATH = "/v1/feedback";

  public static final RouteFields FIELDS =
      RouteFields.of(PATH).honoured("completion_id", "index", "rating", "comment");

  private static final int MOST_COMMENT_CHARS = 4_000;
  private static final int MOST_INDEX = 127;

  private final ServedAnswers servedAnswers;
  private final RatingLog log;
  private final Metrics metrics;
  private final Clock clock;

  public FeedbackFeature(ServedAnswers servedAnswers, RatingLog log, Metrics metrics, Clock clock) {
    this.servedAnswers = servedAnswers;
    this.log = log;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::rate));
  }

  private void rate(Exchange exchange) {
    JsonFields fields = exchange.fields();
    FIELDS.check(fields);
    String completionId = fields.requiredString("completion_id");
    int index = Math.toIntExact(fields.integer("index", 0, MOST_INDEX).orElse(0L));
    Rating.Vote vote = vote(fields.requiredString("rating"));
    String comment = comment(fields);
    String id = ServedAnswers.id(completionId, index);
    ServedAnswers.Served served =
        servedAnswers
            .find(id, exchange.caller().tenant())
            .orElseThrow(() -> forgotten(completionId, index));
    log.append(
        new Rating(
            clock.instant(),
            id,
            vote,
            comment.isEmpty() ? null : comment,
            served.messages(),
            served.answer(),
            served.model()));
    String word = vote.name().toLowerCase(Locale.ROOT);
    metrics.rated(word);
    var reply = new LinkedHashMap<String, Object>();
    reply.put("object", "feedback");
    reply.put("completion_id", completionId);
    reply.put("rating", word);
    reply.put("saved", true);
    exchange.json(reply);
  }

  private static Rating.Vote vote(String rating) {
    return switch (rating) {
      case "up" -> Rating.Vote.UP;
      case "down" -> Rating.Vote.DOWN;
      default ->
          throw ApiException.invalid(
              "rating", "rating = «%s» is neither up nor down".formatted(rating));
    };
  }

  private static String comment(JsonFields fields) {
    String comment = fields.string("comment").map(String::strip).orElse("");
    if (comment.length() > MOST_COMMENT_CHARS) {
      throw ApiException.invalid(
          "comment",
          "comment has %d characters; at most %d are kept: shorten it"
              .formatted(comment.length(), MOST_COMMENT_CHARS));
    }
    return comment;
  }

  private ApiException forgotten(String id, int index) {
    return ApiException.notFound(
        "completion_id",
        "completion_not_found",
        "completion_id = «%s»%s is none of the last %d answers of this server; rate an answer soon after it came"
            .formatted(id, index == 0 ? "" : ", index = " + index, servedAnswers.most()));
  }
}
