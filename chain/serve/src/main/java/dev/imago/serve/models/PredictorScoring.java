package dev.imago.serve.models;

import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Predictor;
import dev.imago.http.ApiException;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.tokenizers.Tokenizer;
import java.time.Instant;
import java.util.List;

/// A model of classes or tags on the CPU runtime. The model stays its opener's to close.
public record PredictorScoring(Predictor predictor) implements ServedPredictor.Scoring {
  @Override
  public Output output() {
    return predictor.shape().output();
  }

  @Override
  public Tokenizer tokenizer() {
    return predictor.tokenizer();
  }

  @Override
  public int context() {
    return predictor.shape().context();
  }

  @Override
  public int vocabularySize() {
    return predictor.shape().vocabularySize();
  }

  @Override
  public ModelCard card() {
    return predictor.card();
  }

  @Override
  public Instant written() {
    return predictor.written();
  }

  @Override
  public Readout readout() {
    return predictor.readout();
  }

  @Override
  public List<float[][]> scores(List<ModelInput> inputs) {
    try {
      return predictor.read(inputs);
    } catch (NotFiniteException e) {
      throw ApiException.of(500, "broken_model", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {}
}
