package dev.imago.serve.tagging;

import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextReply;
import dev.imago.serve.models.TextRequest;
import dev.imago.serve.models.WordTexts;
import dev.imago.tasks.tagging.Tagging;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// `POST /tag`: the spans of each text. Requests are as [dev.imago.serve.models.TextRequest] has
/// them; a span has the fields of transformers' token-classification pipeline, `start` and `end` in
/// code points.
public final class TaggingFeature implements Feature {
  static final String PATH = "/tag";

  public static final RouteFields FIELDS = TextRequest.fields(PATH);

  private final WordTexts texts;

  /// @param random makes the answers' ids
  public TaggingFeature(Models models, Clock clock, RandomGenerator random) {
    this.texts = new WordTexts(models, new TextReply("tag", clock, random), FIELDS, "entities");
  }

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::tag));
  }

  private void tag(Exchange exchange) {
    texts.answer(exchange, TaggingFeature::entities);
  }

  private static List<Map<String, Object>> entities(
      WordTexts.Asked asked, float[][] scores, ServedPredictor model) {
    var entities = new ArrayList<Map<String, Object>>();
    for (Tagging.Entity entity :
        Tagging.entities(
            asked.words(), asked.question(), scores, model.labels(), model.readout())) {
      String text = asked.text();
      var one = new LinkedHashMap<String, Object>();
      one.put("entity_group", entity.type());
      one.put("score", entity.score());
      one.put("word", text.substring(entity.start(), entity.end()));
      one.put("start", asked.place(entity.start()));
      one.put("end", asked.place(entity.end()));
      entities.add(one);
    }
    return entities;
  }
}
