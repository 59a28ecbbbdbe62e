package dev.imago.serve.parsing;

import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextReply;
import dev.imago.serve.models.TextRequest;
import dev.imago.serve.models.WordTexts;
import dev.imago.tasks.parsing.Parsing;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// `POST /parse`: the dependency tree of each text. Requests are as
/// [dev.imago.serve.models.TextRequest] has them; each word has its `head`, the place of another
/// from 1 and 0 of the root, and its `relation`; `start` and `end` are in code points.
public final class ParsingFeature implements Feature {
  static final String PATH = "/parse";

  public static final RouteFields FIELDS = TextRequest.fields(PATH);

  private final WordTexts texts;

  /// @param random makes the answers' ids
  public ParsingFeature(Models models, Clock clock, RandomGenerator random) {
    this.texts =
        new WordTexts(models, new TextReply("parse", clock, random), FIELDS, "dependencies");
  }

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::parse));
  }

  private void parse(Exchange exchange) {
    texts.answer(exchange, ParsingFeature::dependencies);
  }

  private static List<Map<String, Object>> dependencies(
      WordTexts.Asked asked, float[][] scores, ServedPredictor model) {
    var all = new ArrayList<Map<String, Object>>();
    for (Parsing.Dependency one :
        Parsing.dependencies(asked.words(), asked.question(), scores, model.readout())) {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("word", one.word().text());
      answer.put("start", asked.place(one.word().start()));
      answer.put("end", asked.place(one.word().end()));
      answer.put("head", one.head());
      answer.put("relation", one.relation());
      answer.put("score", one.score());
      all.add(answer);
    }
    return all;
  }
}
