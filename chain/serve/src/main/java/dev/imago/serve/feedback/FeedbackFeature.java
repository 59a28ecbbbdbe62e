package dev.imago.serve.feedback;

import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.serve.completions.RequestMasking;
import dev.imago.serve.completions.ServedAnswers;
import dev.imago.serve.completions.ServedAnswers.Served;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.metrics.Metrics;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `POST /v1/feedback`: a thumb for an answer, a comment, a better answer, or a choice between two.
public final class FeedbackFeature implements Feature {
  static final String PATH = "/v1/feedback";

  public static final RouteFields FIELDS =
      RouteFields.of(PATH)
          .honoured(
              "completion_id",
              "index",
              "rating",
              "comment",
              "correction",
              "preferred_over",
              "preferred_over_index",
              "user");

  private static final int MOST_COMMENT_CHARS = 4_000;
  private static final int MOST_CORRECTION_CHARS = 100_000;
  private static final int MOST_USER_CHARS = 512;
  private static final int MOST_INDEX = 127;

  private final ServedAnswers servedAnswers;
  private final RequestMasking.Tenants masking;
  private final RatingLog log;
  private final Optional<AnswerKeeper> keeper;
  private final Metrics metrics;
  private final Clock clock;

  /// @param masking of what is said of an answer, by what the answer was masked by
  /// @param keeper keeps what somebody found bad
  public FeedbackFeature(
      ServedAnswers servedAnswers,
      RequestMasking.Tenants masking,
      RatingLog log,
      Optional<AnswerKeeper> keeper,
      Metrics metrics,
      Clock clock) {
    this.servedAnswers = servedAnswers;
    this.masking = masking;
    this.log = log;
    this.keeper = keeper;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::rate));
  }

  private void rate(Exchange exchange) {
    JsonFields said = exchange.fields();
    FIELDS.check(said);
    String completionId = said.requiredString("completion_id");
    Served served = served(exchange, said, "completion_id", "index");
    JsonFields fields = masking.texts(served, said);
    String correction = text(fields, "correction", MOST_CORRECTION_CHARS);
    Served other =
        fields.has("preferred_over")
            ? served(exchange, fields, "preferred_over", "preferred_over_index")
            : null;
    if (other != null) {
      checkChoice(served, other, correction);
    } else if (fields.has("preferred_over_index")) {
      throw ApiException.invalid(
          "preferred_over_index", "preferred_over_index is of preferred_over, which is not there");
    }
    if (served.answer().equals(correction)) {
      throw ApiException.invalid("correction", "correction is the answer itself; leave it out");
    }
    Rating.Vote vote = vote(fields, correction, other);
    String user = text(fields, "user", MOST_USER_CHARS);
    log.append(
        new Rating(
            clock.instant(),
            other == null ? served.id() : served.id() + ">" + other.id(),
            vote,
            text(fields, "comment", MOST_COMMENT_CHARS),
            served.messages(),
            served.answer(),
            served.model(),
            user == null ? served.user() : user,
            correction,
            other == null ? null : other.answer(),
            user == null || user.equals(served.user()) ? null : served.user(),
            served.organisation()));
    keeper.filter(_ -> other == null).ifPresent(each -> each.rated(served, vote));
    String word = vote.name().toLowerCase(Locale.ROOT);
    metrics.rated(word);
    var reply = new LinkedHashMap<String, Object>();
    reply.put("object", "feedback");
    reply.put("completion_id", completionId);
    reply.put("rating", word);
    reply.put("saved", true);
    exchange.json(reply);
  }

  private Served served(Exchange exchange, JsonFields fields, String name, String indexName) {
    String completionId = fields.requiredString(name);
    int index = Math.toIntExact(fields.integer(indexName, 0, MOST_INDEX).orElse(0L));
    return servedAnswers
        .find(ServedAnswers.id(completionId, index), exchange.caller().tenant())
        .orElseThrow(() -> forgotten(name, completionId, indexName, index));
  }

  private static void checkChoice(Served served, Served other, @Nullable String correction) {
    if (!served.messages().equals(other.messages())) {
      throw ApiException.invalid(
          "preferred_over",
          "preferred_over answers something else than completion_id; a choice is between two"
              + " answers to the same");
    }
    if (served.answer().equals(other.answer())) {
      throw ApiException.invalid("preferred_over", "both answers are the same: there is no choice");
    }
    if (correction != null) {
      throw ApiException.invalid(
          "correction", "a choice between two answers has no correction; send it by itself");
    }
  }

  /// Said, or implied: what is corrected was no good answer, what is preferred is the better one.
  private static Rating.Vote vote(
      JsonFields fields, @Nullable String correction, @Nullable Served other) {
    if (!fields.has("rating") && (correction != null || other != null)) {
      return correction != null ? Rating.Vote.DOWN : Rating.Vote.UP;
    }
    Rating.Vote vote =
        switch (fields.requiredString("rating")) {
          case "up" -> Rating.Vote.UP;
          case "down" -> Rating.Vote.DOWN;
          case String rating ->
              throw ApiException.invalid(
                  "rating", "rating = «%s» is neither up nor down".formatted(rating));
        };
    if (other != null && vote == Rating.Vote.DOWN) {
      throw ApiException.invalid(
          "rating", "rating = down contradicts preferred_over: the answer is the better one");
    }
    return vote;
  }

  private static @Nullable String text(JsonFields fields, String name, int most) {
    String text = fields.string(name).map(String::strip).orElse("");
    if (text.length() > most) {
      throw ApiException.invalid(
          name,
          "%s has %d characters; at most %d are kept: shorten it"
              .formatted(name, text.length(), most));
    }
    return text.isEmpty() ? null : text;
  }

  private ApiException forgotten(String name, String id, String indexName, int index) {
    return ApiException.notFound(
        name,
        "completion_not_found",
        "%s = «%s»%s is none of the last %d answers of this server; rate an answer soon after it came"
            .formatted(
                name,
                id,
                index == 0 ? "" : ", %s = %d".formatted(indexName, index),
                servedAnswers.most()));
  }
}
