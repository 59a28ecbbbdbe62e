package dev.imago.model;

import static dev.imago.model.Parameter.matrix;
import static dev.imago.model.Parameter.vector;

import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The two ends of decoders whose files name them as Llama's do: the vectors of the tokens, the
/// last norm, and the layer that scores the next token, classes or tags.
///
/// @param embedding [V,D]
/// @param norm [D]
/// @param head [V,D] or [L,D]; nothing for embeddings
/// @param headBias [L]; empty where there is none
public record DecoderEnds(
    Parameter embedding, Parameter norm, Optional<Parameter> head, List<Parameter> headBias) {
  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  public DecoderEnds {
    headBias = List.copyOf(headBias);
  }

  /// @param tied whether the embedding is the output matrix too
  /// @param norm `model.norm.weight`, as the family begins it
  public static DecoderEnds of(
      int vocabularySize, int width, boolean tied, Output output, Parameter norm) {
    Parameter embedding =
        matrix("model.embed_tokens.weight", vocabularySize, width, USUAL).gguf("token_embd.weight");
    Optional<Parameter> head =
        switch (output) {
          case Output.NextToken _, Output.MaskedToken _ -> {
            Parameter free =
                matrix("lm_head.weight", vocabularySize, width, USUAL).gguf("output.weight");
            yield Optional.of(tied ? free.tiedTo(embedding) : free);
          }
          case Output.Classes _, Output.Tags _, Output.Dependencies _, Output.Span _ ->
              Optional.of(matrix("score.weight", output.scores(), width, USUAL));
          case Output.Embedding _ -> Optional.empty();
        };
    List<Parameter> bias =
        output instanceof Output.Tags(List<String> labels, _)
            ? List.of(vector("score.bias", labels.size(), Initialisation.ZEROS))
            : List.of();
    return new DecoderEnds(embedding, norm, head, bias);
  }

  /// The whole table.
  ///
  /// @param between of the blocks, in their order
  public List<Parameter> around(List<Parameter> between) {
    var to = new ArrayList<Parameter>();
    to.add(embedding);
    to.addAll(between);
    to.add(norm);
    head.ifPresent(to::add);
    to.addAll(headBias);
    return List.copyOf(to);
  }

  public <W> Bound<W> from(WeightSource<W> source) {
    W table = source.weight(List.of(embedding));
    W last = source.weight(List.of(norm));
    return new Bound<>(
        table,
        last,
        head.map(
                h ->
                    new Head<>(
                        h.tied() ? table : source.weight(List.of(h)),
                        headBias.isEmpty() ? null : source.weight(headBias)))
            .orElse(null));
  }

  /// Bound to their weights.
  ///
  /// @param head null for embeddings
  public record Bound<W>(W embedding, W norm, @Nullable Head<W> head) {
    /// The vectors of the step's tokens [N,D].
    public <X> X embed(Operations<W, X> ops) {
      return ops.gather(embedding, Operations.Index.TOKEN);
    }

    /// The rows that the last layer takes: all, of each sequence the last, or what stands for it.
    ///
    /// @param dropout of the rows of tags
    public <X> X rows(Operations<W, X> ops, X x, Output output, float dropout) {
      return switch (output) {
        case Output.Classes _ -> ops.pool(x, Operations.Pooling.LAST);
        case Output.Embedding(Operations.Pooling pooling) -> ops.pool(x, pooling);
        case Output.Tags _ -> ops.dropout(x, dropout);
        case Output.NextToken _, Output.MaskedToken _, Output.Dependencies _, Output.Span _ -> x;
      };
    }

    /// Scores of rows; the rows themselves where there is no last layer.
    public <X> X logits(Operations<W, X> ops, X hidden) {
      return head == null ? hidden : head.logits(ops, hidden);
    }
  }
}
