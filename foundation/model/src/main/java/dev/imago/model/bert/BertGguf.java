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

  private static final String POOLING = "pooling_type";
  private static final String LABELS = "classifier.output_labels";
  private static final String CAUSAL = "attention.causal";
  private static final String EPSILON = "attention.layer_norm_epsilon";

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
    put(to, "vocab_size", s.vocabularySize());
    put(to, "context_length", s.context());
    put(to, "embedding_length", s.width());
    put(to, "block_count", s.layers());
    put(to, "feed_forward_length", s.feedForward());
    put(to, "attention.head_count", s.heads());
    to.put("bert." + EPSILON, GgufValue.f32(s.epsilon()));
    to.put("bert." + CAUSAL, new GgufValue.Bool(false));
    put(to, POOLING, output instanceof Output.Embedding(Pooling p) ? number(p) : RANK);
    if (output instanceof Output.Classes(List<String> labels, Output.Problem problem)) {
      to.put("bert." + LABELS, new GgufValue.Texts(labels));
      if (problem != Output.Problem.ONE) {
        to.put(GgufFields.PROBLEM, new GgufValue.Text(problem.name().toLowerCase(Locale.ROOT)));
      }
    }
    to.put("tokenizer.ggml.token_type_count", GgufValue.u32(s.segments()));
    return to;
  }

  private static void put(SequencedMap<String, GgufValue> to, String key, int value) {
    to.put("bert." + key, GgufValue.u32(value));
  }

  static BertShape read(GgufFields f, Map<String, HostTensor> tensors) {
    if (f.truth(CAUSAL, false)) {
      throw new IllegalArgumentException("bert.attention.causal = true is not supported");
    }
    HostTensor types = tensors.get("token_types.weight");
    if (types == null || types.shape().length != 2) {
      throw new IllegalArgumentException(
          "the file has no tensor «token_types.weight» of rows, which a BERT adds to its tokens");
    }
    return new BertShape(
        BertShape.Kind.BERT,
        f.vocabularySize(),
        f.width("embedding_length"),
        f.layers("block_count"),
        f.heads("attention.head_count"),
        f.feedForward("feed_forward_length"),
        f.whole("context_length", 1, 1 << 24),
        0,
        (int) Math.clamp(types.shape()[0], 1, 1024),
        Nonlinearity.GELU,
        f.real(EPSILON, 1e-15, 0.1),
        output(f, tensors),
        Dropout.NONE);
  }

  private static Output output(GgufFields f, Map<String, HostTensor> tensors) {
    int pooling = f.whole(POOLING, 0, RANK, 1);
    List<String> labels = f.texts(LABELS);
    HostTensor scores = tensors.get("cls.output.weight");
    if (scores == null && !tensors.containsKey("cls.weight") && pooling != RANK) {
      return new Output.Embedding(pooling(pooling));
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

  private static int number(Pooling pooling) {
    return switch (pooling) {
      case MEAN -> 1;
      case FIRST -> 2;
      case LAST -> 3;
    };
  }

  private static Pooling pooling(int number) {
    return switch (number) {
      case 0, 1 -> Pooling.MEAN; // none said, as of a folder that does not say it
      case 2 -> Pooling.FIRST;
      case 3 -> Pooling.LAST;
      default -> throw new IllegalArgumentException("bert.pooling_type = " + number);
    };
  }
}
