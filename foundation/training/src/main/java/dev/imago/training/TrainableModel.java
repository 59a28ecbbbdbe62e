package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.model.Decoder;
import dev.imago.model.DecoderConfig;
import dev.imago.model.LlamaFolder;
import dev.imago.tensor.AttentionShape;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Batch;
import dev.imago.torch.Layout;
import dev.imago.torch.Precision;
import dev.imago.torch.Replicas;
import dev.imago.torch.Slot;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/// A decoder with its weights in training: drawn at random or read from a Hugging Face folder, and
/// written back to one. Owns native memory.
public final class TrainableModel implements AutoCloseable {
  private final Decoder<Slot> decoder;
  private final Replicas replicas;

  private TrainableModel(DecoderConfig config, int threads, Precision precision)
      throws InterruptedException {
    Layout layout = new Layout();
    this.decoder = new Decoder<>(config, AttentionShape.Rotary.HALVES, layout::add);
    this.replicas = new Replicas(layout, threads, precision);
  }

  /// A model with random weights: normal with deviation 0.02, those that write into the residual
  /// stream 0.02 / √(2 · layers), norms 1. Radford et al. 2019 (GPT-2).
  public static TrainableModel random(
      DecoderConfig config, long seed, int threads, Precision precision)
      throws InterruptedException {
    TrainableModel model = new TrainableModel(config, threads, precision);
    Random random = new Random(seed);
    for (Slot slot : model.replicas.layout().slots()) {
      for (int part = 0; part < slot.names().size(); part++) {
        String name = slot.names().get(part);
        boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        double deviation = residual ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02;
        MemorySegment memory = model.replicas.value(slot, part);
        for (long i = 0; i < memory.byteSize() / 4; i++) {
          double value = slot.columns() == 0 ? 1 : random.nextGaussian() * deviation;
          memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
        }
      }
    }
    return model;
  }

  /// The model of a Hugging Face folder: `config.json` and `model.safetensors`.
  ///
  /// @throws InputException for a folder that holds no such model, or one of another shape
  public static TrainableModel read(Path folder, int threads, Precision precision)
      throws InterruptedException {
    Path file = folder.resolve("model.safetensors");
    try (Safetensors stored = Safetensors.open(file)) {
      DecoderConfig config = LlamaFolder.config(Files.readString(folder.resolve("config.json")));
      TrainableModel model = new TrainableModel(config, threads, precision);
      model.fill(stored);
      return model;
    } catch (IllegalArgumentException e) {
      throw new InputException(folder + " holds no model to train: " + e.getMessage(), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  private void fill(Safetensors stored) {
    for (Slot slot : replicas.layout().slots()) {
      for (int part = 0; part < slot.names().size(); part++) {
        String name = slot.names().get(part);
        float[] values = stored.tensor(name).toFloats();
        MemorySegment memory = replicas.value(slot, part);
        if (values.length != memory.byteSize() / 4) {
          throw new IllegalArgumentException(
              "%s has %d numbers, not %d".formatted(name, values.length, memory.byteSize() / 4));
        }
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_FLOAT, 0, values.length);
      }
    }
  }

  public DecoderConfig config() {
    return decoder.config();
  }

  Replicas replicas() {
    return replicas;
  }

  /// Adds the gradient of the sum of the batch's losses times scale; returns that sum in nats.
  double accumulate(Batch batch, double scale) throws InterruptedException {
    return replicas.accumulate(decoder::hidden, decoder.head(), batch, scale);
  }

  /// The sum of the losses of a batch's targets, in nats.
  public double loss(Batch batch) throws InterruptedException {
    return replicas.loss(decoder::hidden, decoder.head(), batch);
  }

  /// The scores of every next token, [B·T·V]: for checks against other implementations.
  public float[] logits(Batch batch) {
    return replicas.logits(ops -> decoder.logits(ops, decoder.hidden(ops)), batch);
  }

  /// Writes `config.json`, `generation_config.json` and `model.safetensors` into a draft's folder.
  public void write(Path folder, LlamaFolder.Specials specials) {
    AtomicFile.write(folder.resolve("config.json"), LlamaFolder.configJson(config(), specials));
    AtomicFile.write(
        folder.resolve("generation_config.json"), LlamaFolder.generationConfigJson(specials));
    var memory = new java.util.HashMap<String, MemorySegment>();
    for (Slot slot : replicas.layout().slots()) {
      for (int part = 0; part < slot.names().size(); part++) {
        memory.put(slot.names().get(part), replicas.value(slot, part));
      }
    }
    var tensors = new LinkedHashMap<String, HostTensor>();
    for (Map.Entry<String, long[]> tensor : LlamaFolder.tensors(config()).entrySet()) {
      MemorySegment values = memory.get(tensor.getKey());
      if (values == null) {
        throw new IllegalStateException("no weight " + tensor.getKey());
      }
      tensors.put(tensor.getKey(), new HostTensor(DataType.F32, tensor.getValue(), values));
    }
    AtomicFile.replace(
        folder.resolve("model.safetensors"),
        path -> Safetensors.write(path, tensors, Safetensors.FORMAT_PT));
  }

  @Override
  public void close() {
    replicas.close();
  }
}
