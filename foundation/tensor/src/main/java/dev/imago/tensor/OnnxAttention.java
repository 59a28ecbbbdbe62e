package dev.imago.tensor;

import dev.imago.tensor.Onnx.Attribute;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Heads as nodes of an ONNX graph: how they turn, what they see, what they keep.
///
/// *B sequences of T tokens, S of them with those that were read before, N = B·T, H query heads, K
/// key–value heads, G = H/K, C width of a head.*
///
/// @param batch whose tokens see
record OnnxAttention(OnnxGraph graph, OnnxBatch batch) {
  /// x [N,heads·C] → the same, its heads turned to the tokens' positions.
  OnnxActivation rotate(OnnxActivation x, Rope rope) {
    if (rope.varies()) {
      throw new IllegalArgumentException(
          "rope that depends on a sequence's length (rope_type dynamic or longrope) is not written"
              + " as ONNX; set rope_parameters to default where no longer sequences are read");
    }
    int c = rope.headWidth();
    int pairs = rope.pairs();
    float[] frequencies = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      frequencies[i] = (float) rope.frequency(i);
    }
    String turns = graph.reals("turns " + java.util.Arrays.hashCode(frequencies), frequencies);
    String place = graph.node("Cast", Map.of("to", new Attribute.Whole(1)), batch.positions());
    String angles = graph.node("Mul", graph.node("Unsqueeze", place, graph.wholes(1)), turns);
    String heads = graph.node("Reshape", x.name(), graph.wholes(-1, x.columns() / c, c));
    String a;
    String b;
    if (rope.order() == Rope.Order.PAIRS) {
      a = slice(heads, 0, 2L * pairs, 2);
      b = slice(heads, 1, 2L * pairs, 2);
    } else {
      a = slice(heads, 0, pairs, 1);
      b = slice(heads, pairs, 2L * pairs, 1);
    }
    String cos = factor("Cos", angles, rope);
    String sin = factor("Sin", angles, rope);
    String first = graph.node("Sub", graph.node("Mul", a, cos), graph.node("Mul", b, sin));
    String second = graph.node("Add", graph.node("Mul", b, cos), graph.node("Mul", a, sin));
    String turned = joined(first, second, rope);
    if (2 * pairs < c) {
      turned = graph.node("Concat", OnnxBatch.axis(2), turned, slice(heads, 2L * pairs, c, 1));
    }
    return new OnnxActivation(
        graph.node("Reshape", turned, graph.wholes(-1, x.columns())), x.columns());
  }

  private String joined(String first, String second, Rope rope) {
    if (rope.order() == Rope.Order.HALVES) {
      return graph.node("Concat", OnnxBatch.axis(2), first, second);
    }
    String pairs =
        graph.node(
            "Concat",
            OnnxBatch.axis(3),
            graph.node("Unsqueeze", first, graph.wholes(3)),
            graph.node("Unsqueeze", second, graph.wholes(3)));
    return graph.node("Reshape", pairs, graph.wholes(0, 0, 2L * rope.pairs()));
  }

  private String slice(String heads, long from, long to, long step) {
    return graph.node(
        "Slice", heads, graph.wholes(from), graph.wholes(to), graph.wholes(2), graph.wholes(step));
  }

  /// [N,1,R/2].
  private String factor(String function, String angles, Rope rope) {
    String value = graph.node(function, angles);
    String scaled =
        rope.magnitude() == 1 ? value : graph.node("Mul", value, graph.real(rope.magnitude()));
    return graph.node("Unsqueeze", scaled, graph.wholes(1));
  }

  /// Of the batch over itself, and over what it kept.
  ///
  /// @param bias a table by distance, where `shape` has buckets
  OnnxActivation own(
      OnnxActivation q,
      OnnxActivation k,
      OnnxActivation v,
      AttentionShape shape,
      @Nullable OnnxWeight bias) {
    String keys = heads(k, shape.kvHeads(), shape, batch);
    String values = heads(v, shape.kvHeads(), shape, batch);
    if (batch.cached() && shape.cache().isPresent()) {
      int layer = shape.cache().getAsInt();
      keys = kept(keys, layer + ".key", shape);
      values = kept(values, layer + ".value", shape);
    }
    String seen = batch.unseen(shape);
    if (bias != null) {
      seen = graph.node("Add", seen, byDistance(shape.buckets().orElseThrow(), bias));
    }
    return attend(q, keys, values, shape, seen);
  }

  /// Of the batch over all of its sources.
  OnnxActivation across(
      OnnxActivation q,
      OnnxActivation k,
      OnnxActivation v,
      AttentionShape shape,
      OnnxBatch source) {
    return attend(
        q,
        heads(k, shape.kvHeads(), shape, source),
        heads(v, shape.kvHeads(), shape, source),
        shape,
        source.unseen(shape));
  }

  /// [N,heads·C] → [B,heads,T,C].
  private String heads(OnnxActivation x, int heads, AttentionShape shape, OnnxBatch of) {
    String lengths =
        graph.node("Concat", OnnxBatch.axis(0), of.shape(), graph.wholes(heads, shape.headWidth()));
    String apart = graph.node("Reshape", x.name(), lengths);
    return graph.node("Transpose", OnnxOperations.permutation(0, 2, 1, 3), apart);
  }

  /// Behind those that were kept, and kept with them.
  private String kept(String heads, String what, AttentionShape shape) {
    int k = shape.kvHeads();
    int c = shape.headWidth();
    String past =
        graph.input(
            "past_key_values." + what, DataType.F32, OnnxBatch.kept(k, "past_sequence_length", c));
    String name = "present." + what;
    graph.name(graph.node("Concat", OnnxBatch.axis(2), past, heads), name);
    graph.output(name, DataType.F32, OnnxBatch.kept(k, "total_sequence_length", c));
    return name;
  }

  /// A row of the table for each pair of tokens, [1,H,T,S].
  private String byDistance(AttentionShape.Buckets buckets, OnnxWeight bias) {
    int most = buckets.furthest();
    long[] rows = new long[2 * most + 1];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = buckets.row(i - most);
    }
    String bounded =
        graph.node(
            "Min", graph.node("Max", batch.distances(), graph.whole(-most)), graph.whole(most));
    String at = graph.node("Add", bounded, graph.whole(most));
    String row = graph.node("Gather", graph.wholes(rows), at);
    String found = graph.node("Gather", bias.floats(graph), row);
    String byHead = graph.node("Transpose", OnnxOperations.permutation(2, 0, 1), found);
    return graph.node("Unsqueeze", byHead, graph.wholes(0));
  }

  /// q [N,H·C], keys and values [B,K,S,C] → [N,H·C].
  private OnnxActivation attend(
      OnnxActivation q, String keys, String values, AttentionShape shape, String seen) {
    int k = shape.kvHeads();
    int c = shape.headWidth();
    boolean shared = shape.heads() != k;
    String scaled =
        shape.scale() == 1 ? q.name() : graph.node("Mul", q.name(), graph.real(shape.scale()));
    String queries =
        heads(new OnnxActivation(scaled, q.columns()), shape.heads(), shape, batch); // [B,H,T,C]
    if (shared) {
      queries = graph.node("Reshape", queries, graph.wholes(0, k, -1, c)); // [B,K,G·T,C]
    }
    String columns = graph.node("Transpose", OnnxOperations.permutation(0, 1, 3, 2), keys);
    String scores = graph.node("MatMul", queries, columns);
    String lengths = batch.sequences();
    if (shared) {
      String apart =
          graph.node(
              "Concat",
              OnnxBatch.axis(0),
              lengths,
              graph.wholes(shape.heads()),
              batch.length(),
              graph.wholes(-1));
      scores = graph.node("Reshape", scores, apart); // [B,H,T,S]
    }
    String weights = graph.node("Softmax", OnnxBatch.axis(-1), graph.node("Add", scores, seen));
    if (shared) {
      String reach =
          graph.node("Slice", graph.node("Shape", values), graph.wholes(2), graph.wholes(3));
      String together =
          graph.node("Concat", OnnxBatch.axis(0), lengths, graph.wholes(k, -1), reach);
      weights = graph.node("Reshape", weights, together); // [B,K,G·T,S]
    }
    String sums = graph.node("MatMul", weights, values);
    if (shared) {
      String apart =
          graph.node(
              "Concat",
              OnnxBatch.axis(0),
              lengths,
              graph.wholes(shape.heads()),
              batch.length(),
              graph.wholes(c));
      sums = graph.node("Reshape", sums, apart); // [B,H,T,C]
    }
    String rows = graph.node("Transpose", OnnxOperations.permutation(0, 2, 1, 3), sums);
    return new OnnxActivation(
        graph.node("Reshape", rows, graph.wholes(-1, q.columns())), q.columns());
  }
}
