package dev.imago.data;

import dev.imago.core.Artifact;
import dev.imago.core.Kind;
import dev.imago.core.Ref;
import java.nio.file.Path;

/// A model as `model.onnx`, its tokenizer and settings beside it, as ONNX Runtime takes it.
@Kind(name = "onnx", form = "an ONNX folder", holds = "model.onnx")
public record OnnxFolder(Ref ref, Path folder) implements Artifact {}
