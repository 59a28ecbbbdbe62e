package dev.imago.tensor;

/// A value of an ONNX graph [N,columns], or [B,columns] where sequences were pooled.
///
/// @param name in the graph
public record OnnxActivation(String name, int columns) {}
