package dev.imago.model.t5;

import dev.imago.model.Dropout;
import dev.imago.model.GgufFields;
import dev.imago.model.Output;
import dev.imago.tensor.DataType;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import java.util.Map;
import java.util.SequencedMap;

/// GGUF's `t5`, as llama.cpp has it: of an encoder and a decoder, gated by gelu's approximation or
/// with relu. <https://github.com/ggml-org/llama.cpp>, `conversion/t5.py` and `src/models/t5.cpp`.
///
/// Where the embedding is the output matrix too, the last rows are divided by √D here, as in
/// transformers; llama.cpp leaves that out, which changes no greedy choice.
final class T5Gguf {
  static final String NAME = "t5";

  private static final String BUCKETS = "attention.relative_buckets_count";
  private static final String EPSILON = "attention.layer_norm_rms_epsilon";

  /// llama.cpp has no key for it.
  private static final int FURTHEST = 128;

  private T5Gguf() {}

  private static Nonlinearity function(boolean gated) {
    return gated ? Nonlinearity.GELU_TANH : Nonlinearity.RELU;
  }

  static SequencedMap<String, GgufValue> write(T5Shape s, String name, DataType type) {
    if (!(s.output() instanceof Output.NextToken)) {
      throw new IllegalArgumentException(
          "GGUF has no T5 with a head for %s; keep its Hugging Face folder, or write ONNX"
              .formatted(s.output().words()));
    }
    if (s.furthest() != FURTHEST || s.function() != function(s.gated())) {
      throw new IllegalArgumentException(
          "GGUF has a T5 with gated-gelu or relu, whose distances end at 128, alone, and this has %s%s and %d; keep its Hugging Face folder, or write ONNX"
              .formatted(s.gated() ? "gated " : "", s.function(), s.furthest()));
    }
    SequencedMap<String, GgufValue> to = GgufFields.begin(NAME, name, type);
    put(to, "vocab_size", s.vocabularySize());
    put(to, "context_length", s.context());
    put(to, "embedding_length", s.width());
    put(to, "feed_forward_length", s.feedForward());
    put(to, "block_count", s.encoderLayers());
    put(to, "decoder_block_count", s.layers());
    put(to, "attention.head_count", s.heads());
    put(to, "attention.key_length", s.headWidth());
    put(to, "attention.value_length", s.headWidth());
    to.put("t5.attention.layer_norm_epsilon", GgufValue.f32(s.epsilon()));
    to.put("t5." + EPSILON, GgufValue.f32(s.epsilon()));
    put(to, BUCKETS, s.buckets());
    put(to, "decoder_start_token_id", s.start());
    return to;
  }

  private static void put(SequencedMap<String, GgufValue> to, String key, int value) {
    to.put("t5." + key, GgufValue.u32(value));
  }

  static T5Shape read(GgufFields f, Map<String, HostTensor> tensors) {
    boolean gated = tensors.containsKey("enc.blk.0.ffn_gate.weight");
    int layers = f.layers("block_count");
    int heads = f.heads("attention.head_count");
    int width = f.width("embedding_length");
    int headWidth = f.whole("attention.key_length", 1, 4096, Math.max(1, width / heads));
    int values = f.whole("attention.value_length", 1, 4096, headWidth);
    if (values != headWidth) {
      throw new IllegalArgumentException(
          "t5.attention.value_length = %d and key_length = %d differ, which is not supported"
              .formatted(values, headWidth));
    }
    f.note("attention.layer_norm_epsilon"); // said twice
    int start = f.whole("decoder_start_token_id", 0, 1 << 24, 0);
    return new T5Shape(
        f.vocabularySize(),
        width,
        layers,
        f.whole("decoder_block_count", 1, 1024, layers),
        heads,
        headWidth,
        f.feedForward("feed_forward_length"),
        f.whole("context_length", 1, 1 << 24),
        f.whole(BUCKETS, 4, 1 << 16),
        FURTHEST,
        function(gated),
        gated,
        f.real(EPSILON, 1e-15, 0.1),
        !tensors.containsKey("output.weight"),
        start,
        start,
        new Output.NextToken(),
        Dropout.NONE);
  }
}
