package dev.imago.model;

import dev.imago.tensor.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model's last layer in its table, and the numbers of what reads it out.
///
/// *V vocabulary, L labels, D width.*
///
/// @param scores [V,D] or [L,D], and its bias, which may be none; empty for embeddings
/// @param readout of a CRF in the order of [Transitions#parameters], of a parser in that of
///   [Biaffine#parameters]; else none
public record HeadLayer(Optional<Affine.Parameters> scores, List<Parameter> readout) {
  private static final Initialisation USUAL = new Initialisation.Normal(0.02);

  public HeadLayer {
    readout = List.copyOf(readout);
  }

  /// One without numbers beside it.
  public static HeadLayer of(Affine.Parameters scores) {
    return new HeadLayer(Optional.of(scores), List.of());
  }

  /// Of a weight alone.
  public static HeadLayer of(Parameter weight) {
    return of(new Affine.Parameters(List.of(weight), List.of()));
  }

  /// Of an output that no family has a form of its own for: tags, spans, dependencies, embeddings.
  ///
  /// @param width D
  /// @param tags what the family calls the layer of tags; that of spans is `qa_outputs` everywhere
  public static HeadLayer of(Output output, int width, String tags) {
    return switch (output) {
      case Output.Tags(List<String> labels, boolean chained) ->
          new HeadLayer(
              Optional.of(linear(tags, labels.size(), width)),
              chained ? Transitions.parameters(labels.size()) : List.of());
      case Output.Span span -> of(linear("qa_outputs", span.scores(), width));
      case Output.Dependencies parser ->
          new HeadLayer(
              Optional.of(Biaffine.projections(parser, width)), Biaffine.parameters(parser));
      case Output.Embedding _ -> new HeadLayer(Optional.empty(), List.of());
      case Output.NextToken _, Output.MaskedToken _, Output.Classes _ ->
          throw new IllegalArgumentException("a family has its own layer of " + output.words());
    };
  }

  private static Affine.Parameters linear(String name, int rows, int columns) {
    return Affine.Parameters.linear(name, rows, columns, USUAL);
  }

  /// The layer's, then the readout's.
  public List<Parameter> all() {
    var to = new ArrayList<Parameter>();
    scores.ifPresent(s -> to.addAll(s.all()));
    to.addAll(readout);
    return List.copyOf(to);
  }

  /// @param embedding of the tokens, which is the layer where the two are tied
  public <W> Bound<W> from(WeightSource<W> source, W embedding) {
    return new Bound<>(
        scores
            .map(
                s ->
                    new Head<>(
                        s.weight().getFirst().tied() ? embedding : source.weight(s.weight()),
                        s.bias().isEmpty() ? null : source.weight(s.bias())))
            .orElse(null),
        readout.stream().map(p -> source.weight(List.of(p))).toList());
  }

  /// Bound to its weights.
  ///
  /// @param found null for embeddings
  public record Bound<W>(@Nullable Head<W> found, List<W> readout) {
    public Bound {
      readout = List.copyOf(readout);
    }

    /// @throws IllegalArgumentException where there is none
    public Head<W> head() {
      return Head.required(found);
    }

    /// Scores of rows; the rows themselves where there is no last layer.
    public <X> X logits(Operations<W, X> ops, X hidden) {
      return found == null ? hidden : found.logits(ops, hidden);
    }
  }
}
