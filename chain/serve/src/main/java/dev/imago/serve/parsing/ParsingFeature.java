package dev.imago.serve.parsing;

import dev.imago.serve.http.ApiException;
import dev.imago.serve.http.Exchange;
import dev.imago.serve.http.Feature;
import dev.imago.serve.http.Route;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedPredictor;
import dev.imago.serve.models.TextReply;
import dev.imago.serve.models.TextRequest;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.parsing.Parsing;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tasks.tagging.Word;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// `POST /parse`: the dependency tree of each text. Requests are as [TextRequest] has them; each
/// word has its `head`, the place of another from 1 and 0 of the root, and its `relation`; `start`
/// and `end` are in code points.
public final class ParsingFeature implements Feature {
  static final String PATH = "/parse";

  private final Models models;
  private final TextReply reply;

  /// @param random makes the answers' ids
  public ParsingFeature(Models models, Clock clock, RandomGenerator random) {
    this.models = models;
    this.reply = new TextReply("parse", clock, random);
  }

  /// A text on its way.
  private record Asked(String text, List<Word> words, Question question) {}

  @Override
  public List<Route> routes() {
    return List.of(Route.post(PATH, Route.Access.KEY, this::parse));
  }

  private void parse(Exchange exchange) {
    TextRequest request = TextRequest.read(exchange.fields(), models, PATH);
    ServedPredictor model = request.model();
    var asked = new ArrayList<Asked>();
    int tokens = 0;
    for (String text : request.texts()) {
      List<Word> words = Word.of(text);
      Question question = Tagging.question(words, model.tokenizer(), request.longest());
      boolean cut = question.cut() > 0;
      request.admit(asked.size(), cut ? request.longest() + 1 : question.ids().length);
      if (question.ids().length == 0) {
        throw ApiException.invalid(
            "input",
            "input[%d] begins with a word that is longer than the %d tokens that are read: send a larger truncate_prompt_tokens, or a shorter word"
                .formatted(asked.size(), request.longest()));
      }
      tokens += question.ids().length;
      asked.add(new Asked(text, words, question));
    }
    List<float[][]> scores = model.scores(asked.stream().map(a -> a.question().input()).toList());
    var data = new ArrayList<Map<String, Object>>();
    for (Asked one : asked) {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("index", data.size());
      answer.put("dependencies", dependencies(one, scores.get(data.size()), model));
      data.add(answer);
    }
    reply.send(exchange, model, tokens, data);
  }

  private static List<Map<String, Object>> dependencies(
      Asked asked, float[][] scores, ServedPredictor model) {
    var all = new ArrayList<Map<String, Object>>();
    for (Parsing.Dependency one :
        Parsing.dependencies(asked.words(), asked.question(), scores, model.readout())) {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("word", one.word().text());
      answer.put("start", asked.text().codePointCount(0, one.word().start()));
      answer.put("end", asked.text().codePointCount(0, one.word().end()));
      answer.put("head", one.head());
      answer.put("relation", one.relation());
      answer.put("score", one.score());
      all.add(answer);
    }
    return all;
  }
}
