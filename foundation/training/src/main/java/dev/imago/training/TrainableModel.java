package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.model.Architectures;
import dev.imago.model.ConfigJson;
import dev.imago.model.Form;
import dev.imago.model.Head;
import dev.imago.model.Initialisation;
import dev.imago.model.Model;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.tensor.SafetensorsFolder;
import dev.imago.torch.Batch;
import dev.imago.torch.Group;
import dev.imago.torch.Layout;
import dev.imago.torch.Objective;
import dev.imago.torch.Output;
import dev.imago.torch.Precision;
import dev.imago.torch.Replicas;
import dev.imago.torch.Slot;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/// A model with its weights in training: drawn at random or read from a Hugging Face folder, and
/// written back to one. Owns native memory.
public final class TrainableModel implements AutoCloseable {
  private final ModelShape shape;
  private final Model<Slot> model;
  private final Output output;
  private final Replicas replicas;

  /// Which parameters train, and how.
  public static final Function<Parameter, Group> ALL =
      p -> p.decays() ? Group.DECAYING : Group.NOT_DECAYING;

  private TrainableModel(
      ModelShape shape, Function<Parameter, Group> groups, int threads, Precision precision)
      throws InterruptedException {
    Layout layout = new Layout();
    this.shape = shape;
    this.model = shape.model(parts -> slot(layout, parts, groups));
    Head<Slot> head = model.head();
    this.output = new Output(model::hidden, head.weight(), head.bias());
    this.replicas = new Replicas(layout, threads, precision);
  }

  private static Slot slot(
      Layout layout, List<Parameter> parts, Function<Parameter, Group> groups) {
    Parameter first = parts.getFirst();
    return layout.add(
        parts.stream().map(Parameter::name).toList(),
        parts.stream().map(Parameter::rows).toList(),
        first.columns(),
        groups.apply(first));
  }

  /// A model with random weights, as its table of parameters begins.
  public static TrainableModel random(ModelShape shape, long seed, int threads, Precision precision)
      throws InterruptedException {
    TrainableModel model = new TrainableModel(shape, ALL, threads, precision);
    Random random = new Random(seed);
    Map<String, MemorySegment> memory = model.memory();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        draw(p.initial(), model.segment(memory, p), random);
      }
    }
    return model;
  }

  private static void draw(Initialisation initial, MemorySegment memory, Random random) {
    for (long i = 0; i < memory.byteSize() / 4; i++) {
      double value =
          switch (initial) {
            case Initialisation.Normal(double deviation) -> random.nextGaussian() * deviation;
            case Initialisation.Uniform(double bound) -> (2 * random.nextDouble() - 1) * bound;
            case Initialisation.Constant(float constant) -> constant;
          };
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
    }
  }

  /// The model of a Hugging Face folder, all of it to be trained.
  ///
  /// @throws InputException for a folder that holds no such model, or one of another shape
  public static TrainableModel read(Path folder, int threads, Precision precision)
      throws InterruptedException {
    return read(folder, ALL, threads, precision);
  }

  /// The model of a Hugging Face folder: `config.json` and `model.safetensors` or its shards.
  ///
  /// @param groups which parameters train, and how; the parts of one weight as its first
  /// @throws InputException for a folder that holds no such model, or one of another shape
  public static TrainableModel read(
      Path folder, Function<Parameter, Group> groups, int threads, Precision precision)
      throws InterruptedException {
    try (SafetensorsFolder stored = SafetensorsFolder.open(folder)) {
      ModelShape shape = Architectures.read(Files.readString(folder.resolve("config.json")));
      var tensors = new ModelTensors(folder.toString(), shape, Form.HUGGING_FACE, stored.tensors());
      TrainableModel model = new TrainableModel(shape, groups, threads, precision);
      try {
        model.fill(tensors);
        return model;
      } catch (RuntimeException e) {
        model.close();
        throw e;
      }
    } catch (IllegalArgumentException e) {
      throw new InputException(folder + " holds no model to train: " + e.getMessage(), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  private void fill(ModelTensors stored) {
    Map<String, MemorySegment> memory = memory();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        float[] values = stored.get(p).toFloats();
        MemorySegment.copy(values, 0, segment(memory, p), ValueLayout.JAVA_FLOAT, 0, values.length);
      }
    }
  }

  /// Every parameter's numbers, in place.
  private Map<String, MemorySegment> memory() {
    var memory = new HashMap<String, MemorySegment>();
    for (Slot slot : replicas.layout().slots()) {
      for (int part = 0; part < slot.names().size(); part++) {
        memory.put(slot.names().get(part), replicas.value(slot, part));
      }
    }
    return memory;
  }

  private static MemorySegment segment(Map<String, MemorySegment> memory, Parameter p) {
    MemorySegment found = memory.get(p.name());
    if (found == null || found.byteSize() != 4 * p.size()) {
      throw new IllegalStateException("the forward pass of the model does not use " + p.name());
    }
    return found;
  }

  public ModelShape config() {
    return shape;
  }

  Replicas replicas() {
    return replicas;
  }

  /// Bytes of weights, gradients and moments.
  public long nativeBytes() {
    return replicas.nativeBytes();
  }

  /// Adds the gradient of the sum of the batch's losses times scale; returns that sum in nats.
  double accumulate(Batch batch, double scale) throws InterruptedException {
    return replicas.accumulate(output, Objective.LIKELIHOOD, batch, scale);
  }

  /// The sum of the losses of a batch's targets, in nats.
  public double loss(Batch batch) throws InterruptedException {
    return replicas.loss(output, Objective.LIKELIHOOD, batch);
  }

  /// All scores, row by row: of every next or masked token [B·T·V], of the tags, of the classes.
  public float[] logits(Batch batch) {
    return replicas.compute(ops -> model.logits(ops, model.hidden(ops)), batch);
  }

  /// Writes `config.json`, `generation_config.json` and `model.safetensors` into a draft's folder.
  public void write(Path folder, Specials specials) {
    AtomicFile.write(folder.resolve("config.json"), shape.configJson(specials));
    AtomicFile.write(folder.resolve("generation_config.json"), ConfigJson.generation(specials));
    Map<String, MemorySegment> memory = memory();
    var values = new HashMap<String, HostTensor>();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        long[] lengths = p.shape().stream().mapToLong(Integer::longValue).toArray();
        values.put(p.name(), new HostTensor(DataType.F32, lengths, segment(memory, p)));
      }
    }
    var tensors = ModelTensors.forHuggingFace(shape.parameters(), values);
    AtomicFile.replace(
        folder.resolve("model.safetensors"),
        path -> Safetensors.write(path, tensors, Safetensors.FORMAT_PT));
  }

  @Override
  public void close() {
    replicas.close();
  }
}
