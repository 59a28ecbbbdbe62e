package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.model.Architectures;
import dev.imago.model.Biaffine;
import dev.imago.model.Form;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.Transitions;
import dev.imago.model.WeightSource;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.CpuBackend;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.ForwardBatch;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.KeyValues;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Batch;
import dev.imago.torch.BiaffineLoss;
import dev.imago.torch.ChainLoss;
import dev.imago.torch.NumberLoss;
import dev.imago.torch.Objective;
import dev.imago.torch.Precision;
import dev.imago.torch.SpanLoss;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Models of several labels, numbers, spans, tags with a CRF, trees and vectors, over two texts
/// each, on both backends: scores and losses are those that transformers answered
/// (`conformance/encoder_tasks.py` recorded them).
final class EncoderTasksTest {
  private static final float TOLERANCE = 1e-4f;

  @TempDir Path folder;

  /// A model with its answers, of two sequences.
  record Recorded(JsonNode json) {
    @Override
    public String toString() {
      return json.path("family").asString();
    }

    ModelShape shape() {
      return Architectures.read(json.path("config").toString());
    }

    /// For each sequence its rows.
    List<float[][]> scores() {
      var all = new ArrayList<float[][]>();
      json.path("scores")
          .forEach(
              rows ->
                  all.add(
                      rows.valueStream().map(EncoderTasksTest::floats).toArray(float[][]::new)));
      return all;
    }
  }

  static JsonNode file() throws IOException {
    try (InputStream in = EncoderTasksTest.class.getResourceAsStream("encoder-tasks.json")) {
      return JsonMapper.shared().readTree(java.util.Objects.requireNonNull(in).readAllBytes());
    }
  }

  static Stream<Recorded> recorded() throws IOException {
    return file().path("models").valueStream().map(Recorded::new);
  }

  private static float[] floats(JsonNode list) {
    float[] to = new float[list.size()];
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) list.get(i).asDouble();
    }
    return to;
  }

  static int[] ints(JsonNode list) {
    return list.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  /// As the script has them: Murmur3's finalizer of the place and a hash of the name.
  private static float[] numbers(String name, long[] shape) {
    long seed = 0;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      seed = seed * 31 + b & 0xffffffffL;
    }
    float one = shape.length == 1 && name.endsWith("weight") ? 1 : 0;
    float[] to = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < to.length; i++) {
      int x = (int) (seed + i);
      x ^= x >>> 16;
      x *= 0x85ebca6b;
      x ^= x >>> 13;
      x *= 0xc2b2ae35;
      x ^= x >>> 16;
      to[i] = (float) (one + (Integer.toUnsignedLong(x) / 0x1p32 - 0.5) * 0.5);
    }
    return to;
  }

  static LinkedHashMap<String, HostTensor> tensors(ModelShape shape) {
    var to = new LinkedHashMap<String, HostTensor>();
    shape
        .storedShapes(Form.HUGGING_FACE)
        .forEach((name, lengths) -> to.put(name, HostTensor.of(numbers(name, lengths), lengths)));
    return to;
  }

  private static WeightSource<CpuWeight> source(ModelTensors tensors) {
    return new WeightSource<>() {
      @Override
      public CpuWeight weight(List<Parameter> parts) {
        List<HostTensor> found = parts.stream().map(tensors::get).toList();
        return parts.getFirst().isMatrix() ? CpuWeight.matrix(found) : CpuWeight.vector(found);
      }

      @Override
      public Form form() {
        return tensors.form();
      }
    };
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void scores_on_the_cpu_are_those_of_transformers(Recorded recorded) throws IOException {
    ModelShape shape = recorded.shape();
    var tensors = new ModelTensors("recorded", shape, Form.HUGGING_FACE, tensors(shape));
    // The second sequence's step takes the memory of the first one's.
    try (var backend = new CpuBackend(1)) {
      Model<CpuWeight> model = shape.model(source(tensors));
      for (int i = 0; i < 2; i++) {
        int[] ids = ints(file().path("sequences").get(i));
        int[] segments = ints(file().path("segments").get(i));
        var caches = new KeyValues[ids.length];
        Arrays.fill(caches, new KeyValues(shape.layers(), ids.length));
        var ops = backend.passingStep(new ForwardBatch(ids, caches, segments));
        CpuActivation scores = model.logits(ops, model.hidden(ops));
        float[][] due = recorded.scores().get(i);
        assertEquals(due.length, scores.rows());
        for (int r = 0; r < due.length; r++) {
          assertArrayEquals(due[r], scores.row(r), TOLERANCE, "sequence " + i + ", row " + r);
        }
      }
    }
  }

  private TrainableModel trainable(Recorded recorded) throws Exception {
    ModelShape shape = recorded.shape();
    Files.writeString(folder.resolve("config.json"), shape.configJson(new Specials(-1, List.of())));
    assertEquals(shape, Architectures.read(Files.readString(folder.resolve("config.json"))));
    Safetensors.write(folder.resolve("model.safetensors"), tensors(shape), Safetensors.FORMAT_PT);
    return TrainableModel.read(folder, 1, Precision.F32);
  }

  /// Both sequences, the second padded to the first.
  private static Batch batch(Recorded recorded) throws IOException {
    int[] a = ints(file().path("sequences").get(0));
    int[] b = ints(file().path("sequences").get(1));
    int[] ids = Arrays.copyOf(a, 2 * a.length);
    System.arraycopy(b, 0, ids, a.length, b.length);
    int[] segments = Arrays.copyOf(ints(file().path("segments").get(0)), ids.length);
    System.arraycopy(ints(file().path("segments").get(1)), 0, segments, a.length, b.length);
    JsonNode gold = recorded.json.path("gold");
    if (recorded.shape().output() instanceof Output.Tags) {
      int[] targets = Arrays.copyOf(ints(gold.get(0)), ids.length);
      Arrays.fill(targets, a.length, ids.length, Batch.IGNORED);
      System.arraycopy(ints(gold.get(1)), 0, targets, a.length, b.length);
      return Batch.of(2, a.length, ids, targets)
          .withLengths(new int[] {a.length, b.length})
          .withSegments(segments);
    }
    if (recorded.shape().output() instanceof Output.Dependencies parser) {
      int[] targets = new int[ids.length];
      Arrays.fill(targets, Batch.IGNORED);
      for (int i = 0; i < 2; i++) {
        JsonNode words = gold.get(i);
        for (JsonNode word : words) {
          int head = word.get(1).asInt();
          int row = head < 0 ? -2 : head == 0 ? -1 : words.get(head - 1).get(0).asInt();
          targets[i * a.length + word.get(0).asInt()] =
              Biaffine.target(row, word.get(2).asInt(), parser.relations().size());
        }
      }
      return Batch.of(2, a.length, ids, targets)
          .withLengths(new int[] {a.length, b.length})
          .withSegments(segments);
    }
    if (recorded.shape().output() instanceof Output.Span) {
      int[] targets = new int[ids.length];
      Arrays.fill(targets, Batch.IGNORED);
      for (int i = 0; i < 2; i++) {
        int[] ends = ints(gold.get(i));
        targets[i * a.length + ends[0]] = ends[0] == ends[1] ? SpanLoss.BOTH : SpanLoss.START;
        targets[i * a.length + ends[1]] = ends[0] == ends[1] ? SpanLoss.BOTH : SpanLoss.END;
      }
      return Batch.of(2, a.length, ids, targets)
          .withLengths(new int[] {a.length, b.length})
          .withSegments(segments);
    }
    float[] values =
        gold.get(0).isArray()
            ? concatenated(floats(gold.get(0)), floats(gold.get(1)))
            : floats(gold);
    return Batch.ofNumbers(2, a.length, ids, values)
        .withLengths(new int[] {a.length, b.length})
        .withSegments(segments);
  }

  private static float[] concatenated(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /// Vectors have no loss of one text.
  static Stream<Recorded> learned() throws IOException {
    return recorded().filter(r -> !(r.shape().output() instanceof Output.Embedding));
  }

  @ParameterizedTest
  @MethodSource("learned")
  void losses_on_libtorch_are_those_of_transformers(Recorded recorded) throws Exception {
    Objective loss =
        switch (recorded.shape().output()) {
          case Output.Span _ -> new SpanLoss();
          case Output.Tags _ -> new ChainLoss();
          case Output.Dependencies parser -> new BiaffineLoss(parser.relations().size());
          case Output.Classes(_, Output.Problem problem) when problem == Output.Problem.NUMBER ->
              NumberLoss.SQUARED;
          default -> NumberLoss.BINARY;
        };
    try (TrainableModel model = trainable(recorded)) {
      Batch batch = batch(recorded);
      double mean =
          recorded
              .json
              .path("losses")
              .valueStream()
              .mapToDouble(JsonNode::asDouble)
              .average()
              .orElseThrow();
      // Those of a CRF and of a parser are sums over words.
      boolean ofWords = loss instanceof ChainLoss || loss instanceof BiaffineLoss;
      double due = ofWords ? 2 * mean / loss.count(batch) : mean;
      assertEquals(due, model.value(loss, batch) / loss.count(batch), TOLERANCE);
      float[] scores = model.logits(batch);
      if (recorded.shape().output().ofSequences()) {
        float[] expected = concatenated(recorded.scores().get(0)[0], recorded.scores().get(1)[0]);
        assertArrayEquals(expected, scores, TOLERANCE);
      }
    }
  }

  @Test
  void the_scores_of_heads_and_relations_are_those_of_the_definition() throws IOException {
    Recorded recorded =
        recorded().filter(r -> r.toString().endsWith("parse")).findFirst().orElseThrow();
    ModelShape shape = recorded.shape();
    var parser = (Output.Dependencies) shape.output();
    var biaffine =
        Biaffine.of(parser, new ModelTensors("f", shape, Form.HUGGING_FACE, tensors(shape)));
    for (int i = 0; i < 2; i++) {
      JsonNode gold = recorded.json.path("gold").get(i);
      JsonNode due = recorded.json.path("told").get(i);
      float[][] rows = recorded.scores().get(i);
      float[][] words = gold.valueStream().map(w -> rows[w.get(0).asInt()]).toArray(float[][]::new);
      float[][] heads = biaffine.heads(words);
      int next = 0;
      for (int w = 0; w < words.length; w++) {
        float[] scores = heads[w].clone();
        scores[w + 1] = -9e9f;
        assertArrayEquals(floats(due.path("arcs").get(w)), scores, TOLERANCE);
        int head = gold.get(w).get(1).asInt();
        if (head >= 0) {
          float[] relations =
              biaffine.relations(
                  words[w], head == 0 ? Optional.empty() : Optional.of(words[head - 1]));
          int likeliest = 0;
          for (int l = 1; l < relations.length; l++) {
            likeliest = relations[l] > relations[likeliest] ? l : likeliest;
          }
          assertEquals(due.path("relations").get(next++).asInt(), likeliest);
        }
      }
    }
  }

  @Test
  void the_likeliest_tags_of_a_crf_are_those_of_the_definition() throws IOException {
    Recorded recorded =
        recorded().filter(r -> r.toString().endsWith("crf")).findFirst().orElseThrow();
    var transitions =
        Transitions.of(
            Transitions.parameters(5).stream()
                .map(
                    p ->
                        numbers(
                            p.name(), p.shape().stream().mapToLong(Integer::longValue).toArray()))
                .toList());
    for (int i = 0; i < 2; i++) {
      int[] tags = ints(recorded.json.path("gold").get(i));
      float[][] rows = recorded.scores().get(i);
      float[][] words =
          IntStream.range(0, tags.length)
              .filter(t -> tags[t] >= 0)
              .mapToObj(t -> rows[t])
              .toArray(float[][]::new);
      assertArrayEquals(ints(recorded.json.path("told").get(i)), transitions.likeliest(words));
      for (double[] shares : transitions.shares(words)) {
        assertEquals(1, Arrays.stream(shares).sum(), 1e-9);
      }
    }
  }
}
