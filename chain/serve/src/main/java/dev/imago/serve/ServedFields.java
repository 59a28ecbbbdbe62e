package dev.imago.serve;

import dev.imago.serve.adapters.AdaptersFeature;
import dev.imago.serve.batches.BatchesFeature;
import dev.imago.serve.classification.ClassificationFeature;
import dev.imago.serve.completions.RequestFields;
import dev.imago.serve.embeddings.EmbeddingsFeature;
import dev.imago.serve.feedback.FeedbackFeature;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.files.FilesFeature;
import dev.imago.serve.messages.MessagesFeature;
import dev.imago.serve.moderations.ModerationsFeature;
import dev.imago.serve.ollama.OllamaFeature;
import dev.imago.serve.parsing.ParsingFeature;
import dev.imago.serve.questions.QuestionsFeature;
import dev.imago.serve.reranking.RerankingFeature;
import dev.imago.serve.responses.ResponsesFeature;
import dev.imago.serve.scoring.ScoringFeature;
import dev.imago.serve.tagging.TaggingFeature;
import dev.imago.serve.tokens.TokensFeature;
import java.util.ArrayList;
import java.util.List;

/// The fields of all routes that read a body.
final class ServedFields {
  private ServedFields() {}

  static List<RouteFields> all() {
    var all = new ArrayList<>(RequestFields.all());
    all.addAll(ResponsesFeature.FIELDS);
    all.add(EmbeddingsFeature.FIELDS);
    all.add(ModerationsFeature.FIELDS);
    all.add(FilesFeature.FIELDS);
    all.addAll(BatchesFeature.FIELDS);
    all.addAll(MessagesFeature.FIELDS);
    all.addAll(OllamaFeature.FIELDS);
    all.addAll(TokensFeature.FIELDS);
    all.add(RerankingFeature.FIELDS);
    all.add(RerankingFeature.FIELDS.at("/v1" + RerankingFeature.FIELDS.path()));
    all.add(ScoringFeature.FIELDS);
    all.add(ScoringFeature.FIELDS.at("/v1" + ScoringFeature.FIELDS.path()));
    all.add(ClassificationFeature.FIELDS);
    all.add(TaggingFeature.FIELDS);
    all.add(ParsingFeature.FIELDS);
    all.add(QuestionsFeature.FIELDS);
    all.add(QuestionsFeature.PARAMETERS);
    all.add(FeedbackFeature.FIELDS);
    all.addAll(AdaptersFeature.FIELDS);
    return List.copyOf(all);
  }
}
