// Past 400 lines: every operator that is written, each a few lines.
package dev.imago.training;

import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Onnx;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// ONNX's operators by their definitions, one number at a time in double precision: what a graph
/// computes, told by no runtime. <https://onnx.ai/onnx/operators/>
final class OnnxInterpreter {
  /// @param shape slowest first
  record Tensor(int[] shape, double[] data) {
    static Tensor of(double value) {
      return new Tensor(new int[0], new double[] {value});
    }

    int size() {
      return data.length;
    }

    int rank() {
      return shape.length;
    }

    int[] wholes() {
      return Arrays.stream(data).mapToInt(d -> (int) Math.clamp(d, -1e9, 1e9)).toArray();
    }

    /// Numbers behind an axis.
    int inner(int axis) {
      return product(shape, axis + 1, shape.length);
    }

    int outer(int axis) {
      return product(shape, 0, axis);
    }
  }

  private final Map<String, Tensor> values = new HashMap<>();

  private OnnxInterpreter() {}

  static Map<String, Tensor> run(Onnx graph, Map<String, Tensor> inputs) {
    var interpreter = new OnnxInterpreter();
    graph.tensors().forEach((name, t) -> interpreter.values.put(name, constant(t)));
    interpreter.values.putAll(inputs);
    graph.nodes().forEach(interpreter::node);
    var to = new HashMap<String, Tensor>();
    graph.outputs().forEach(name -> to.put(name, interpreter.values.get(name)));
    return to;
  }

  private static Tensor constant(HostTensor tensor) {
    float[] floats = tensor.toFloats();
    double[] data = new double[floats.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = floats[i];
    }
    return new Tensor(Arrays.stream(tensor.shape()).mapToInt(n -> (int) n).toArray(), data);
  }

  private void node(Onnx.Node node) {
    List<Tensor> in =
        node.inputs().stream()
            .map(name -> java.util.Objects.requireNonNull(values.get(name)))
            .toList();
    Tensor x = in.getFirst();
    if (node.operator().equals("DynamicQuantizeLinear")) {
      quantized(node, x);
      return;
    }
    Tensor y =
        switch (node.operator()) {
          case "Identity" -> x;
          case "Cast" -> x;
          case "Add" -> both(x, in.get(1), Double::sum);
          case "Sub" -> both(x, in.get(1), (a, b) -> a - b);
          case "Mul" -> both(x, in.get(1), (a, b) -> a * b);
          case "Div" -> both(x, in.get(1), (a, b) -> a / b);
          case "Max" -> both(x, in.get(1), Math::max);
          case "Min" -> both(x, in.get(1), Math::min);
          case "LessOrEqual" -> both(x, in.get(1), (a, b) -> a <= b ? 1 : 0);
          case "Greater" -> both(x, in.get(1), (a, b) -> a > b ? 1 : 0);
          case "And" -> both(x, in.get(1), (a, b) -> a * b);
          case "Where" -> {
            Tensor yes = both(x, in.get(1), (c, a) -> c == 1 ? a : Double.NaN);
            Tensor no = both(x, in.get(2), (c, a) -> c == 1 ? Double.NaN : a);
            yield both(yes, no, (a, b) -> Double.isNaN(a) ? b : a);
          }
          case "Neg" -> each(x, a -> -a);
          case "Sqrt" -> each(x, Math::sqrt);
          case "Sigmoid" -> each(x, a -> 1 / (1 + Math.exp(-a)));
          case "Tanh" -> each(x, Math::tanh);
          case "Relu" -> each(x, a -> Math.max(0, a));
          case "Erf" -> each(x, OnnxInterpreter::erf);
          case "Cos" -> each(x, Math::cos);
          case "Sin" -> each(x, Math::sin);
          case "Shape" ->
              new Tensor(new int[] {x.rank()}, Arrays.stream(x.shape).asDoubleStream().toArray());
          case "Reshape" -> new Tensor(lengths(x, in.get(1).wholes()), x.data);
          case "Squeeze" ->
              new Tensor(Arrays.stream(x.shape).filter(n -> n != 1).toArray(), x.data);
          case "Unsqueeze" -> unsqueezed(x, in.get(1).wholes());
          case "Expand" -> both(x, filled(in.get(1).wholes()), (a, b) -> a);
          case "Concat" -> concatenated(in, axis(node, x.rank()));
          case "Slice" -> slice(in);
          case "Gather" -> gather(x, in.get(1));
          case "GatherND" -> gatherByRow(x, in.get(1));
          case "Transpose" ->
              transposed(x, node.wholes("perm").stream().mapToInt(Long::intValue).toArray());
          case "Range" -> range((int) x.data[0], (int) in.get(1).data[0]);
          case "CumSum" -> running(x, (int) in.get(1).data[0]);
          case "ArgMax" -> largest(x, axis(node, x.rank()));
          case "ReduceMean" -> mean(x);
          case "ReduceSum" -> sum(x, in.get(1).wholes()[0]);
          case "Softmax" -> softmax(x);
          case "LayerNormalization" -> normed(node, x, in.get(1), in.get(2));
          case "MatMul" -> product(x, in.get(1));
          case "MatMulInteger" ->
              product(
                  both(x, in.get(2), (a, b) -> a - b), both(in.get(1), in.get(3), (a, b) -> a - b));
          case "Gemm" -> {
            Tensor p = product(x, transposed(in.get(1), new int[] {1, 0}));
            yield in.size() == 2 ? p : both(p, in.get(2), Double::sum);
          }
          default -> throw new AssertionError("no operator " + node.operator());
        };
    values.put(node.outputs().getFirst(), y);
  }

  private void quantized(Onnx.Node node, Tensor x) {
    double least = Math.min(0, Arrays.stream(x.data).min().orElse(0));
    double most = Math.max(0, Arrays.stream(x.data).max().orElse(0));
    double scale = most == least ? 1 : (most - least) / 255;
    double zero = Math.clamp(Math.rint(-least / scale), 0, 255);
    values.put(
        node.outputs().get(0), each(x, a -> Math.clamp(Math.rint(a / scale) + zero, 0, 255)));
    values.put(node.outputs().get(1), Tensor.of(scale));
    values.put(node.outputs().get(2), Tensor.of(zero));
  }

  private static int axis(Onnx.Node node, int rank) {
    int axis = node.whole("axis").orElse(0L).intValue();
    return axis < 0 ? axis + rank : axis;
  }

  private static Tensor each(Tensor x, DoubleUnaryOperator function) {
    return new Tensor(x.shape, Arrays.stream(x.data).map(function).toArray());
  }

  private static Tensor filled(int[] shape) {
    return new Tensor(shape, new double[product(shape, 0, shape.length)]);
  }

  private static int product(int[] shape, int from, int to) {
    int product = 1;
    for (int i = from; i < to; i++) {
      product *= shape[i];
    }
    return product;
  }

  private static Tensor both(Tensor a, Tensor b, DoubleBinaryOperator function) {
    int rank = Math.max(a.rank(), b.rank());
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      int m = length(a, i - rank + a.rank());
      int n = length(b, i - rank + b.rank());
      if (m != n && m != 1 && n != 1) {
        throw new AssertionError(
            Arrays.toString(a.shape) + " and " + Arrays.toString(b.shape) + " do not fit");
      }
      shape[i] = m == 1 ? n : m;
    }
    Tensor to = filled(shape);
    boolean wholeA = Arrays.equals(shape, a.shape);
    boolean wholeB = Arrays.equals(shape, b.shape);
    for (int i = 0; i < to.size(); i++) {
      double left = a.data[wholeA ? i : a.size() == 1 ? 0 : place(i, shape, a)];
      double right = b.data[wholeB ? i : b.size() == 1 ? 0 : place(i, shape, b)];
      to.data[i] = function.applyAsDouble(left, right);
    }
    return to;
  }

  private static int length(Tensor t, int axis) {
    return axis < 0 ? 1 : t.shape[axis];
  }

  private static int place(int index, int[] shape, Tensor of) {
    int left = index;
    int place = 0;
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      int at = left % shape[i];
      left /= shape[i];
      int axis = i - shape.length + of.rank();
      if (axis >= 0) {
        place += of.shape[axis] == 1 ? 0 : at * stride;
        stride *= of.shape[axis];
      }
    }
    return place;
  }

  private static int[] lengths(Tensor x, int[] asked) {
    int[] to = asked.clone();
    int free = -1;
    int known = 1;
    for (int i = 0; i < to.length; i++) {
      to[i] = to[i] == 0 ? x.shape[i] : to[i];
      if (to[i] < 0) {
        free = i;
      } else {
        known *= to[i];
      }
    }
    if (free >= 0) {
      to[free] = x.size() / known;
    }
    if (product(to, 0, to.length) != x.size()) {
      throw new AssertionError(Arrays.toString(x.shape) + " is not " + Arrays.toString(asked));
    }
    return to;
  }

  private static Tensor unsqueezed(Tensor x, int[] axes) {
    int[] shape = new int[x.rank() + axes.length];
    Arrays.fill(shape, -1);
    for (int axis : axes) {
      shape[axis] = 1;
    }
    int from = 0;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] == 1 ? 1 : x.shape[from++];
    }
    return new Tensor(shape, x.data);
  }

  private static Tensor concatenated(List<Tensor> in, int axis) {
    int[] shape = in.getFirst().shape.clone();
    shape[axis] = in.stream().mapToInt(t -> t.shape[axis]).sum();
    Tensor to = filled(shape);
    int at = 0;
    for (int o = 0; o < to.outer(axis); o++) {
      for (Tensor t : in) {
        int run = t.shape[axis] * t.inner(axis);
        System.arraycopy(t.data, o * run, to.data, at, run);
        at += run;
      }
    }
    return to;
  }

  private static Tensor slice(List<Tensor> in) {
    Tensor x = in.getFirst();
    int axis = in.size() < 4 ? 0 : in.get(3).wholes()[0];
    int step = in.size() < 5 ? 1 : in.get(4).wholes()[0];
    int length = x.shape[axis];
    int from = bounded(in.get(1).wholes()[0], length);
    int to = bounded(in.get(2).wholes()[0], length);
    int[] rows = new int[Math.max(0, Math.ceilDiv(to - from, step))];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = from + i * step;
    }
    return rows(x, axis, rows);
  }

  private static int bounded(int place, int length) {
    return Math.clamp(place < 0 ? place + length : place, 0, length);
  }

  private static Tensor rows(Tensor x, int axis, int[] rows) {
    int[] shape = x.shape.clone();
    shape[axis] = rows.length;
    Tensor to = filled(shape);
    int inner = x.inner(axis);
    int at = 0;
    for (int o = 0; o < x.outer(axis); o++) {
      for (int row : rows) {
        System.arraycopy(x.data, (o * x.shape[axis] + row) * inner, to.data, at, inner);
        at += inner;
      }
    }
    return to;
  }

  private static Tensor gather(Tensor x, Tensor at) {
    Tensor rows = rows(x, 0, at.wholes());
    int[] shape = Arrays.copyOf(at.shape, at.rank() + x.rank() - 1);
    System.arraycopy(x.shape, 1, shape, at.rank(), x.rank() - 1);
    return new Tensor(shape, rows.data);
  }

  private static Tensor gatherByRow(Tensor x, Tensor at) {
    int[] rows = at.wholes();
    for (int b = 0; b < rows.length; b++) {
      rows[b] += b * x.shape[1];
    }
    int[] flat = {x.shape[0] * x.shape[1], x.shape[2]};
    return rows(new Tensor(flat, x.data), 0, rows);
  }

  private static Tensor transposed(Tensor x, int[] order) {
    int[] shape = Arrays.stream(order).map(i -> x.shape[i]).toArray();
    Tensor to = filled(shape);
    for (int i = 0; i < to.size(); i++) {
      int left = i;
      int place = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        place += left % shape[axis] * x.inner(order[axis]);
        left /= shape[axis];
      }
      to.data[i] = x.data[place];
    }
    return to;
  }

  private static Tensor range(int from, int to) {
    double[] data = new double[Math.max(0, to - from)];
    for (int i = 0; i < data.length; i++) {
      data[i] = from + i;
    }
    return new Tensor(new int[] {data.length}, data);
  }

  private static Tensor running(Tensor x, int axis) {
    double[] to = x.data.clone();
    int inner = x.inner(axis);
    for (int i = 0; i < to.length; i++) {
      to[i] += i / inner % x.shape[axis] == 0 ? 0 : to[i - inner];
    }
    return new Tensor(x.shape, to);
  }

  private static Tensor largest(Tensor x, int axis) {
    Tensor to = filled(new int[] {x.shape[0], 1});
    for (int b = 0; b < x.shape[0]; b++) {
      for (int t = 1; t < x.shape[axis]; t++) {
        if (x.data[b * x.shape[1] + t] > x.data[b * x.shape[1] + (int) to.data[b]]) {
          to.data[b] = t;
        }
      }
    }
    return to;
  }

  private static Tensor mean(Tensor x) {
    Tensor sum = sum(x, x.rank() - 1);
    int[] shape = x.shape.clone();
    shape[x.rank() - 1] = 1;
    return new Tensor(shape, each(sum, a -> a / x.shape[x.rank() - 1]).data);
  }

  private static Tensor sum(Tensor x, int axis) {
    int[] shape = new int[x.rank() - 1];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = x.shape[i < axis ? i : i + 1];
    }
    Tensor to = filled(shape);
    int inner = x.inner(axis);
    for (int i = 0; i < x.size(); i++) {
      to.data[i / (inner * x.shape[axis]) * inner + i % inner] += x.data[i];
    }
    return to;
  }

  private static Tensor softmax(Tensor x) {
    double[] to = x.data.clone();
    int n = x.shape[x.rank() - 1];
    for (int at = 0; at < to.length; at += n) {
      double most = Arrays.stream(to, at, at + n).max().orElse(0);
      double sum = 0;
      for (int i = at; i < at + n; i++) {
        to[i] = Math.exp(to[i] - most);
        sum += to[i];
      }
      for (int i = at; i < at + n; i++) {
        to[i] /= sum;
      }
    }
    return new Tensor(x.shape, to);
  }

  private static Tensor normed(Onnx.Node node, Tensor x, Tensor scale, Tensor shift) {
    if (!(node.attributes().get("epsilon") instanceof Onnx.Attribute.Real(float epsilon))) {
      throw new AssertionError("no epsilon");
    }
    Tensor centred = both(x, mean(x), (a, b) -> a - b);
    Tensor variance = mean(each(centred, a -> a * a));
    Tensor normed = both(centred, variance, (a, v) -> a / Math.sqrt(v + epsilon));
    return both(both(normed, scale, (a, b) -> a * b), shift, Double::sum);
  }

  private static Tensor product(Tensor a, Tensor b) {
    int m = a.shape[a.rank() - 2];
    int k = a.shape[a.rank() - 1];
    int n = b.shape[b.rank() - 1];
    int[] shape = a.shape.clone();
    shape[a.rank() - 1] = n;
    Tensor to = filled(shape);
    int batches = product(a.shape, 0, a.rank() - 2);
    int each = b.rank() == 2 ? 0 : k * n;
    for (int i = 0; i < batches * m; i++) {
      for (int j = 0; j < k; j++) {
        double factor = a.data[i * k + j];
        int row = i / m * each + j * n;
        for (int c = 0; c < n; c++) {
          to.data[i * n + c] += factor * b.data[row + c];
        }
      }
    }
    return to;
  }

  /// By its series, or its continued fraction. Abramowitz & Stegun 1964, 7.1.6 and 7.1.14.
  private static double erf(double x) {
    double a = Math.abs(x);
    if (a > 3) {
      double fraction = a;
      for (int k = 60; k > 0; k--) {
        fraction = a + k / 2.0 / fraction;
      }
      return Math.signum(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 80; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
