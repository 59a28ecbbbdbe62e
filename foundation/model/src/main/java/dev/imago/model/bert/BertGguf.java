package dev.imago.model.bert;

import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.Output;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Operations.Pooling;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// GGUF's `bert`, as llama.cpp has it: BERTs of vectors and of classes; a RoBERTa is one whose
/// positions begin at the first row. <https://github.com/ggml-org/llama.cpp>, `conversion/bert.py`
/// and `src/models/bert.cpp`.
///
/// llama.cpp computes GELU by its approximation by tanh; here it is the function of the model.
final class BertGguf {
  static final String NAME = "bert";

  private static final String LABELS = "classifier.output_labels";

  /// llama.cpp's number for classes and ranks.
  private static final int RANK = 4;

  private BertGguf() {}

  static SequencedMap<String, GgufValue> write(BertShape s, String name, DataType type) {
    Output output = s.output();
    boolean known = output instanceof Output.Embedding || output instanceof Output.Classes;
    if (!known || s.function() != Nonlinearity.GELU) {
      throw new IllegalArgumentException(
          "GGUF has a %s of vectors and of classes, with gelu, alone, and this is of %s with %s; keep its Hugging Face folder, or write ONNX"
              .formatted(s.kind().family, output.words(), s.function()));
    }
    SequencedMap<String, GgufValue> to = GgufFields.begin(NAME, name, type);
    GgufFields.encoder(
        to,
        NAME + ".",
        s,
        s.feedForward(),
        s.heads(),
        s.epsilon(),
        output instanceof Output.Embedding(Pooling p) ? p : Pooling.MEAN,
        s.segments());
    if (output instanceof Output.Classes(List<String> labels, Output.Problem problem)) {
      to.put("bert." + GgufFields.POOLING, GgufValue.u32(RANK));
      to.put("bert." + LABELS, new GgufValue.Texts(labels));
      if (problem != Output.Problem.ONE) {
        to.put(GgufFields.PROBLEM, new GgufValue.Text(problem.name().toLowerCase(Locale.ROOT)));
      }
    }
    return to;
  }

  static BertShape read(GgufFields f, Map<String, HostTensor> tensors) {
    f.encoder();
    return new BertShape(
        BertShape.Kind.BERT,
        f.vocabularySize(),
        f.width("embedding_length"),
        f.layers("block_count"),
        f.heads("attention.head_count"),
        f.feedForward("feed_forward_length"),
        f.whole("context_length", 1, 1 << 24),
        0,
        f.segments(tensors),
        Nonlinearity.GELU,
        f.real(GgufFields.EPSILON, 1e-15, 0.1),
        output(f, tensors),
        Dropout.NONE);
  }

  private static Output output(GgufFields f, Map<String, HostTensor> tensors) {
    int pooling = f.whole(GgufFields.POOLING, 0, RANK, 1);
    List<String> labels = f.texts(LABELS);
    HostTensor scores = tensors.get("cls.output.weight");
    if (scores == null && !tensors.containsKey("cls.weight") && pooling != RANK) {
      return new Output.Embedding(GgufFields.pooling(pooling));
    }
    if (scores == null || !tensors.containsKey("cls.weight")) {
      // So llama.cpp's converter leaves out the pooler of a BERT of classes.
      throw new IllegalArgumentException(
          "the file tells classes without «%s»; get the Hugging Face folder"
              .formatted(scores == null ? "cls.output.weight" : "cls.weight"));
    }
    Output.Problem problem = f.problem();
    int rows = (int) Math.clamp(scores.shape()[0], 1, 1 << 20);
    int count = problem == Output.Problem.RANK ? rows + 1 : rows;
    return new Output.Classes(
        labels.size() == count
            ? labels
            : IntStream.range(0, count).mapToObj(i -> "LABEL_" + i).toList(),
        problem);
  }
}
