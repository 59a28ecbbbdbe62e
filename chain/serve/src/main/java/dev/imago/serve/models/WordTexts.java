package dev.imago.serve.models;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.serve.fields.RouteFields;
import dev.imago.tasks.LabelTask.Question;
import dev.imago.tasks.tagging.Tagging;
import dev.imago.tasks.tagging.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A route of a model that says something of each word of a text.
///
/// @param known the route's fields
/// @param field of an answer that has what is said
public record WordTexts(Models models, TextReply reply, RouteFields known, String field) {
  /// A text with its words, and what was asked of the model.
  public record Asked(String text, List<Word> words, Question question) {
    /// A place in the text, in code points.
    public int place(int at) {
      return text.codePointCount(0, at);
    }
  }

  /// What a model's scores say of a text.
  @FunctionalInterface
  public interface Reading {
    /// @param scores a row for each token that the question names
    List<Map<String, Object>> of(Asked asked, float[][] scores, ServedPredictor model);
  }

  /// Answers a request.
  ///
  /// @throws ApiException where a text does not fit, or is none that the model reads
  public void answer(Exchange exchange, Reading reading) {
    TextRequest request = TextRequest.read(exchange.fields(), models, known);
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
      answer.put(field, reading.of(one, scores.get(data.size()), model));
      data.add(answer);
    }
    reply.send(exchange, model, tokens, data);
  }
}
