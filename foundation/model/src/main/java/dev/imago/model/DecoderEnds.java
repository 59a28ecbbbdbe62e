package dev.imago.model;

import static dev.imago.model.Parameter.matrix;

import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;

/// The two ends of decoders whose files name them as Llama's do: the vectors of the tokens, the
/// last norm, and the layer that scores the next token, or what is told of labels.
///
/// @param embedding [V,D]
/// @param norm [D]
public record DecoderEnds(Parameter embedding, Parameter norm, HeadLayer last) {
  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  /// @param tied whether the embedding is the output matrix too
  /// @param norm `model.norm.weight`, as the family begins it
  public static DecoderEnds of(
      int vocabularySize, int width, boolean tied, Output output, Parameter norm) {
    Parameter embedding =
        matrix("model.embed_tokens.weight", vocabularySize, width, USUAL).gguf("token_embd.weight");
    HeadLayer last =
        switch (output) {
          case Output.NextToken _, Output.MaskedToken _ -> {
            Parameter free =
                matrix("lm_head.weight", vocabularySize, width, USUAL).gguf("output.weight");
            yield HeadLayer.of(tied ? free.tiedTo(embedding) : free);
          }
          case Output.Classes _ ->
              HeadLayer.of(matrix("score.weight", output.scores(), width, USUAL));
          case Output.Tags _, Output.Dependencies _, Output.Span _, Output.Embedding _ ->
              HeadLayer.of(output, width, "score");
        };
    return new DecoderEnds(embedding, norm, last);
  }

  /// The whole table.
  ///
  /// @param between of the blocks, in their order
  public List<Parameter> around(List<Parameter> between) {
    var to = new ArrayList<Parameter>();
    to.add(embedding);
    to.addAll(between);
    to.add(norm);
    to.addAll(last.all());
    return List.copyOf(to);
  }

  public <W> Bound<W> from(WeightSource<W> source) {
    W table = source.weight(List.of(embedding));
    W weight = source.weight(List.of(norm));
    return new Bound<>(table, weight, last.from(source, table));
  }

  /// Bound to their weights.
  public record Bound<W>(W embedding, W norm, HeadLayer.Bound<W> last) {
    /// The vectors of the step's tokens [N,D].
    public <X> X embed(Operations<W, X> ops) {
      return ops.gather(embedding, Operations.Index.TOKEN);
    }

    /// The rows that the last layer takes: all, of each sequence the last, or what stands for it.
    ///
    /// @param dropout of the rows of tags and dependencies
    public <X> X rows(Operations<W, X> ops, X x, Output output, float dropout) {
      return switch (output) {
        case Output.Classes _ -> ops.pool(x, Operations.Pooling.LAST);
        case Output.Embedding(Operations.Pooling pooling) -> ops.pool(x, pooling);
        case Output.Tags _, Output.Dependencies _ -> ops.dropout(x, dropout);
        case Output.NextToken _, Output.MaskedToken _, Output.Span _ -> x;
      };
    }
  }
}
