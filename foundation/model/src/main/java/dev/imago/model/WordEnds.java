package dev.imago.model;

import static dev.imago.model.Parameter.matrix;

import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;

/// The two ends of the field's earlier language models, named as in PyTorch's word-language-model
/// example: `encoder` with the vectors of the tokens, `decoder` with the scores of the next one, or
/// `classifier` with those of labels.
///
/// @param embedding [V,E]
public record WordEnds(Parameter embedding, HeadLayer last) {
  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  /// @param embeddingWidth E
  /// @param width D, of the rows before the last layer; E where the two are tied
  /// @param tied whether the embedding is the output matrix too
  public static WordEnds of(
      int vocabularySize, int embeddingWidth, int width, boolean tied, Output output) {
    Parameter embedding = matrix("encoder.weight", vocabularySize, embeddingWidth, USUAL);
    HeadLayer last =
        switch (output) {
          case Output.NextToken _, Output.MaskedToken _ -> {
            Affine.Parameters free =
                Affine.Parameters.linear("decoder", vocabularySize, width, USUAL);
            yield HeadLayer.of(
                tied
                    ? new Affine.Parameters(
                        List.of(free.weight().getFirst().tiedTo(embedding)), free.bias())
                    : free);
          }
          case Output.Classes _ ->
              HeadLayer.of(Affine.Parameters.linear("classifier", output.scores(), width, USUAL));
          case Output.Tags _, Output.Dependencies _, Output.Span _, Output.Embedding _ ->
              HeadLayer.of(output, width, "classifier");
        };
    return new WordEnds(embedding, last);
  }

  /// The whole table.
  ///
  /// @param between of the layers, in their order
  public List<Parameter> around(List<Parameter> between) {
    var to = new ArrayList<Parameter>();
    to.add(embedding);
    to.addAll(between);
    to.addAll(last.all());
    return List.copyOf(to);
  }

  /// Refuses to tie matrices of different widths.
  public static void checkTied(boolean tied, int embeddingWidth, int width) {
    if (tied && embeddingWidth != width) {
      throw new IllegalArgumentException(
          "tie_word_embeddings: an embedding of width %d is no output matrix for rows of %d; set it to false"
              .formatted(embeddingWidth, width));
    }
  }

  public <W> Bound<W> from(WeightSource<W> source) {
    W table = source.weight(List.of(embedding));
    return new Bound<>(table, last.from(source, table));
  }

  /// Bound to their weights.
  public record Bound<W>(W embedding, HeadLayer.Bound<W> last) {
    /// The vectors of the step's tokens [N,E].
    public <X> X embed(Operations<W, X> ops) {
      return ops.gather(embedding, Operations.Index.TOKEN);
    }

    /// The rows that the last layer takes: all, of each sequence the last, or what stands for it.
    public <X> X rows(Operations<W, X> ops, X x, Output output) {
      return switch (output) {
        case Output.Classes _ -> ops.pool(x, Operations.Pooling.LAST);
        case Output.Embedding(Operations.Pooling pooling) -> ops.pool(x, pooling);
        case Output.NextToken _,
            Output.MaskedToken _,
            Output.Tags _,
            Output.Dependencies _,
            Output.Span _ ->
            x;
      };
    }
  }
}
