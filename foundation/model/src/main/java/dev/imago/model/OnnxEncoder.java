package dev.imago.model;

import dev.imago.model.bert.BertGraph;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Onnx;
import dev.imago.tensor.Operations;
import java.util.SequencedMap;

/// An encoder that an ONNX graph computes, read into our own definition: the graph is compared with
/// it node by node, so that what we compute is what the graph does.
///
/// @param shape with an output of embeddings
/// @param tensors under Hugging Face's names, in the order of the table
public record OnnxEncoder(ModelShape shape, SequencedMap<String, HostTensor> tensors) {
  /// Reads a graph.
  ///
  /// @param pooling which rows stand for a text: the graph does not say
  /// @throws IllegalArgumentException naming the node where the graph is another model's
  public static OnnxEncoder read(Onnx graph, Operations.Pooling pooling) {
    BertGraph found = BertGraph.of(graph);
    ModelShape shape = found.shape(new Output.Embedding(pooling));
    return new OnnxEncoder(shape, ModelTensors.forHuggingFace(shape, found.tensors(shape)));
  }
}
