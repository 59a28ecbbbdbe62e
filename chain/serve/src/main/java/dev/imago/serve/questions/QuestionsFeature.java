package dev.imago.serve.questions;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.ModelInput;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.span.FoundAnswer;
import dev.imago.tasks.span.SpanAnswering;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `POST /question-answering`: where a text answers a question. Requests and answers are those of
/// Hugging Face's inference API: `inputs` of `question` and `context`, or a list of them;
/// `parameters` of `top_k`, `max_answer_len` and `handle_impossible_answer`; an answer has
/// `answer`, `score`, `start` and `end`, in code points. A text that has no answer has an empty
/// one.
public final class QuestionsFeature implements Feature {
  static final String PATH = "/question-answering";

  public static final RouteFields FIELDS =
      RouteFields.of(PATH).honoured("model", "inputs", "parameters");
  public static final RouteFields PARAMETERS =
      RouteFields.of(PATH + " parameters")
          .honoured("top_k", "max_answer_len", "handle_impossible_answer");

  private static final int MOST = 256;
  private static final int MOST_ANSWERS = 20;
  private static final int LONGEST_ANSWER = 1 << 12;

  private final Models models;

  public QuestionsFeature(Models models) {
    this.models = models;
  }

  /// A question of a text, in windows.
  private record Asked(String context, List<Question> windows) {}

  /// @param best how many answers
  /// @param longest tokens of an answer, where that is said
  /// @param none whether there may be no answer, where that is said
  private record Parameters(int best, Optional<Long> longest, Optional<Boolean> none) {
    static Parameters of(Optional<JsonFields> given) {
      if (given.isEmpty()) {
        return new Parameters(1, Optional.empty(), Optional.empty());
      }
      JsonFields fields = given.get();
      PARAMETERS.check(fields);
      return new Parameters(
          Math.toIntExact(fields.integer("top_k", 1, MOST_ANSWERS).orElse(1L)),
          fields.integer("max_answer_len", 1, LONGEST_ANSWER),
          fields.has("handle_impossible_answer")
              ? Optional.of(fields.bool("handle_impossible_answer"))
              : Optional.empty());
    }

    FoundAnswer.Wanted wanted(String context, boolean usually) {
      FoundAnswer.Wanted usual = SpanAnswering.wanted(context, none.orElse(usually));
      return new FoundAnswer.Wanted(
          longest.map(Math::toIntExact).orElse(usual.longest()), usual.none());
    }
  }

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::answer));
  }

  private void answer(Exchange exchange) {
    JsonFields fields = exchange.fields();
    FIELDS.check(fields);
    ServedPredictor model = models.predicting(fields.string("model"), PATH);
    Parameters parameters = Parameters.of(fields.object("parameters"));
    boolean several = fields.get("inputs") != null && fields.get("inputs").isArray();
    List<JsonFields> inputs =
        several
            ? fields.requiredObjects("inputs")
            : fields.object("inputs").map(List::of).orElseThrow(QuestionsFeature::missing);
    if (inputs.size() > MOST) {
      throw ApiException.invalid(
          "inputs", "inputs has %d questions; send up to %d".formatted(inputs.size(), MOST));
    }
    List<Asked> asked = inputs.stream().map(each -> asked(each, model)).toList();
    List<ModelInput> windows =
        asked.stream().flatMap(a -> a.windows().stream()).map(Question::input).toList();
    var scores = model.scores(windows).iterator();
    var answers = new ArrayList<Object>();
    for (Asked one : asked) {
      List<float[][]> own = one.windows().stream().map(_ -> scores.next()).toList();
      answers.add(answers(one, own, model, parameters));
    }
    exchange.json(several ? answers : answers.getFirst());
  }

  private static ApiException missing() {
    return ApiException.invalid(
        "inputs", "inputs is missing; it is {\"question\": …, \"context\": …} or a list of them");
  }

  private static Asked asked(JsonFields input, ServedPredictor model) {
    input.refuseOthers(Set.of("question", "context"));
    String question = input.requiredString("question");
    String context = input.requiredString("context");
    List<Question> windows =
        SpanAnswering.windows(question, context, model.tokenizer(), model.context());
    if (question.isBlank()
        || context.isBlank()
        || windows.stream().anyMatch(w -> w.ids().length == 0)) {
      throw ApiException.invalid(
          "inputs", "inputs has a question or a context without a text that can be read");
    }
    return new Asked(context, windows);
  }

  /// One answer, or the best ones where more are asked for.
  private static Object answers(
      Asked asked, List<float[][]> scores, ServedPredictor model, Parameters parameters) {
    boolean none = !model.readout().calibration().thresholds().isEmpty();
    List<Map<String, Object>> best =
        FoundAnswer.of(
                asked.context(),
                asked.windows(),
                scores,
                model.readout().calibration(),
                parameters.wanted(asked.context(), none))
            .stream()
            .limit(parameters.best())
            .map(answer -> json(answer, asked.context()))
            .toList();
    return parameters.best() == 1 ? best.getFirst() : best;
  }

  private static Map<String, Object> json(FoundAnswer answer, String context) {
    var json = new LinkedHashMap<String, Object>();
    json.put("score", answer.score());
    json.put("start", context.codePointCount(0, answer.start()));
    json.put("end", context.codePointCount(0, answer.end()));
    json.put("answer", answer.text());
    return json;
  }
}
