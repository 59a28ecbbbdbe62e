package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Specials;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Batch;
import dev.imago.torch.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Checkpoints of every architecture that transformers has (`IMAGO_PEERS`: a Python with it): what
/// it writes in shards gives the same logits here, and what is written here gives the same there.
@Tag("conformance")
final class CheckpointsConformanceTest {
  private static final float TOLERANCE = 1e-4f;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"architectures.json, 25", "encoder-tasks.json, 18"})
  void sharded_checkpoints_of_transformers_score_the_same_here_and_go_back(String file, int least)
      throws Exception {
    Path recorded = Path.of(CheckpointsConformanceTest.class.getResource(file).toURI());
    python("make", recorded.toString(), folder.toString());
    List<Path> families;
    try (Stream<Path> all = Files.list(folder)) {
      families = all.sorted().toList();
    }
    assertTrue(families.size() >= least, families.toString());
    for (Path family : families) {
      assertTrue(Files.exists(family.resolve("model.safetensors.index.json")), family.toString());
      readAndWritten(family);
    }
    List<String> lines = python("check", folder.toString()).lines().toList();
    List<String> told = lines.stream().filter(l -> l.split(" ").length == 3).toList();
    assertEquals(families.size(), told.size(), String.join("\n", lines));
    for (String line : told) {
      String[] parts = line.split(" ");
      assertTrue(Float.parseFloat(parts[1]) <= TOLERANCE, line);
      assertEquals("{}", parts[2], line);
    }
  }

  private static void readAndWritten(Path family) throws Exception {
    try (var expected = Safetensors.open(family.resolve("expected.safetensors"));
        var model = TrainableModel.read(family, 2, Precision.F32)) {
      int[] lengths = lengths(expected, "attention_mask");
      int[] ids = ints(expected, "input_ids");
      boolean encoder = model.config().decoderStart().isPresent();
      int[] read = ints(expected, "source_input_ids");
      var source =
          new Batch.Source(read.length / 2, read, lengths(expected, "source_attention_mask"));
      var batch =
          Batch.of(2, ids.length / 2, ids, new int[ids.length])
              .withLengths(lengths)
              .withSource(encoder ? source : null);
      float[] theirs = expected.tensor("logits").toFloats();
      float[] ours = model.logits(batch);
      boolean whole = model.config().output().ofSequences();
      int rows = whole ? 2 : ids.length;
      int columns = ours.length / rows;
      assertEquals(theirs.length, ours.length, family.toString());
      for (int i = 0; i < ours.length; i++) {
        int row = i / columns;
        if (whole || row % (ids.length / 2) < lengths[row / (ids.length / 2)]) {
          assertEquals(theirs[i], ours[i], TOLERANCE, family + ", number " + i);
        }
      }
      Path written = Files.createDirectories(family.resolve("ours"));
      model.write(written, new Specials(0, List.of(0))); // 0 is what the second text is padded with
    }
  }

  private static int[] ints(Safetensors file, String name) throws IOException {
    float[] values = file.tensor(name).toFloats();
    int[] to = new int[values.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = (int) values[i];
    }
    return to;
  }

  private static int[] lengths(Safetensors file, String name) throws IOException {
    int[] mask = ints(file, name);
    int half = mask.length / 2;
    return new int[] {
      Arrays.stream(mask, 0, half).sum(), Arrays.stream(mask, half, mask.length).sum()
    };
  }

  private static String python(String... arguments) throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(
        python != null, "skipped: IMAGO_PEERS names no Python with torch and transformers");
    var command = new ArrayList<String>();
    command.add(python);
    command.add(script().toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  private static Path script() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path script = at.resolve("conformance/checkpoints.py");
      if (Files.exists(script)) {
        return script;
      }
    }
    throw new IllegalStateException("conformance/checkpoints.py is not above this folder");
  }
}
