// Past 400 lines: every architecture in every form, from one file of recorded scores.
package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.WeightSource;
import dev.imago.tensor.CpuActivation;
import dev.imago.tensor.CpuBackend;
import dev.imago.tensor.CpuWeight;
import dev.imago.tensor.DataType;
import dev.imago.tensor.Gguf;
import dev.imago.tensor.GgufValue;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.KeyValues;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every architecture on both backends, against what transformers and PyTorch answered
/// (`conformance/architectures.py` recorded it).
final class ArchitecturesTest {
  private static final float TOLERANCE = 1e-4f;

  private static final Set<String> WITH_GGUF =
      Set.of(
          "llama",
          "mistral",
          "qwen2",
          "qwen3",
          "phi3",
          "gpt2",
          "gemma3_text",
          "bert",
          "roberta",
          "t5");

  /// What llama.cpp does not compute.
  private static final Set<String> WITHOUT_GGUF =
      Set.of(
          "llama-dynamic",
          "llama-yarn-set",
          "mistral",
          "qwen2-window",
          "qwen3-biased-window",
          "phi3-window",
          "gemma3",
          "t5-relu");

  @TempDir Path folder;

  /// A model and its answers: for each row the scores of the chosen columns.
  record Recorded(String family, String config, List<float[]> scores) {
    @Override
    public String toString() {
      return family;
    }
  }

  /// Read once: each test asks it often.
  private static final class File {
    static final JsonNode READ = read();

    private static JsonNode read() {
      try (InputStream in = ArchitecturesTest.class.getResourceAsStream("architectures.json")) {
        return JsonMapper.shared().readTree(java.util.Objects.requireNonNull(in).readAllBytes());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  static JsonNode file() {
    return File.READ;
  }

  static Stream<Recorded> recorded() throws IOException {
    var to = new ArrayList<Recorded>();
    for (JsonNode model : file().path("models")) {
      var rows = new ArrayList<float[]>();
      model.path("scores").forEach(row -> rows.add(floats(row)));
      to.add(
          new Recorded(
              model.path("family").asString(), model.path("config").toString(), List.copyOf(rows)));
    }
    assertTrue(to.size() >= 25);
    return to.stream();
  }

  private static float[] floats(JsonNode list) {
    float[] to = new float[list.size()];
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) list.get(i).asDouble();
    }
    return to;
  }

  static int[] ints(JsonNode list) {
    int[] to = new int[list.size()];
    for (int i = 0; i < to.length; i++) {
      to[i] = list.get(i).asInt();
    }
    return to;
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

  static Map<String, HostTensor> tensors(ModelShape shape) {
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

  /// Whether rotary positions turn by how long the sequence is at each step: then the keys that are
  /// kept have the turns of their own step, and scores differ from those of the whole, as in
  /// transformers.
  static boolean byLength(Recorded recorded) {
    return recorded.family.endsWith("dynamic") || recorded.family.endsWith("longrope");
  }

  /// Compares the rows of two sequences with what was recorded.
  static void same(Recorded recorded, List<float[]> rows) throws IOException {
    int[] columns = ints(file().path("columns"));
    assertEquals(recorded.scores.size(), rows.size());
    for (int r = 0; r < rows.size(); r++) {
      float[] expected = recorded.scores.get(r);
      int width = rows.get(r).length;
      int[] there = Arrays.stream(columns).filter(c -> c < width).toArray();
      assertEquals(there.length, expected.length);
      for (int c = 0; c < expected.length; c++) {
        float found = rows.get(r)[there[c]];
        assertEquals(expected[c], found, TOLERANCE, "row " + r + ", column " + there[c]);
      }
    }
  }

  /// An empty sequence, with the source that was recorded for it where there is an encoder.
  private static KeyValues sequence(ModelShape shape, int limit, int which) throws IOException {
    return shape.decoderStart().isEmpty()
        ? new KeyValues(shape.layers(), limit)
        : new KeyValues(shape.layers(), limit, ints(file().path("sources").get(which)));
  }

  /// Both sources, the second padded to the first.
  private static Batch.Source sources() throws IOException {
    int[] a = ints(file().path("sources").get(0));
    int[] b = ints(file().path("sources").get(1));
    int[] ids = Arrays.copyOf(a, 2 * a.length);
    System.arraycopy(b, 0, ids, a.length, b.length);
    return new Batch.Source(a.length, ids, new int[] {a.length, b.length});
  }

  static <W> List<float[]> onCpu(ModelShape shape, ModelTensors tensors) throws IOException {
    var rows = new ArrayList<float[]>();
    JsonNode sequences = file().path("sequences");
    int[] a = ints(sequences.get(0));
    int[] b = ints(sequences.get(1));
    int[] ids = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, ids, a.length, b.length);
    try (var backend = new CpuBackend(2)) {
      Model<CpuWeight> model = shape.model(source(tensors));
      for (int step = 0; step < 2; step++) { // the second takes the memory of the first
        var caches = new KeyValues[ids.length];
        Arrays.fill(caches, 0, a.length, sequence(shape, a.length, 0));
        Arrays.fill(caches, a.length, ids.length, sequence(shape, b.length, 1));
        var ops = backend.passingStep(new dev.imago.tensor.ForwardBatch(ids, caches));
        CpuActivation scores = model.logits(ops, model.hidden(ops));
        rows.clear();
        for (int r = 0; r < scores.rows(); r++) {
          rows.add(scores.row(r));
        }
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void scores_on_the_cpu_are_those_of_transformers(Recorded recorded) throws IOException {
    ModelShape shape = Architectures.read(recorded.config);
    var tensors = new ModelTensors("recorded", shape, Form.HUGGING_FACE, tensors(shape));
    same(recorded, onCpu(shape, tensors));
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void scores_token_by_token_are_those_of_the_whole(Recorded recorded) throws IOException {
    ModelShape shape = Architectures.read(recorded.config);
    if (!(shape.output() instanceof Output.NextToken) || byLength(recorded)) {
      return; // The others see the whole sequence at once.
    }
    var tensors = new ModelTensors("recorded", shape, Form.HUGGING_FACE, tensors(shape));
    List<float[]> whole = onCpu(shape, tensors);
    int[] ids = ints(file().path("sequences").get(0));
    KeyValues cache = sequence(shape, ids.length, 0);
    try (var backend = new CpuBackend(1)) {
      Model<CpuWeight> model = shape.model(source(tensors));
      for (int n = 0; n < ids.length; n++) {
        var batch = dev.imago.tensor.ForwardBatch.of(cache, ids[n]);
        var ops = backend.step(batch);
        float[] row = model.logits(ops, model.hidden(ops)).row(0);
        batch.commit();
        for (int v = 0; v < row.length; v++) {
          assertEquals(whole.get(n)[v], row[v], 1e-5f);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void scores_on_libtorch_are_those_of_transformers_and_come_back_from_its_files(Recorded recorded)
      throws Exception {
    ModelShape shape = Architectures.read(recorded.config);
    Path first = Files.createDirectories(folder.resolve("first"));
    Safetensors.write(
        first.resolve("model.safetensors"),
        new LinkedHashMap<>(tensors(shape)),
        Safetensors.FORMAT_PT);
    Files.writeString(first.resolve("config.json"), recorded.config);
    Path second = Files.createDirectories(folder.resolve("second"));
    try (var model = TrainableModel.read(first, 2, Precision.F32)) {
      same(recorded, onLibtorch(model));
      model.write(second, new Specials(0, List.of(0)));
    }
    assertEquals(shape, Architectures.read(Files.readString(second.resolve("config.json"))));
    try (Safetensors written = Safetensors.open(second.resolve("model.safetensors"))) {
      assertEquals(tensors(shape), new LinkedHashMap<>(written.tensors()));
    }
  }

  private static List<float[]> onLibtorch(TrainableModel model) throws IOException {
    JsonNode sequences = file().path("sequences");
    int[] a = ints(sequences.get(0));
    int[] b = ints(sequences.get(1));
    int[] ids = Arrays.copyOf(a, 2 * a.length);
    System.arraycopy(b, 0, ids, a.length, b.length);
    int[] lengths = {a.length, b.length};
    var batch =
        Batch.of(2, a.length, ids, new int[ids.length])
            .withLengths(lengths)
            .withSource(model.config().decoderStart().isPresent() ? sources() : null);
    float[] scores = model.logits(batch);
    boolean whole = model.config().output().ofSequences();
    int rows = whole ? 2 : ids.length;
    int columns = scores.length / rows;
    var to = new ArrayList<float[]>();
    for (int r = 0; r < rows; r++) {
      if (whole || r % a.length < lengths[r / a.length]) {
        to.add(Arrays.copyOfRange(scores, r * columns, (r + 1) * columns));
      }
    }
    return to;
  }

  @Test
  void sequences_are_divided_among_threads_with_their_sources() throws Exception {
    ModelShape shape = Architectures.ofDepth("t5", 1, 64, 16);
    int[] ids = new int[24];
    int[] targets = new int[24];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i * 7 % 64;
      targets[i] = i * 11 % 64;
    }
    Batch.Source two = sources();
    var source =
        new Batch.Source(
            two.length(),
            Arrays.copyOf(two.ids(), 4 * two.length()),
            new int[] {two.lengths()[0], two.lengths()[1], 2, 1});
    var batch = Batch.of(4, 6, ids, targets).withSource(source);
    try (var one = TrainableModel.random(shape, 3, 1, Precision.F32);
        var both = TrainableModel.random(shape, 3, 2, Precision.F32)) {
      double loss = one.loss(batch);
      assertEquals(loss, both.loss(batch), 1e-3 * loss);
      assertEquals(loss, one.accumulate(batch, 1), 1e-3 * loss);
      assertEquals(loss, both.accumulate(batch, 1), 1e-3 * loss);
      assertThrows(IllegalArgumentException.class, () -> one.logits(Batch.of(4, 6, ids, targets)));
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void a_gguf_file_answers_the_same_where_there_is_one(Recorded recorded) throws IOException {
    ModelShape shape = Architectures.read(recorded.config);
    if (WITHOUT_GGUF.contains(recorded.family)
        || !WITH_GGUF.contains(shape.architecture())
        || !told(shape)) {
      assertThrows(IllegalArgumentException.class, () -> shape.gguf("recorded", DataType.F32));
      return;
    }
    var from = new ModelTensors("recorded", shape, Form.HUGGING_FACE, tensors(shape));
    var pending = new LinkedHashMap<String, Gguf.Pending>();
    shape.ggufConstants().forEach((name, t) -> pending.put(name, pending(t)));
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        pending.put(p.storedName(Form.GGUF), pending(from.forGguf(p)));
      }
    }
    Path file = folder.resolve("model.gguf");
    Gguf.write(file, shape.gguf("recorded", DataType.F32), pending);
    try (Gguf gguf = Gguf.open(file)) {
      ModelShape read = Architectures.read(gguf.metadata(), gguf.tensors());
      same(recorded, onCpu(read, new ModelTensors("gguf", read, Form.GGUF, gguf.tensors())));
    }
  }

  /// With queries, keys and values in one matrix, as llama.cpp's converter has them.
  @Test
  void a_gguf_file_of_a_nomic_bert_answers_the_same() throws IOException {
    Recorded recorded =
        recorded().filter(r -> r.family.startsWith("nomic_bert")).findFirst().orElseThrow();
    ModelShape shape = Architectures.read(recorded.config);
    var from = new ModelTensors("recorded", shape, Form.HUGGING_FACE, tensors(shape));
    var pending = new LinkedHashMap<String, Gguf.Pending>();
    var stacked = new LinkedHashMap<String, List<float[]>>();
    for (Parameter p : shape.parameters()) {
      String name = p.storedName(Form.GGUF);
      if (name.matches(".*attn_[qkv].weight")) {
        String fused = name.replaceAll("attn_[qkv]", "attn_qkv");
        stacked.computeIfAbsent(fused, _ -> new ArrayList<>()).add(from.get(p).toFloats());
      } else {
        pending.put(name, pending(from.get(p)));
      }
    }
    int d = shape.width();
    stacked.forEach(
        (name, parts) -> {
          float[] all = new float[3 * d * d];
          for (int i = 0; i < 3; i++) {
            System.arraycopy(parts.get(i), 0, all, i * d * d, d * d);
          }
          pending.put(name, pending(HostTensor.of(all, 3L * d, d)));
        });
    var metadata = new LinkedHashMap<String, GgufValue>();
    metadata.put("general.architecture", new GgufValue.Text("nomic-bert"));
    Map.of(
            "vocab_size",
            64,
            "context_length",
            16,
            "embedding_length",
            32,
            "block_count",
            2,
            "feed_forward_length",
            48,
            "attention.head_count",
            4,
            "pooling_type",
            1)
        .forEach((key, value) -> metadata.put("nomic-bert." + key, GgufValue.u32(value)));
    metadata.put("nomic-bert.attention.causal", new GgufValue.Bool(false));
    metadata.put("nomic-bert.attention.layer_norm_epsilon", GgufValue.f32(1e-12f));
    metadata.put("nomic-bert.rope.freq_base", GgufValue.f32(1000));
    Path file = folder.resolve("nomic.gguf");
    Gguf.write(file, metadata, pending);
    try (Gguf gguf = Gguf.open(file)) {
      ModelShape read = Architectures.read(gguf.metadata(), gguf.tensors());
      same(recorded, onCpu(read, new ModelTensors("gguf", read, Form.GGUF, gguf.tensors())));
    }
  }

  /// Whether GGUF has what the last layer tells.
  private static boolean told(ModelShape shape) {
    boolean encoder = Set.of("bert", "roberta").contains(shape.architecture());
    return encoder
        ? shape.output() instanceof Output.Embedding || shape.output() instanceof Output.Classes
        : shape.output() instanceof Output.NextToken;
  }

  private static Gguf.Pending pending(HostTensor tensor) {
    return new Gguf.Pending(tensor.type(), tensor.shape(), () -> tensor);
  }
}
