package dev.imago.model;

import dev.imago.tensor.Bottleneck;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.SafetensorsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model as a Hugging Face folder, open: its shape, and tensors that fit it. Either all of them
/// lie in it, or an adapter in PEFT's form, beside the `config.json` of the model with it; then
/// each is merged when it is asked for, and the base's files stay as they are.
public final class ModelFolder implements AutoCloseable {
  /// Adapters upon adapters: more are a circle.
  private static final int DEEPEST = 4;

  private final ModelShape shape;
  private final ModelTensors tensors;
  private final long bytes;
  private final Optional<VirtualTokens> virtual;
  private final Map<String, Bottleneck> bottlenecks;

  /// What has to be closed, the last one first.
  private final List<Runnable> opened = new ArrayList<>();

  private ModelFolder(Path folder, @Nullable Path named, int depth) throws IOException {
    try {
      this.shape = Architectures.read(Files.readString(folder.resolve("config.json")));
      if (AdapterFile.isOne(folder)) {
        AdapterFile adapter = AdapterFile.open(folder);
        opened.add(adapter::close);
        ModelFolder base = base(folder, adapter, named, depth);
        opened.add(base::close);
        this.tensors = ModelTensors.adapted(base.tensors, shape, adapter.changes(shape));
        this.bytes = base.bytes;
        this.virtual = adapter.virtualTokens(shape);
        this.bottlenecks = adapter.bottlenecks(shape);
        if (base.virtual.isPresent() || !base.bottlenecks.isEmpty()) {
          throw new IllegalArgumentException(
              "%s changes a model with %s, which no other adapter can be upon"
                  .formatted(
                      folder,
                      base.virtual.isPresent()
                          ? "virtual tokens before its texts"
                          : "bottlenecks behind its layers"));
        }
      } else {
        SafetensorsFolder files = SafetensorsFolder.open(folder);
        opened.add(files::close);
        this.tensors =
            new ModelTensors(folder.toString(), shape, Form.HUGGING_FACE, files.tensors());
        this.bytes = files.tensors().values().stream().mapToLong(ModelFolder::bytes).sum();
        this.virtual = Optional.empty();
        this.bottlenecks = Map.of();
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static long bytes(HostTensor tensor) {
    return tensor.data().byteSize();
  }

  private static ModelFolder base(Path folder, AdapterFile adapter, @Nullable Path named, int depth)
      throws IOException {
    Path base = named == null ? adapter.base().orElse(null) : named;
    String called = adapter.config().base().orElse("none");
    if (base == null || !isOne(base)) {
      throw new NoSuchFileException(
          folder.toString(),
          null,
          "the adapter changes the model «%s», which is not there; import that one first, then the adapter with --base"
              .formatted(ConfigJson.shortened(called)));
    }
    if (depth == DEEPEST) {
      throw new IllegalArgumentException(
          "%s is the %dth adapter upon another; merge some of them".formatted(folder, DEEPEST + 1));
    }
    try {
      return new ModelFolder(base, null, depth + 1);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s changes %s: %s".formatted(folder, base, e.getMessage()), e);
    }
  }

  /// Whether a folder claims to hold a model, or an adapter of one.
  public static boolean isOne(Path folder) {
    return SafetensorsFolder.isOne(folder) || AdapterFile.isOne(folder);
  }

  /// @throws IOException where a file is missing or broken
  /// @throws IllegalArgumentException naming what is not supported or does not fit
  public static ModelFolder open(Path folder) throws IOException {
    return alone(folder, new ModelFolder(folder, null, 0));
  }

  /// The same of a model that may have virtual tokens or bottlenecks: its answers are right with
  /// them alone.
  public static ModelFolder openWithVirtual(Path folder) throws IOException {
    return new ModelFolder(folder, null, 0);
  }

  /// Weights alone would answer otherwise.
  private static ModelFolder alone(Path folder, ModelFolder opened) {
    opened.virtual.ifPresent(
        tokens -> {
          opened.close();
          throw new IllegalArgumentException(
              "%s is an adapter of %d virtual tokens (%s), which weights do not hold and which cannot be merged; train adapter.kind = lora for that"
                  .formatted(
                      folder, tokens.count(), tokens.keys() ? "PREFIX_TUNING" : "PROMPT_TUNING"));
        });
    if (!opened.bottlenecks.isEmpty()) {
      opened.close();
      throw new IllegalArgumentException(
          "%s is an adapter of %d bottlenecks behind linear layers, which weights do not hold and which cannot be merged; train adapter.kind = lora for that"
              .formatted(folder, opened.bottlenecks.size()));
    }
    return opened;
  }

  /// The same of an adapter.
  ///
  /// @param base what it is merged with, whatever the adapter names
  public static ModelFolder openWithVirtual(Path folder, Path base) throws IOException {
    return new ModelFolder(folder, base, 0);
  }

  public ModelShape shape() {
    return shape;
  }

  public ModelTensors tensors() {
    return tensors;
  }

  /// What stands before each text.
  public Optional<VirtualTokens> virtualTokens() {
    return virtual;
  }

  /// What stands behind linear layers, by the names of their matrices.
  public Map<String, Bottleneck> bottlenecks() {
    return bottlenecks;
  }

  /// Bytes of the weights in their files.
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    opened.reversed().forEach(Runnable::run);
    opened.clear();
  }
}
