package dev.imago.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.GgufMixture;
import dev.imago.model.ModelCard;
import dev.imago.tensor.CacheType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelSummaryTest {
  @TempDir Path folder;

  @Test
  void a_mixed_file_is_told_by_its_types() throws IOException {
    Path model =
        RandomModelFolder.write(
            folder.resolve("hf"), RandomModelFolder.tiny(2, 256, true), 3, true);
    Path file = folder.resolve("a.gguf");
    GgufExport.write(
        model, file, ModelCard.named("a"), GgufMixture.Q4_K_M, Map.of(), 1, numbers -> {});
    ModelSummary summary = ModelSummary.read(file);
    assertEquals("", summary.refusal());
    assertEquals("llama", summary.architecture());
    assertTrue(summary.stored().stream().anyMatch(s -> s.type().equals("Q4_K")), "" + summary);
    assertEquals(RandomModelFolder.tiny(2, 256, true).parameterCount(), summary.numbers());
    assertEquals(2L * 2 * 32 * 4 * 128, summary.contextBytes(10, CacheType.F32), "in blocks of 32");
    assertEquals(
        RandomModelFolder.END_OF_TEXT, summary.stopIds().getFirst(), "the end of text comes first");
  }

  @Test
  void a_cut_file_and_an_empty_folder_are_told_apart() throws IOException {
    assertThrows(NoSuchFileException.class, () -> ModelSummary.read(folder));
    Path cut = Files.write(folder.resolve("cut.gguf"), new byte[] {'G', 'G', 'U', 'F', 3});
    String message = assertThrows(IOException.class, () -> ModelSummary.read(cut)).getMessage();
    assertTrue(message.contains("cut.gguf"), message);
  }

  @Test
  void a_throughput_has_the_mean_and_deviation_of_its_runs() {
    var took = new Throughput(10, new long[] {1_000_000_000L, 500_000_000L});
    assertEquals(15, took.meanRate(), 1e-9);
    assertEquals(Math.sqrt(50), took.deviationRate(), 1e-9);
    assertEquals(750_000_000L, took.meanNanos());
    assertEquals(0, new Throughput(10, new long[] {5}).deviationNanos());
  }
}
