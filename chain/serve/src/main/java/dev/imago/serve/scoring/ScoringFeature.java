package dev.imago.serve.scoring;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextReply;
import dev.imago.tasks.Probabilities;
import dev.imago.tasks.classification.TextTask;
import dev.imago.tasks.classification.Verdict;
import dev.imago.tasks.embedding.Cosine;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// `POST /score`, and `/v1/score`: what is told of pairs of texts. Requests and answers are vLLM's:
/// `text_1` and `text_2` are a text or a list each, one beside as many as the other has, or as
/// many.
///
/// The score of a model of one number is that number, of one label its probability, of vectors
/// their cosine. Of several classes it is the probability of the told one, which stands beside it
/// as `label`, with all in `probs`.
public final class ScoringFeature implements Feature {
  static final String PATH = "/score";

  private static final int MOST_PAIRS = 1024;

  public static final RouteFields FIELDS =
      RouteFields.of(PATH)
          .honoured("model", "text_1", "text_2", "truncate_prompt_tokens")
          .accepted("user")
          .refused("priority", "requests are answered in their order", "0");

  private final Models models;
  private final TextReply reply;

  /// @param random makes the answers' ids
  public ScoringFeature(Models models, Clock clock, RandomGenerator random) {
    this.models = models;
    this.reply = new TextReply("score", clock, random);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(PATH, Route.Access.KEY, this::score),
        Route.post("/v1" + PATH, Route.Access.KEY, this::score));
  }

  private void score(Exchange exchange) {
    JsonFields fields = exchange.fields();
    FIELDS.check(fields);
    ServedPredictor model = models.scoring(fields.string("model"), PATH);
    List<String> second = texts(fields, "text_2");
    List<String> first = texts(fields, "text_1");
    if (first.size() != second.size() && first.size() != 1) {
      throw ApiException.invalid(
          "text_1",
          "text_1 has %d texts and text_2 %d: send one text_1 for all, or as many"
              .formatted(first.size(), second.size()));
    }
    first =
        first.size() == second.size()
            ? first
            : Collections.nCopies(second.size(), first.getFirst());
    List<ModelInput> inputs = inputs(model, first, second, fields);
    int tokens = inputs.stream().mapToInt(ModelInput::length).sum();
    reply.send(exchange, model, tokens, answers(model, model.scores(inputs)));
  }

  private static List<String> texts(JsonFields fields, String name) {
    List<String> texts = fields.strings(name, MOST_PAIRS);
    if (texts.isEmpty()) {
      throw ApiException.invalid(
          name, "%s is missing, or holds no text; it is a text or a list of texts".formatted(name));
    }
    return texts;
  }

  /// Of a model that reads two texts, each pair; of vectors all first ones, then all second ones.
  private static List<ModelInput> inputs(
      ServedPredictor model, List<String> first, List<String> second, JsonFields fields) {
    long asked = fields.integer("truncate_prompt_tokens", -1, model.context()).orElse(0L);
    int longest = asked <= 0 ? model.context() : Math.toIntExact(asked);
    var inputs = new ArrayList<ModelInput>();
    if (model.output() instanceof Output.Embedding) {
      for (int i = 0; i < 2 * first.size(); i++) {
        boolean of = i < first.size();
        String text = of ? first.get(i) : second.get(i - first.size());
        String name = of ? "text_1[%d]".formatted(i) : "text_2[%d]".formatted(i - first.size());
        inputs.add(input(model, text, "", longest, asked != 0, name));
      }
      return inputs;
    }
    for (int i = 0; i < first.size(); i++) {
      String name = "pair %d of text_1 and text_2".formatted(i);
      inputs.add(input(model, first.get(i), second.get(i), longest, asked != 0, name));
    }
    return inputs;
  }

  private static ModelInput input(
      ServedPredictor model,
      String text,
      String pair,
      int longest,
      boolean truncated,
      String name) {
    ModelInput whole = TextTask.question(text, pair, model.tokenizer(), Integer.MAX_VALUE).input();
    if (whole.length() == 0) {
      throw ApiException.invalid(
          "text_1", "%s has no token: give a text with something in it".formatted(name));
    }
    if (whole.length() > longest && !truncated) {
      throw ApiException.invalid(
          "text_2",
          "context_length_exceeded",
          "%s has %d tokens, and the model reads %d at most: shorten it, or send truncate_prompt_tokens = -1 to have it cut"
              .formatted(name, whole.length(), longest));
    }
    return whole.length() <= longest
        ? whole
        : TextTask.question(text, pair, model.tokenizer(), longest).input();
  }

  private static List<Map<String, Object>> answers(ServedPredictor model, List<float[][]> rows) {
    var answers = new ArrayList<Map<String, Object>>();
    if (!(model.output() instanceof Output.Classes output)) {
      int pairs = rows.size() / 2;
      for (int i = 0; i < pairs; i++) {
        answers.add(answer(i, Cosine.of(rows.get(i)[0], rows.get(pairs + i)[0])));
      }
      return answers;
    }
    for (float[][] of : rows) {
      answers.add(answer(answers.size(), output, of[0], model));
    }
    return answers;
  }

  private static Map<String, Object> answer(
      int index, Output.Classes output, float[] scores, ServedPredictor model) {
    Verdict verdict = Verdict.of(output, scores, model.readout().calibration());
    if (output.labels().size() == 1) {
      return answer(index, verdict.shares().getFirst());
    }
    String label =
        switch (output.problem()) {
          case ONE, RANK -> verdict.told().getFirst();
          case SEVERAL, NUMBER -> output.labels().get(Probabilities.likeliest(scores));
        };
    Map<String, Object> answer = answer(index, verdict.share(output, label));
    answer.put("label", label);
    answer.put("probs", verdict.shares());
    return answer;
  }

  private static Map<String, Object> answer(int index, double score) {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("index", index);
    answer.put("object", "score");
    answer.put("score", score);
    return answer;
  }
}
