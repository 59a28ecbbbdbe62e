package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsFolderTest {
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path folder;

  @BeforeEach
  void two_shards() throws IOException {
    write("model-00001-of-00002.safetensors", Map.of("a", 1f));
    var second = new LinkedHashMap<String, Float>();
    second.put("b", 2f);
    second.put("c", 3f);
    write("model-00002-of-00002.safetensors", second);
    index("1", "2", "2");
  }

  private void write(String name, Map<String, Float> values) throws IOException {
    var tensors = new LinkedHashMap<String, HostTensor>();
    values.forEach((k, v) -> tensors.put(k, HostTensor.of(new float[] {v}, 1)));
    Safetensors.write(folder.resolve(name), tensors, Safetensors.FORMAT_PT);
  }

  private void index(String a, String b, String c) throws IOException {
    String shard = "model-0000%s-of-00002.safetensors";
    Files.writeString(
        folder.resolve(INDEX),
        "{\"metadata\": {\"total_size\": 12}, \"weight_map\": {\"a\": \"%s\", \"b\": \"%s\", \"c\": \"%s\"}}"
            .formatted(shard.formatted(a), shard.formatted(b), shard.formatted(c)));
  }

  @Test
  void shards_are_one_model() throws IOException {
    try (SafetensorsFolder all = SafetensorsFolder.open(folder)) {
      assertEquals(Set.of("a", "b", "c"), all.tensors().keySet());
      assertArrayEquals(new float[] {3}, all.tensor("c").toFloats());
      assertThrows(IllegalArgumentException.class, () -> all.tensor("d"));
    }
  }

  @Test
  void one_whole_file_is_preferred_to_shards() throws IOException {
    write("model.safetensors", Map.of("whole", 7f));
    try (SafetensorsFolder all = SafetensorsFolder.open(folder)) {
      assertEquals(Set.of("whole"), all.tensors().keySet());
    }
  }

  private void refuses(String reason) {
    String message =
        assertThrows(IOException.class, () -> SafetensorsFolder.open(folder)).toString();
    assertTrue(message.contains(reason), message);
  }

  @Test
  void an_index_that_lies_is_refused() throws IOException {
    index("1", "1", "2");
    refuses("weight_map puts «b» into model-00001-of-00002.safetensors, which has none");
    index("3", "2", "2");
    refuses("a shard that model.safetensors.index.json names is missing");
    for (String wrong : new String[] {"{", "[]", "{}", "{\"weight_map\": {}}"}) {
      Files.writeString(folder.resolve(INDEX), wrong);
      refuses(INDEX + " is broken");
    }
    for (String shard : new String[] {"\"../x.safetensors\"", "7", "\"x.bin\"", "\"\""}) {
      Files.writeString(folder.resolve(INDEX), "{\"weight_map\": {\"a\": %s}}".formatted(shard));
      refuses("which is no name of a .safetensors file beside it");
    }
    String one = "{\"weight_map\": {\"b\": \"model-00002-of-00002.safetensors\"}}";
    Files.writeString(folder.resolve(INDEX), one);
    refuses("holds «c», which weight_map does not put there");
  }

  @Test
  void a_damaged_shard_is_named() throws IOException {
    Path shard = folder.resolve("model-00002-of-00002.safetensors");
    byte[] bytes = Files.readAllBytes(shard);
    Files.write(shard, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    refuses("model-00002-of-00002.safetensors is broken at byte");
  }
}
