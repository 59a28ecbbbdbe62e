package dev.imago.tensor;

import dev.imago.tensor.Onnx.Attribute;
import dev.imago.tensor.Operations.Pooling;
import java.util.List;
import java.util.Map;

/// What a graph is asked of: ids [B,T], and a mask [B,S] that tells tokens from what fills up, of
/// these and of those that were read before them.
///
/// @param ids the name of the input
/// @param mask the value of the mask
/// @param cached whether earlier tokens may have left keys and values
/// @param lengths the names of B and T
record OnnxBatch(OnnxGraph graph, String ids, String mask, boolean cached, List<String> lengths) {
  private static final String BATCH = "batch_size";
  private static final String[] TOKENS = {BATCH, "sequence_length"};

  /// What a token must not see is less by this, and weighs nothing.
  private static final float NOTHING = -Float.MAX_VALUE;

  OnnxBatch {
    lengths = List.copyOf(lengths);
  }

  static OnnxBatch masked(OnnxGraph graph, boolean cached) {
    String ids = graph.input("input_ids", DataType.I64, TOKENS);
    String length = cached ? "total_sequence_length" : TOKENS[1];
    String mask = graph.input("attention_mask", DataType.I64, BATCH, length);
    return new OnnxBatch(graph, ids, mask, cached, List.of(TOKENS));
  }

  /// Of answers, which are filled up at their ends alone: nobody looks there.
  static OnnxBatch unmasked(OnnxGraph graph) {
    String[] lengths = {BATCH, "decoder_sequence_length"};
    String ids = graph.input("decoder_input_ids", DataType.I64, lengths);
    String mask = graph.node("Expand", graph.wholes(1), graph.node("Shape", ids));
    return new OnnxBatch(graph, ids, mask, false, List.of(lengths));
  }

  /// [2]: B, T.
  String shape() {
    return graph.node("Shape", ids);
  }

  /// [1]: B.
  String sequences() {
    return graph.node("Slice", shape(), graph.wholes(0), graph.wholes(1));
  }

  /// [1]: T.
  String length() {
    return graph.node("Slice", shape(), graph.wholes(1), graph.wholes(2));
  }

  /// [1]: S.
  String reach() {
    return graph.node("Slice", graph.node("Shape", mask), graph.wholes(1), graph.wholes(2));
  }

  private String flat(String value) {
    return graph.node("Reshape", value, graph.wholes(-1));
  }

  /// Ids [N].
  String tokens() {
    return flat(ids);
  }

  /// The ids before them [N].
  ///
  /// @param first the id before a sequence's first
  String previous(int first) {
    String column = graph.node("Slice", ids, graph.wholes(0), graph.wholes(1), graph.wholes(1));
    String others = graph.node("Slice", ids, graph.wholes(0), graph.wholes(-1), graph.wholes(1));
    String before = flat(graph.node("Concat", axis(1), column, others));
    String goesOn = graph.node("Greater", positions(), graph.whole(0));
    return graph.node("Where", goesOn, before, graph.whole(first));
  }

  /// Texts [N].
  String segments() {
    return flat(graph.input("token_type_ids", DataType.I64, TOKENS));
  }

  /// Places in their sequences [N], counted over what the mask has.
  String positions() {
    String counted = graph.node("CumSum", mask, graph.whole(1));
    String all = graph.node("Max", graph.node("Sub", counted, graph.whole(1)), graph.whole(0));
    return flat(cached ? newest(all) : all);
  }

  /// The last T of [B,S].
  private String newest(String value) {
    String from = graph.node("Neg", length());
    return graph.node("Slice", value, from, graph.wholes(Long.MAX_VALUE), graph.wholes(1));
  }

  /// [N,columns] → [B,T,columns].
  String rows(OnnxActivation x) {
    String shape = graph.node("Concat", axis(0), shape(), graph.wholes(x.columns()));
    return graph.node("Reshape", x.name(), shape);
  }

  static Map<String, Attribute> axis(long axis) {
    return Map.of("axis", new Attribute.Whole(axis));
  }

  /// [N,columns] → [B,columns].
  OnnxActivation pool(OnnxActivation x, Pooling pooling) {
    String rows = rows(x);
    String y =
        switch (pooling) {
          // Of equals, ArgMax takes the first.
          case FIRST -> at(rows, whole(mask));
          case LAST -> at(rows, whole(graph.node("CumSum", mask, graph.whole(1))));
          case MEAN -> {
            String weights = graph.node("Unsqueeze", floats(mask), graph.wholes(2));
            String sum = sum(graph.node("Mul", rows, weights));
            yield graph.node("Div", sum, sum(weights));
          }
        };
    return new OnnxActivation(y, x.columns());
  }

  private String whole(String value) {
    return graph.node("Cast", Map.of("to", new Attribute.Whole(6)), value);
  }

  private String floats(String value) {
    return graph.node("Cast", Map.of("to", new Attribute.Whole(1)), value);
  }

  /// The row of each sequence where `marks` [B,T] has its largest.
  private String at(String rows, String marks) {
    String place = graph.node("ArgMax", axis(1), marks);
    return graph.node("GatherND", Map.of("batch_dims", new Attribute.Whole(1)), rows, place);
  }

  private String sum(String value) {
    Map<String, Attribute> over = Map.of("keepdims", new Attribute.Whole(0));
    return graph.node("ReduceSum", over, value, graph.wholes(1));
  }

  /// Added to the scores of a pair of tokens: 0, or [#NOTHING] where the one does not see the
  /// other, [B,1,1,S] or [B,1,T,S].
  ///
  /// @param shape of the attention, which says what a token sees
  String unseen(AttentionShape shape) {
    String there = graph.node("Greater", mask, graph.whole(0));
    String tokens = graph.node("Unsqueeze", there, graph.wholes(1, 2));
    String seen =
        shape.mask() == AttentionShape.Mask.CAUSAL
            ? graph.node("And", tokens, before(shape.window()))
            : tokens;
    return graph.node("Where", seen, graph.real(0), graph.real(NOTHING));
  }

  /// Which tokens come no later, and within a window where there is one, [T,S].
  private String before(int window) {
    String columns = graph.node("Unsqueeze", columns(), graph.wholes(0));
    String rows = graph.node("Unsqueeze", places(), graph.wholes(1));
    String before = graph.node("LessOrEqual", columns, rows);
    if (window == 0) {
      return before;
    }
    String last = graph.node("Sub", rows, graph.whole(window));
    return graph.node("And", before, graph.node("Greater", columns, last));
  }

  /// Columns of the mask, [S].
  private String columns() {
    return graph.node("Range", graph.whole(0), scalar(reach()), graph.whole(1));
  }

  /// The columns of the tokens that are new, [T].
  private String places() {
    String from = graph.node("Sub", scalar(reach()), scalar(length()));
    return graph.node("Range", from, scalar(reach()), graph.whole(1));
  }

  private String scalar(String one) {
    return graph.node("Squeeze", one);
  }

  /// How far each token seen lies from each that sees, [T,S]: positive for those that come after.
  String distances() {
    String columns = graph.node("Unsqueeze", columns(), graph.wholes(0));
    return graph.node("Sub", columns, graph.node("Unsqueeze", places(), graph.wholes(1)));
  }

  /// The lengths of keys or values in words.
  ///
  /// @param tokens the name of how many there are
  static String[] kept(int heads, String tokens, int headWidth) {
    return new String[] {BATCH, Integer.toString(heads), tokens, Integer.toString(headWidth)};
  }
}
