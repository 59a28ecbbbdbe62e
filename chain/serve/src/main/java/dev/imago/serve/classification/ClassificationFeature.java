package dev.imago.serve.classification;

import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextReply;
import dev.imago.serve.models.TextRequest;
import dev.imago.tasks.Probabilities;
import dev.imago.tasks.classification.Verdict;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// `POST /classify`: what the model tells of each text, with the probability of every class,
/// calibrated where the model has a `calibration.json`. Requests and answers are vLLM's; the second
/// of two texts that belong together is in `text_pair`. Where several labels may be there, `labels`
/// has those that are, and `label` the likeliest; of a number `score` has it.
public final class ClassificationFeature implements Feature {
  static final String PATH = "/classify";

  public static final RouteFields FIELDS = TextRequest.fields(PATH).honoured(TextRequest.PAIR);

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
    TextRequest request = TextRequest.read(exchange.fields(), models, FIELDS);
    ServedPredictor model = request.model();
    List<ModelInput> inputs = request.inputs();
    int tokens = inputs.stream().mapToInt(ModelInput::length).sum();
    var data = new ArrayList<Map<String, Object>>();
    for (float[][] scores : model.scores(inputs)) {
      data.add(answer(data.size(), scores[0], model));
    }
    reply.send(exchange, model, tokens, data);
  }

  private static Map<String, Object> answer(int index, float[] scores, ServedPredictor model) {
    if (!(model.output() instanceof Output.Classes output)) {
      throw new IllegalStateException("%s tells no classes".formatted(model.name()));
    }
    Verdict verdict = Verdict.of(output, scores, model.readout().calibration());
    var answer = new LinkedHashMap<String, Object>();
    answer.put("index", index);
    switch (output.problem()) {
      case ONE, RANK -> answer.put("label", verdict.told().getFirst());
      case SEVERAL -> {
        answer.put("label", output.labels().get(Probabilities.likeliest(scores)));
        answer.put("labels", verdict.told());
      }
      case NUMBER -> {
        answer.put("label", output.labels().getFirst());
        answer.put("score", verdict.shares().getFirst());
      }
    }
    answer.put("probs", verdict.shares());
    answer.put("num_classes", output.labels().size());
    return answer;
  }
}
