package dev.imago.springai;

import dev.imago.generate.Predictor;
import dev.imago.model.Output;
import dev.imago.tasks.classification.Classification;
import dev.imago.tasks.embedding.Cosine;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;

/// Spring AI's embedding model over an encoder in this process: vectors of length 1, by the model's
/// own pooling. The encoder stays its opener's to close.
public final class SpringEmbeddingModel implements EmbeddingModel {
  private final Predictor encoder;

  /// @throws IllegalArgumentException for a model that tells something else
  public SpringEmbeddingModel(Predictor encoder) {
    if (!(encoder.shape().output() instanceof Output.Embedding)) {
      throw new IllegalArgumentException(
          "this model tells %s, and an embedding model is an encoder without a head"
              .formatted(encoder.shape().output().words()));
    }
    this.encoder = encoder;
  }

  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    EmbeddingOptions options = request.getOptions();
    if (options != null
        && options.getDimensions() != null
        && options.getDimensions() != dimensions()) {
      throw new IllegalArgumentException(
          "dimensions = %d is not the %d of this model's vectors; leave it out"
              .formatted(options.getDimensions(), dimensions()));
    }
    var sequences = new ArrayList<int[]>();
    int longest = encoder.shape().context();
    for (String text : request.getInstructions()) {
      int[] ids = Classification.ids(text, encoder.tokenizer(), Integer.MAX_VALUE);
      if (ids.length == 0 || ids.length > longest) {
        throw new IllegalArgumentException(
            "text %d has %,d tokens, and the model reads 1 … %,d"
                .formatted(sequences.size(), ids.length, longest));
      }
      sequences.add(ids);
    }
    var vectors = new ArrayList<Embedding>();
    for (float[][] rows : encoder.scores(sequences)) {
      vectors.add(new Embedding(Cosine.unit(rows[0]), vectors.size()));
    }
    return new EmbeddingResponse(vectors);
  }

  @Override
  public float[] embed(Document document) {
    return call(new EmbeddingRequest(List.of(getEmbeddingContent(document)), null))
        .getResult()
        .getOutput();
  }

  @Override
  public int dimensions() {
    return encoder.shape().width();
  }
}
