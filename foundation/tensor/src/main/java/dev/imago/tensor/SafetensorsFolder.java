package dev.imago.tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A model's tensors as a Hugging Face folder has them: `model.safetensors`, or shards and
/// `model.safetensors.index.json`, whose `weight_map` names each tensor's shard. Each file is
/// memory-mapped and checked as [Safetensors] does; the index and the shards must agree.
public final class SafetensorsFolder implements AutoCloseable {
  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path folder;
  private final List<Safetensors> files = new ArrayList<>();
  private final SequencedMap<String, HostTensor> tensors = new LinkedHashMap<>();

  private SafetensorsFolder(Path folder) {
    this.folder = folder;
  }

  /// Whether the folder claims to hold tensors.
  public static boolean isOne(Path folder) {
    return Files.exists(folder.resolve(WHOLE)) || Files.exists(folder.resolve(INDEX));
  }

  /// Maps and checks all files; the whole one where there is one beside shards, as transformers
  /// does.
  ///
  /// @throws BrokenFileException naming the file and offset that is wrong
  /// @throws NoSuchFileException when there are neither tensors nor an index, or a shard is missing
  public static SafetensorsFolder open(Path folder) throws IOException {
    var to = new SafetensorsFolder(folder);
    try {
      Path index = folder.resolve(INDEX);
      if (!Files.exists(folder.resolve(WHOLE)) && Files.exists(index)) {
        to.shards(index);
      } else {
        Safetensors file = Safetensors.open(folder.resolve(WHOLE));
        to.files.add(file);
        to.tensors.putAll(file.tensors());
      }
      return to;
    } catch (IOException | RuntimeException e) {
      to.close();
      throw e;
    }
  }

  private void shards(Path index) throws IOException {
    Map<String, List<String>> namesByShard = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : weightMap(index).properties()) {
      String shard = entry.getValue().asString("");
      if (!shard.matches("[^/\\\\]+\\.safetensors")) {
        throw new BrokenFileException(
            index,
            0,
            "weight_map puts «%s» into «%s», which is no name of a .safetensors file beside it"
                .formatted(Excerpt.of(entry.getKey()), Excerpt.of(entry.getValue().toString())));
      }
      namesByShard.computeIfAbsent(shard, _ -> new ArrayList<>()).add(entry.getKey());
    }
    for (Map.Entry<String, List<String>> shard : namesByShard.entrySet()) {
      Path path = folder.resolve(shard.getKey());
      if (!Files.exists(path)) {
        throw new NoSuchFileException(
            path.toString(), null, "a shard that " + INDEX + " names is missing; fetch it too");
      }
      Safetensors file = Safetensors.open(path);
      files.add(file);
      var left = new LinkedHashMap<>(file.tensors());
      for (String name : shard.getValue()) {
        HostTensor tensor = left.remove(name);
        if (tensor == null) {
          throw new BrokenFileException(
              index,
              0,
              "weight_map puts «%s» into %s, which has none of that name"
                  .formatted(Excerpt.of(name), shard.getKey()));
        }
        tensors.put(name, tensor);
      }
      if (!left.isEmpty()) {
        throw new BrokenFileException(
            index,
            0,
            "%s holds «%s», which weight_map does not put there"
                .formatted(shard.getKey(), Excerpt.of(left.firstEntry().getKey())));
      }
    }
  }

  private static JsonNode weightMap(Path index) throws IOException {
    try {
      JsonNode map =
          JsonMapper.shared()
              .readTree(Files.readString(index, StandardCharsets.UTF_8))
              .path("weight_map");
      if (map.isObject() && !map.isEmpty()) {
        return map;
      }
    } catch (JacksonException e) {
      throw new BrokenFileException(index, 0, "it is no JSON: " + e.getOriginalMessage());
    }
    throw new BrokenFileException(index, 0, "it has no weight_map from tensors to shards");
  }

  /// All tensors by name.
  public SequencedMap<String, HostTensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  /// A tensor, in place in its mapped file.
  ///
  /// @throws IllegalArgumentException when the folder has none of this name
  public HostTensor tensor(String name) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "%s has no tensor «%s»; it has %d others".formatted(folder, name, tensors.size()));
    }
    return tensor;
  }

  @Override
  public void close() {
    files.forEach(Safetensors::close);
  }
}
