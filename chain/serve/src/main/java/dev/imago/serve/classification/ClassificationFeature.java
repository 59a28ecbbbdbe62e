package dev.imago.serve.classification;

import dev.imago.serve.http.Exchange;
import dev.imago.serve.http.Feature;
import dev.imago.serve.http.Route;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextReply;
import dev.imago.serve.models.TextRequest;
import dev.imago.tasks.Probabilities;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// `POST /classify`: the class of each text, with the probability of every class, calibrated where
/// the model has a `calibration.json`. Requests and answers are vLLM's.
public final class ClassificationFeature implements Feature {
  static final String PATH = "/classify";

  private final Models models;
  private final TextReply reply;

  /// @param random makes the answers' ids
  public ClassificationFeature(Models models, Clock clock, RandomGenerator random) {
    this.models = models;
    this.reply = new TextReply("classify", clock, random);
  }

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::classify));
  }

  private void classify(Exchange exchange) {
    TextRequest request = TextRequest.read(exchange.fields(), models, PATH);
    ServedPredictor model = request.model();
    List<int[]> sequences = request.sequences();
    int tokens = sequences.stream().mapToInt(ids -> ids.length).sum();
    var data = new ArrayList<Map<String, Object>>();
    for (float[][] scores : model.scores(sequences)) {
      data.add(answer(data.size(), scores[0], model));
    }
    reply.send(exchange, model, tokens, data);
  }

  private static Map<String, Object> answer(int index, float[] scores, ServedPredictor model) {
    List<String> labels = model.labels();
    var answer = new LinkedHashMap<String, Object>();
    answer.put("index", index);
    answer.put("label", labels.get(Probabilities.likeliest(scores)));
    answer.put("probs", Probabilities.of(scores, model.temperature()));
    answer.put("num_classes", labels.size());
    return answer;
  }
}
