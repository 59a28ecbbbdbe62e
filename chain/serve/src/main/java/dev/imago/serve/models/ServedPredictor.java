package dev.imago.serve.models;

import dev.imago.http.ApiException;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelInput;
import dev.imago.model.Output;
import dev.imago.model.Readout;
import dev.imago.serve.metering.MeteredRoutes;
import dev.imago.tokenizers.Tokenizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// A model of classes, tags or vectors as the server offers it.
///
/// @param name that clients call it by
/// @param asked the name that a request asked for: its own, or an alias
/// @param card what it says of itself
/// @param backend that computes
/// @param admitted requests that may compute or wait at a time
public record ServedPredictor(
    String name, String asked, ModelCard card, Scoring backend, Semaphore admitted)
    implements Served {
  /// Tokens that are computed together: of a thousand long texts at once no machine would hold all.
  private static final int TOGETHER = 1 << 13;

  /// All that the server asks of such a model. Thread-safe.
  public interface Scoring extends AutoCloseable {
    /// What the scores are of.
    Output output();

    Tokenizer tokenizer();

    int context();

    int vocabularySize();

    ModelCard card();

    /// When the model was made, as far as its file tells.
    Instant written();

    /// How scores become what is told.
    default Readout readout() {
      return Readout.PLAIN;
    }

    /// The scores before the softmax: of each input one row for all of it, or one for each id.
    ///
    /// @param inputs each of 1 … context ids
    List<float[][]> scores(List<ModelInput> inputs);

    @Override
    void close();
  }

  /// Asked for by its own name.
  public ServedPredictor(String name, ModelCard card, Scoring backend, Semaphore admitted) {
    this(name, name, card, backend, admitted);
  }

  @Override
  public ServedPredictor askedAs(String alias) {
    return new ServedPredictor(name, alias, card, backend, admitted);
  }

  /// Its labels, in the order of their ids.
  public List<String> labels() {
    return backend.output().names();
  }

  /// Whether it orders texts: by one score of two texts, or by how near their vectors are.
  public boolean ranks() {
    return output() instanceof Output.Embedding
        || output() instanceof Output.Classes classes && classes.scores() == 1;
  }

  /// Whether it tells something of two texts.
  public boolean scores() {
    return output() instanceof Output.Embedding || output() instanceof Output.Classes;
  }

  public Tokenizer tokenizer() {
    return backend.tokenizer();
  }

  /// What its scores are of.
  public Output output() {
    return backend.output();
  }

  /// How scores become what is told.
  public Readout readout() {
    return backend.readout();
  }

  /// See [Scoring#scores]; too many requests at a time are told to come back.
  public List<float[][]> scores(List<ModelInput> inputs) {
    long tokens = inputs.stream().mapToLong(ModelInput::length).sum();
    return MeteredRoutes.read(name, asked, tokens, () -> admittedScores(inputs));
  }

  private List<float[][]> admittedScores(List<ModelInput> inputs) {
    if (!admitted.tryAcquire()) {
      throw ApiException.of(
          429,
          "too_many_requests",
          "as many requests as may are being computed or waiting: try again in a moment");
    }
    try {
      var scores = new ArrayList<float[][]>();
      for (int from = 0; from < inputs.size(); ) {
        int to = from;
        int tokens = 0;
        do {
          tokens += inputs.get(to++).length();
        } while (to < inputs.size() && tokens + inputs.get(to).length() <= TOGETHER);
        scores.addAll(backend.scores(inputs.subList(from, to)));
        from = to;
      }
      return scores;
    } finally {
      admitted.release();
    }
  }

  @Override
  public Instant written() {
    return backend.written();
  }

  @Override
  public int context() {
    return backend.context();
  }

  @Override
  public int vocabularySize() {
    return backend.vocabularySize();
  }

  @Override
  public String path() {
    return switch (backend.output()) {
      case Output.Classes _ -> "/classify";
      case Output.Embedding _ -> "/v1/embeddings";
      case Output.Dependencies _ -> "/parse";
      case Output.Span _ -> "/question-answering";
      case Output.Tags _, Output.NextToken _, Output.MaskedToken _ -> "/tag";
    };
  }

  @Override
  public Map<String, Object> facts() {
    return Map.of("labels", labels());
  }
}
