package dev.imago.langchain4j;

import dev.imago.generate.Predictor;
import dev.imago.model.Output;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.embedding.Cosine;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;

/// LangChain4j's embedding model over an encoder in this process: vectors of length 1, by the
/// model's own pooling. The encoder stays its opener's to close.
public final class LangChainEmbeddingModel implements EmbeddingModel {
  private final Predictor encoder;

  /// @throws IllegalArgumentException for a model that tells something else
  public LangChainEmbeddingModel(Predictor encoder) {
    if (!(encoder.shape().output() instanceof Output.Embedding)) {
      throw new IllegalArgumentException(
          "this model tells %s, and an embedding model is an encoder without a head"
              .formatted(encoder.shape().output().words()));
    }
    this.encoder = encoder;
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    var sequences = new ArrayList<int[]>();
    int longest = encoder.shape().context();
    int tokens = 0;
    for (TextSegment segment : segments) {
      int[] ids = Classification.ids(segment.text(), encoder.tokenizer(), Integer.MAX_VALUE);
      if (ids.length == 0 || ids.length > longest) {
        throw new IllegalArgumentException(
            "text %d has %,d tokens, and the model reads 1 … %,d"
                .formatted(sequences.size(), ids.length, longest));
      }
      sequences.add(ids);
      tokens += ids.length;
    }
    List<Embedding> vectors =
        encoder.scores(sequences).stream()
            .map(rows -> Embedding.from(Cosine.unit(rows[0])))
            .toList();
    return Response.from(vectors, new TokenUsage(tokens));
  }
}
