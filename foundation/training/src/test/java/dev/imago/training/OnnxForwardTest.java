package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Form;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.OnnxForward;
import dev.imago.model.Output;
import dev.imago.tensor.Onnx;
import dev.imago.tensor.OnnxOperations.Numbers;
import dev.imago.training.ArchitecturesTest.Recorded;
import dev.imago.training.OnnxInterpreter.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every architecture as an ONNX graph, by the operators' definitions and in ONNX Runtime
/// (`IMAGO_PEERS`), against what transformers answered of the same numbers.
final class OnnxForwardTest {
  private static final Set<String> WITHOUT =
      Set.of("lstm", "gru", "rnn", "gated_convolution", "neural_probabilistic");

  @TempDir Path folder;

  /// What runs a file.
  private interface Runtime {
    Map<String, Tensor> run(Path file, Map<String, Tensor> inputs) throws Exception;
  }

  private static Map<String, Tensor> interpreted(Path file, Map<String, Tensor> inputs)
      throws IOException {
    try (Onnx graph = Onnx.open(file)) {
      assertEquals(17, graph.operatorSet());
      return OnnxInterpreter.run(graph, inputs);
    }
  }

  static Stream<Recorded> written() throws IOException {
    return ArchitecturesTest.recorded()
        .filter(
            r ->
                !WITHOUT.contains(Architectures.read(r.config()).architecture())
                    && !ArchitecturesTest.byLength(r));
  }

  private Path write(ModelShape shape, Numbers numbers) throws IOException {
    Path file = folder.resolve("model.onnx");
    var tensors =
        new ModelTensors("recorded", shape, Form.HUGGING_FACE, ArchitecturesTest.tensors(shape));
    OnnxForward.of(shape, tensors, numbers, _ -> {}).write(file);
    return file;
  }

  @ParameterizedTest
  @MethodSource("written")
  void scores_are_those_of_transformers_whole_in_pieces_and_filled_up_on_either_side(
      Recorded recorded) throws Exception {
    ModelShape shape = Architectures.read(recorded.config());
    checkAll(recorded, shape, write(shape, Numbers.F32), OnnxForwardTest::interpreted);
  }

  private static void checkAll(Recorded recorded, ModelShape shape, Path file, Runtime runtime)
      throws Exception {
    for (boolean left : new boolean[] {false, true}) {
      check(recorded, shape, file, left, runtime);
    }
    if (shape.output() instanceof Output.NextToken && shape.decoderStart().isEmpty()) {
      checkPieces(recorded, shape, file, runtime);
    }
  }

  static Stream<EncoderTasksTest.Recorded> labelled() throws IOException {
    return EncoderTasksTest.recorded()
        .filter(
            r ->
                r.shape().output() instanceof Output.Classes
                    || r.shape().output() instanceof Output.Embedding
                    || r.shape().output() instanceof Output.Span);
  }

  @ParameterizedTest
  @MethodSource("labelled")
  void scores_of_labels_are_those_of_transformers_filled_up_on_either_side(
      EncoderTasksTest.Recorded recorded) throws Exception {
    checkLabels(recorded, OnnxForwardTest::interpreted);
  }

  private void checkLabels(EncoderTasksTest.Recorded recorded, Runtime runtime) throws Exception {
    ModelShape shape = recorded.shape();
    Path file = folder.resolve("labels.onnx");
    var tensors =
        new ModelTensors("recorded", shape, Form.HUGGING_FACE, EncoderTasksTest.tensors(shape));
    OnnxForward.of(shape, tensors, Numbers.F32, _ -> {}).write(file);
    JsonNode given = EncoderTasksTest.file();
    int[][] ids = new int[2][];
    int[][] texts = new int[2][];
    for (int s = 0; s < 2; s++) {
      ids[s] = EncoderTasksTest.ints(given.path("sequences").get(s));
      texts[s] = EncoderTasksTest.ints(given.path("segments").get(s));
    }
    int longest = ids[0].length;
    for (boolean left : new boolean[] {false, true}) {
      var inputs = new HashMap<String, Tensor>();
      inputs.put("input_ids", filled(ids, left, longest, false));
      inputs.put("attention_mask", filled(ids, left, longest, true));
      inputs.put("token_type_ids", filled(texts, left, longest, false));
      Map<String, Tensor> outputs = runtime.run(file, inputs);
      boolean whole = shape.output().ofSequences();
      Tensor told = whole ? logits(outputs) : scores(outputs);
      for (int s = 0; s < 2; s++) {
        float[][] due = recorded.scores().get(s);
        int from = whole ? s : s * longest + (left ? longest - ids[s].length : 0);
        var rows = new ArrayList<float[]>();
        rows(told, from, due.length, rows);
        for (int r = 0; r < due.length; r++) {
          assertArrayEquals(due[r], rows.get(r), 1e-4f, "left " + left + ", row " + r);
        }
      }
    }
  }

  @Test
  void bytes_keep_what_scores_say() throws Exception {
    for (Recorded recorded : written().toList()) {
      if (Set.of("llama", "gpt2", "bert", "t5", "roberta-tags").contains(recorded.family())) {
        ModelShape shape = Architectures.read(recorded.config());
        Map<String, Tensor> inputs = inputs(shape, false, 12);
        Tensor exact = logits(interpreted(write(shape, Numbers.F32), inputs));
        near(exact, logits(interpreted(write(shape, Numbers.INT8), inputs)), 0.02);
      }
    }
  }

  /// Differences by a share of the whole, and some.
  private static void near(Tensor exact, Tensor rounded, double most) {
    double difference = 0;
    double power = 0;
    for (int i = 0; i < exact.size(); i++) {
      difference += Math.pow(rounded.data()[i] - exact.data()[i], 2);
      power += Math.pow(exact.data()[i], 2);
    }
    assertTrue(difference > 0, "nothing was rounded");
    double share = difference / power;
    assertTrue(share < most, () -> "rounding changed " + share);
  }

  private static Tensor logits(Map<String, Tensor> outputs) {
    return Stream.of("logits", "start_logits", "sentence_embedding")
        .map(outputs::get)
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Tag("conformance")
  void onnx_runtime_gives_the_same() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(python != null, "skipped: IMAGO_PEERS names no Python");
    Path script = Path.of(System.getProperty("imago.root"), "conformance", "onnx_graphs.py");
    Process peer =
        new ProcessBuilder(python, script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var to = peer.outputWriter();
        var from = peer.inputReader()) {
      Runtime runtime =
          (file, inputs) -> {
            Path in = folder.resolve("inputs.json");
            Path out = folder.resolve("outputs.json");
            JsonMapper.shared().writeValue(in.toFile(), inputs);
            to.write(String.join("\t", file.toString(), in.toString(), out.toString()) + "\n");
            to.flush();
            assertEquals("done", from.readLine());
            var outputs = new HashMap<String, Tensor>();
            for (var e : JsonMapper.shared().readTree(out.toFile()).properties()) {
              outputs.put(e.getKey(), JsonMapper.shared().treeToValue(e.getValue(), Tensor.class));
            }
            return outputs;
          };
      for (Recorded recorded : written().toList()) {
        ModelShape shape = Architectures.read(recorded.config());
        checkAll(recorded, shape, write(shape, Numbers.F32), runtime);
        Path small = write(shape, Numbers.INT8);
        Map<String, Tensor> inputs = inputs(shape, false, 12);
        Tensor ours = logits(interpreted(small, inputs));
        // A number that lies between two bytes may fall to either side.
        near(ours, logits(runtime.run(small, inputs)), 0.02);
      }
      for (EncoderTasksTest.Recorded recorded : labelled().toList()) {
        checkLabels(recorded, runtime);
      }
    }
    peer.waitFor();
  }

  private static void check(
      Recorded recorded, ModelShape shape, Path file, boolean left, Runtime runtime)
      throws Exception {
    int longest = 12;
    Map<String, Tensor> outputs = runtime.run(file, inputs(shape, left, longest));
    var rows = new ArrayList<float[]>();
    if (shape.output().ofSequences()) {
      Tensor scores = logits(outputs);
      rows(scores, 0, scores.shape()[0], rows);
    } else {
      Tensor scores = scores(outputs);
      for (int s = 0; s < 2; s++) {
        int length = sequence(s).length;
        // The sources of answers are filled up, the answers at their ends alone.
        int from = left && shape.decoderStart().isEmpty() ? longest - length : 0;
        rows(scores, s * longest + from, length, rows);
      }
    }
    ArchitecturesTest.same(recorded, rows);
  }

  /// Of spans, both sides in a row.
  private static Tensor scores(Map<String, Tensor> outputs) {
    Tensor logits = outputs.get("logits");
    if (logits != null) {
      return logits;
    }
    Tensor start = outputs.get("start_logits");
    Tensor end = outputs.get("end_logits");
    double[] data = new double[2 * start.size()];
    for (int i = 0; i < start.size(); i++) {
      data[2 * i] = start.data()[i];
      data[2 * i + 1] = end.data()[i];
    }
    return new Tensor(new int[] {start.shape()[0], start.shape()[1], 2}, data);
  }

  private static void rows(Tensor scores, int from, int count, List<float[]> to) {
    int columns = scores.shape()[scores.rank() - 1];
    for (int r = from; r < from + count; r++) {
      float[] row = new float[columns];
      for (int c = 0; c < columns; c++) {
        row[c] = (float) scores.data()[r * columns + c];
      }
      to.add(row);
    }
  }

  private static int[] sequence(int which) {
    return ArchitecturesTest.ints(ArchitecturesTest.file().path("sequences").get(which));
  }

  private static int[] source(int which) {
    return ArchitecturesTest.ints(ArchitecturesTest.file().path("sources").get(which));
  }

  /// Both sequences, filled up to the same length.
  private static Map<String, Tensor> inputs(ModelShape shape, boolean left, int longest) {
    var to = new HashMap<String, Tensor>();
    boolean answers = shape.decoderStart().isPresent();
    int[][] read =
        answers ? new int[][] {source(0), source(1)} : new int[][] {sequence(0), sequence(1)};
    int most = Math.max(read[0].length, read[1].length);
    to.put("input_ids", filled(read, left, most, false));
    to.put("attention_mask", filled(read, left, most, true));
    if (answers) {
      to.put(
          "decoder_input_ids",
          filled(new int[][] {sequence(0), sequence(1)}, false, longest, false));
    }
    if (Set.of("bert", "nomic_bert").contains(shape.architecture())) {
      to.put("token_type_ids", new Tensor(new int[] {2, most}, new double[2 * most]));
    }
    if (shape.output() instanceof Output.NextToken && !answers) {
      empty(shape, 2, to);
    }
    return to;
  }

  private static void empty(ModelShape shape, int sequences, Map<String, Tensor> to) {
    int c = shape.keyHeadWidth();
    int[] none = {sequences, shape.keyWidth() / c, 0, c};
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (String what : List.of("key", "value")) {
        to.put("past_key_values.%d.%s".formatted(layer, what), new Tensor(none, new double[0]));
      }
    }
  }

  private static Tensor filled(int[][] sequences, boolean left, int longest, boolean mask) {
    double[] data = new double[sequences.length * longest];
    for (int s = 0; s < sequences.length; s++) {
      int[] ids = sequences[s];
      int from = s * longest + (left ? longest - ids.length : 0);
      for (int i = 0; i < ids.length; i++) {
        data[from + i] = mask ? 1 : ids[i];
      }
    }
    return new Tensor(new int[] {sequences.length, longest}, data);
  }

  private static void checkPieces(Recorded recorded, ModelShape shape, Path file, Runtime runtime)
      throws Exception {
    var rows = new ArrayList<float[]>();
    for (int s = 0; s < 2; s++) {
      int[] ids = sequence(s);
      var inputs = new HashMap<String, Tensor>();
      empty(shape, 1, inputs);
      int at = 0;
      for (int piece : new int[] {4, 1, ids.length - 5}) {
        int[] next = Arrays.copyOfRange(ids, at, at + piece);
        at += piece;
        inputs.put("input_ids", filled(new int[][] {next}, false, piece, false));
        double[] ones = new double[at];
        Arrays.fill(ones, 1);
        inputs.put("attention_mask", new Tensor(new int[] {1, at}, ones));
        Map<String, Tensor> outputs = runtime.run(file, inputs);
        rows(outputs.get("logits"), 0, piece, rows);
        outputs.forEach(
            (name, value) -> {
              if (name.startsWith("present.")) {
                inputs.put(name.replace("present.", "past_key_values."), value);
              }
            });
      }
    }
    ArchitecturesTest.same(recorded, rows);
  }

  @Test
  void what_no_graph_is_written_of_is_refused_by_name() throws IOException {
    for (Recorded recorded : ArchitecturesTest.recorded().toList()) {
      ModelShape shape = Architectures.read(recorded.config());
      if (WITHOUT.contains(shape.architecture()) || ArchitecturesTest.byLength(recorded)) {
        var refused = assertThrows(IllegalArgumentException.class, () -> write(shape, Numbers.F32));
        assertTrue(refused.getMessage().contains("not written as ONNX"), refused.getMessage());
      }
    }
  }
}
