package dev.imago.model.bert;

import dev.imago.model.bert.OnnxValues.Split;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Onnx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// The parts of a BERT in an ONNX graph: norms, linear layers, attention, embeddings, each told
/// from the value that it makes.
///
/// *B batch, T time, H heads, C width of a head.*
record BertGraphParts(OnnxValues values) {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String SEGMENTS = "token_type_ids";

  /// What is added to a masked score has to hide it in a softmax.
  private static final double HIDDEN = -10_000;

  private static final double CLOSE = 1e-5;

  record Norm(String input, String weight, String bias, double epsilon) {}

  /// @param weight [in,out]
  record Linear(String input, String weight, String bias) {}

  record Sum(Linear added, String residual) {}

  record Activation(String input, Nonlinearity function) {}

  record Attention(String input, List<Linear> linears, long heads, long headWidth) {}

  /// @param longest positions that it counts to
  record Embeddings(String words, String segments, String positions, long longest) {}

  /// `(x − mean) / √(variance + ε) · weight + bias`, by itself or as one node.
  Norm norm(String value) {
    if (values.isMade(value, "LayerNormalization")) {
      Onnx.Node node = values.made(value, "LayerNormalization", "");
      if (node.whole("axis").orElse(-1L) != -1 && node.whole("axis").orElse(-1L) != 2) {
        throw values.unlike(value, "a norm is over the last axis");
      }
      double epsilon =
          node.attributes().get("epsilon") instanceof Onnx.Attribute.Real(float real)
              ? real
              : 1e-5f;
      return new Norm(values.input(node, 0), values.input(node, 1), values.input(node, 2), epsilon);
    }
    String part = "a layer norm";
    Split bias = values.split(value, "Add", part);
    Split weight = values.split(bias.other(), "Mul", part);
    Onnx.Node ratio = values.made(weight.other(), "Div", part);
    String centred = values.input(ratio, 0);
    Onnx.Node centring = values.made(centred, "Sub", part);
    String x = values.input(centring, 0);
    if (!mean(values.input(centring, 1)).equals(x)) {
      throw values.unlike(centred, part + " subtracts the mean of what it reads");
    }
    Onnx.Node root = values.made(values.input(ratio, 1), "Sqrt", part);
    Split variance = values.split(values.input(root, 0), "Add", part);
    String squared = mean(variance.other());
    Onnx.Node square = values.made(squared, "Pow", part);
    if (!values.input(square, 0).equals(centred)
        || values.scalar(values.input(square, 1), part) != 2) {
      throw values.unlike(squared, part + " squares what it centred");
    }
    return new Norm(
        x, weight.constant(), bias.constant(), values.scalar(variance.constant(), part));
  }

  /// What a value is the mean of, over the last axis.
  private String mean(String value) {
    Onnx.Node node = values.made(value, "ReduceMean", "a layer norm");
    List<Long> axes = values.axes(node);
    if (!axes.equals(List.of(-1L)) && !axes.equals(List.of(2L))
        || node.whole("keepdims").orElse(1L) != 1) {
      throw values.unlike(value, "a norm is over the last axis");
    }
    return values.input(node, 0);
  }

  Linear linear(String value, String part) {
    return ifLinear(value)
        .orElseThrow(() -> values.unlike(value, part + " has a matrix and a bias here"));
  }

  private Optional<Linear> ifLinear(String value) {
    if (!values.isMade(value, "Add")) {
      return Optional.empty();
    }
    return values
        .split(values.maker(value))
        .filter(bias -> values.isMade(bias.other(), "MatMul"))
        .flatMap(
            bias -> {
              Onnx.Node product = values.made(bias.other(), "MatMul", "");
              String matrix = values.input(product, 1);
              return values.isConstant(matrix)
                  ? Optional.of(new Linear(values.input(product, 0), matrix, bias.constant()))
                  : Optional.empty();
            });
  }

  /// A linear layer and what it is added to.
  Sum sum(String value, String part) {
    Onnx.Node node = values.made(value, "Add", part);
    for (int i = 0; i < 2; i++) {
      Optional<Linear> added = ifLinear(values.input(node, i));
      if (added.isPresent()) {
        return new Sum(added.get(), values.input(node, 1 - i));
      }
    }
    throw values.unlike(value, part + " is added to what it read");
  }

  /// The function between the matrices of the feed-forward layer.
  Activation activation(String value) {
    if (values.isMade(value, "Relu")) {
      Onnx.Node node = values.made(value, "Relu", "");
      return new Activation(values.input(node, 0), Nonlinearity.RELU);
    }
    if (values.isMade(value, "Gelu")) {
      Onnx.Node node = values.made(value, "Gelu", "");
      boolean tanh =
          node.attributes().get("approximate") instanceof Onnx.Attribute.Text(String text)
              && text.equals("tanh");
      return new Activation(
          values.input(node, 0), tanh ? Nonlinearity.GELU_TANH : Nonlinearity.GELU);
    }
    var factors = new ArrayList<String>();
    factors(value, factors, 3);
    Optional<String> half = factors.stream().filter(values::isConstant).findFirst();
    Optional<String> error =
        factors.stream().filter(f -> values.isMade(f, "Add") && isOneAndErf(f)).findFirst();
    String part = "the function of the feed-forward layer";
    if (factors.size() != 3
        || half.isEmpty()
        || error.isEmpty()
        || values.scalar(half.get(), part) != 0.5) {
      throw values.unlike(value, part + " is gelu or relu");
    }
    factors.remove(half.get());
    factors.remove(error.get());
    String x = factors.getFirst();
    Split inner = values.split(error.get(), "Add", part);
    Onnx.Node erf = values.made(inner.other(), "Erf", part);
    scaled(values.input(erf, 0), x, Math.sqrt(2), part);
    return new Activation(x, Nonlinearity.GELU);
  }

  /// @param deep products in products, at most
  private void factors(String value, List<String> to, int deep) {
    if (!values.isMade(value, "Mul") || deep == 0) {
      to.add(value);
      return;
    }
    values.made(value, "Mul", "").inputs().forEach(input -> factors(input, to, deep - 1));
  }

  private boolean isOneAndErf(String value) {
    return values
        .split(values.maker(value))
        .filter(s -> values.isMade(s.other(), "Erf"))
        .filter(s -> values.scalar(s.constant(), "gelu") == 1)
        .isPresent();
  }

  /// Checks that a value is another one divided by a number.
  private void scaled(String value, String of, double by, String part) {
    boolean divided = values.isMade(value, "Div");
    Split scale = values.split(value, divided ? "Div" : "Mul", part);
    double number = values.scalar(scale.constant(), part);
    double factor = divided ? number : 1 / number;
    if (!scale.other().equals(of)
        || divided && values.isConstant(values.input(values.made(value, "Div", part), 0))
        || Math.abs(factor - by) > CLOSE * by) {
      throw values.unlike(value, "%s divides by %.6f here".formatted(part, by));
    }
  }

  /// Attention, from the rows that its last matrix reads.
  ///
  /// @param input what its first matrices read
  Attention attention(String value, String input) {
    String part = "attention";
    Onnx.Node joined = values.made(value, "Reshape", part);
    String turned = values.input(joined, 0);
    long width = lengths(values.input(joined, 1), turned, 1).getFirst();
    Onnx.Node product = values.made(transposed(turned, 0, 2, 1, 3), "MatMul", part);
    String shares = values.input(product, 0);
    Onnx.Node softmax = values.made(shares, "Softmax", part);
    long axis = softmax.whole("axis").orElse(values.graph().operatorSet() >= 13 ? -1L : 1L);
    if (axis != -1 && axis != 3) {
      throw values.unlike(shares, "a softmax is over the last axis");
    }
    Onnx.Node masked = values.made(values.input(softmax, 0), "Add", part);
    int place = isMask(values.input(masked, 0)) ? 0 : 1;
    checkMask(values.input(masked, place));
    String scores = values.input(masked, 1 - place);
    boolean divided = values.isMade(scores, "Div");
    String products = values.split(scores, divided ? "Div" : "Mul", part).other();
    Onnx.Node qk = values.made(products, "MatMul", part);
    Heads query = heads(transposed(values.input(qk, 0), 0, 2, 1, 3));
    Heads key = heads(transposed(values.input(qk, 1), 0, 2, 3, 1));
    Heads value3 = heads(transposed(values.input(product, 1), 0, 2, 1, 3));
    scaled(scores, products, Math.sqrt(query.width()), part);
    for (Heads each : List.of(query, key, value3)) {
      if (each.count() != query.count()
          || each.width() != query.width()
          || each.count() * each.width() != width
          || !each.linear().input().equals(input)) {
        throw values.unlike(value, "its queries, keys and values are of one input and one shape");
      }
    }
    return new Attention(
        input,
        List.of(query.linear(), key.linear(), value3.linear()),
        query.count(),
        query.width());
  }

  private record Heads(Linear linear, long count, long width) {}

  /// [B,T,H·C] seen as [B,T,H,C].
  private Heads heads(String value) {
    Onnx.Node node = values.made(value, "Reshape", "attention");
    List<Long> last = lengths(values.input(node, 1), values.input(node, 0), 2);
    return new Heads(linear(values.input(node, 0), "attention"), last.getFirst(), last.getLast());
  }

  private String transposed(String value, long... order) {
    Onnx.Node node = values.made(value, "Transpose", "attention");
    if (!node.wholes("perm").equals(LongStream.of(order).boxed().toList())) {
      throw values.unlike(value, "attention has another order of axes here");
    }
    return values.input(node, 0);
  }

  /// The last lengths of a shape whose first two are those of a value.
  private List<Long> lengths(String shape, String of, int last) {
    if (values.isConstant(shape)) {
      List<Long> all = values.wholes(shape, "attention");
      boolean kept =
          all.size() == 2 + last
              && (all.get(0) == 0 || all.get(0) == -1)
              && (all.get(1) == 0 || all.get(1) == -1);
      if (!kept) {
        throw values.unlike(shape, "attention keeps batch and time");
      }
      return all.subList(2, all.size());
    }
    Onnx.Node node = values.made(shape, "Concat", "attention");
    var to = new ArrayList<Long>();
    for (int i = 0; i < node.inputs().size(); i++) {
      String each = node.inputs().get(i);
      if (i < 2 && !values.isLength(each, of, i)) {
        throw values.unlike(each, "attention keeps batch and time");
      }
      if (i >= 2) {
        to.addAll(values.wholes(each, "attention"));
      }
    }
    if (to.size() != last || to.stream().anyMatch(n -> n < 1)) {
      throw values.unlike(shape, "attention has %d lengths after batch and time".formatted(last));
    }
    return to;
  }

  private boolean isMask(String value) {
    return values.isMade(value, "Mul")
        && values
            .split(values.maker(value))
            .filter(s -> values.isMade(s.other(), "Sub"))
            .isPresent();
  }

  /// `(1 − mask) · −∞`, the mask as [B,1,1,T].
  private void checkMask(String value) {
    String part = "the mask";
    Split least = values.split(value, "Mul", part);
    Onnx.Node rest = values.made(least.other(), "Sub", part);
    if (values.scalar(least.constant(), part) > HIDDEN
        || values.scalar(values.input(rest, 0), part) != 1) {
      throw values.unlike(value, "the mask hides what is padding");
    }
    String at = values.input(values.made(values.input(rest, 1), "Cast", part), 0);
    var axes = new ArrayList<Long>();
    while (values.isMade(at, "Unsqueeze")) {
      Onnx.Node node = values.made(at, "Unsqueeze", part);
      axes.addAll(0, values.axes(node));
      at = values.input(node, 0);
    }
    if (!at.equals(MASK) || !axes.equals(List.of(1L, 2L))) {
      throw values.unlike(at, "the mask is made of " + MASK);
    }
  }

  /// Whether a value is a sum of rows that are looked up.
  boolean isEmbeddings(String value) {
    var terms = new ArrayList<String>();
    terms(value, terms, 3);
    return terms.size() > 1 && terms.stream().allMatch(t -> values.isMade(t, "Gather"));
  }

  /// @param deep sums in sums, at most
  private void terms(String value, List<String> to, int deep) {
    if (!values.isMade(value, "Add") || deep == 0) {
      to.add(value);
      return;
    }
    values.made(value, "Add", "").inputs().forEach(input -> terms(input, to, deep - 1));
  }

  Embeddings embeddings(String value) {
    String part = "the embedding";
    var terms = new ArrayList<String>();
    terms(value, terms, 3);
    String words = "";
    String segments = "";
    String positions = "";
    long longest = 0;
    for (String term : terms) {
      Onnx.Node node = values.made(term, "Gather", part);
      if (node.whole("axis").orElse(0L) != 0) {
        throw values.unlike(term, "rows are looked up");
      }
      String index = values.input(node, 1);
      String rows = values.input(node, 0);
      if (index.equals(IDS)) {
        words = rows;
      } else if (index.equals(SEGMENTS)) {
        segments = rows;
      } else {
        longest = counted(index);
        positions = rows;
      }
    }
    if (terms.size() != 3 || words.isEmpty() || segments.isEmpty() || positions.isEmpty()) {
      throw values.unlike(
          value, "the embedding sums rows of %s, %s and the positions".formatted(IDS, SEGMENTS));
    }
    return new Embeddings(words, segments, positions, longest);
  }

  /// How far `0, 1, 2, …`, cut at the length of the ids, reaches.
  private long counted(String value) {
    String part = "the positions";
    Onnx.Node slice = values.made(value, "Slice", part);
    List<Long> all = values.wholes(values.input(slice, 0), part);
    boolean counts = LongStream.range(0, all.size()).allMatch(i -> all.get((int) i) == i);
    boolean whole =
        values.wholes(values.input(slice, 1), part).equals(List.of(0L))
            && values.isLength(values.input(slice, 2), IDS, 1)
            && values.wholes(values.input(slice, 3), part).equals(List.of(1L))
            && (slice.inputs().size() < 5
                || values.wholes(values.input(slice, 4), part).equals(List.of(1L)));
    if (!counts || !whole) {
      throw values.unlike(value, "the positions count from 0 to the length of the ids");
    }
    return all.size();
  }
}
