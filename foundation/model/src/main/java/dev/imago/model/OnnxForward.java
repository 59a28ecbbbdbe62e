package dev.imago.model;

import dev.imago.tensor.HostTensor;
import dev.imago.tensor.OnnxActivation;
import dev.imago.tensor.OnnxOperations;
import dev.imago.tensor.OnnxOperations.Numbers;
import dev.imago.tensor.OnnxOperations.Reads;
import dev.imago.tensor.OnnxWeight;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/// A model as an ONNX graph: its own forward pass, run on operations that write down what they
/// would compute.
///
/// A decoder's takes and gives keys and values; a model of vectors gives them pooled, not yet
/// divided by their length.
public final class OnnxForward {
  private OnnxForward() {}

  /// The graph, whose tensors are read when it is written.
  ///
  /// @param progress told the numbers written, tensor by tensor
  /// @throws IllegalArgumentException naming what ONNX is not written of
  public static OnnxOperations of(
      ModelShape shape, ModelTensors tensors, Numbers numbers, LongConsumer progress) {
    Output output = shape.output();
    if (output instanceof Output.Tags(_, boolean chained) && chained
        || output instanceof Output.Dependencies) {
      throw new IllegalArgumentException(
          "%s are told of a whole sequence by a search that is no part of the graph, and are not written as ONNX; keep the Hugging Face folder"
              .formatted(output.words()));
    }
    boolean kept = output instanceof Output.NextToken;
    Reads reads =
        shape.decoderStart().isPresent() ? Reads.SOURCED : kept ? Reads.CACHED : Reads.WHOLE;
    var ops = new OnnxOperations(numbers, reads);
    Model<OnnxWeight> model = shape.model(source(tensors, progress));
    OnnxActivation hidden = model.hidden(ops);
    switch (output) {
      case Output.NextToken _, Output.MaskedToken _, Output.Tags _ ->
          ops.tokens(model.logits(ops, hidden));
      case Output.Span _ -> ops.spans(model.logits(ops, hidden));
      case Output.Classes _ -> ops.sequences(model.logits(ops, hidden));
      case Output.Embedding _ -> ops.vectors(hidden);
      case Output.Dependencies _ -> throw new IllegalStateException("refused above");
    }
    return ops;
  }

  private static WeightSource<OnnxWeight> source(ModelTensors tensors, LongConsumer progress) {
    Set<String> told = new HashSet<>(); // bytes and their scales are made by a reading each
    return new WeightSource<>() {
      @Override
      public OnnxWeight weight(List<Parameter> parts) {
        String name = String.join(" + ", parts.stream().map(Parameter::name).toList());
        long[] shape = parts.getFirst().shape().stream().mapToLong(Integer::longValue).toArray();
        shape[0] = parts.stream().mapToLong(p -> p.shape().getFirst()).sum();
        return new OnnxWeight(
            name,
            shape,
            () -> {
              HostTensor made = stacked(parts, shape, tensors);
              progress.accept(told.add(name) ? made.size() : 0);
              return made;
            });
      }

      @Override
      public Form form() {
        return tensors.form();
      }
    };
  }

  private static HostTensor stacked(List<Parameter> parts, long[] shape, ModelTensors tensors) {
    int size = 1;
    for (long length : shape) {
      size = Math.toIntExact(size * length);
    }
    float[] all = new float[size];
    int at = 0;
    for (Parameter part : parts) {
      float[] some = tensors.get(part).toFloats();
      System.arraycopy(some, 0, all, at, some.length);
      at += some.length;
    }
    return HostTensor.of(all, shape);
  }
}
