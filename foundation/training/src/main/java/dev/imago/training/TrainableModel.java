// Past 400 lines: one owner of the memory reads, begins, trains and writes a model.
package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.model.AdapterFile;
import dev.imago.model.Architectures;
import dev.imago.model.ConfigJson;
import dev.imago.model.Head;
import dev.imago.model.Initialisation;
import dev.imago.model.Model;
import dev.imago.model.ModelFolder;
import dev.imago.model.ModelShape;
import dev.imago.model.ModelTensors;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.model.Specials;
import dev.imago.model.WeightPruning;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Operations;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Batch;
import dev.imago.torch.Layout;
import dev.imago.torch.ModelWithHead;
import dev.imago.torch.Objective;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.torch.ProcessGroup;
import dev.imago.torch.Replicas;
import dev.imago.torch.SeveralTasks;
import dev.imago.torch.Slot;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A model with its weights in training: drawn at random or read from a Hugging Face folder, and
/// written back to one. Owns native memory.
public final class TrainableModel implements AutoCloseable {
  private final ModelShape shape;
  private final Model<Slot> model;
  private ModelWithHead output;
  private final Replicas replicas;
  private final @Nullable AdapterWeights adapter;

  /// The parameters that a file had numbers for. What tells labels, by any family's names.
  private static final Pattern LAST =
      Pattern.compile("(classifier|score|qa_outputs|crf|parser|classification_head)\\..*");

  private final Set<String> read;

  /// What a further task's own parameters are called behind; empty of the first.
  private final String task;

  /// Further tasks on the same body, by their names.
  private final SequencedMap<String, TrainableModel> tasks = new LinkedHashMap<>();

  /// A model of vectors has no last layer.
  private static ModelWithHead withHead(Model<Slot> model, ModelShape shape) {
    if (shape.output() instanceof Output.Embedding) {
      return new ModelWithHead(model::hidden, null, null);
    }
    Head<Slot> head = model.head();
    return new ModelWithHead(
        model::hidden, head.weight(), head.bias(), head.softCap(), model.readout(), false);
  }

  private TrainableModel(
      ModelShape shape,
      TuningRules tuning,
      SequencedMap<String, Output> heads,
      Parallelism parallelism,
      Precision precision)
      throws InterruptedException {
    Layout layout = new Layout();
    if (tuning.tuning() instanceof Tuning.Adapted(AdapterSettings own, _)
        && own.base() != AdapterSettings.BasePrecision.F32) {
      layout.holding(own.base().type());
    }
    this.shape = shape;
    this.model = shape.model(parts -> tuning.slot(layout, parts));
    ModelWithHead whole = withHead(model, shape);
    this.output = tuning.virtual(layout, shape).map(tokens -> whole.behind(tokens)).orElse(whole);
    this.task = "";
    Map<String, Model<Slot>> others = new LinkedHashMap<>();
    if (!heads.isEmpty()) {
      var on = new TaskHeads(shape, model, layout);
      heads.forEach(
          (name, own) ->
              others.put(name, on.shape(own).model(parts -> on.slot(name, layout, tuning, parts))));
    }
    this.replicas = new Replicas(layout, parallelism, precision);
    this.read = tuning.read().keySet();
    AdapterTargets targets = tuning.targets();
    try {
      this.adapter =
          tuning.tuning() instanceof Tuning.Adapted(AdapterSettings own, _) && targets != null
              ? new AdapterWeights(shape, own, targets, replicas, output.virtual())
              : null;
    } catch (RuntimeException e) {
      replicas.close(); // its arrays and threads are nobody's
      throw e;
    }
    others.forEach(
        (name, bound) -> {
          ModelShape own = shape.withOutput(Objects.requireNonNull(heads.get(name)));
          tasks.put(name, new TrainableModel(this, name, own, bound));
        });
  }

  /// A further task on the body of another.
  private TrainableModel(TrainableModel body, String task, ModelShape shape, Model<Slot> model) {
    this.shape = shape;
    this.model = model;
    this.output = withHead(model, shape);
    this.replicas = body.replicas;
    this.adapter = body.adapter;
    this.read = body.read;
    this.task = task;
  }

  /// A further task on this body: its own last layer, and this model's weights. What it belongs to
  /// owns the memory.
  ///
  /// @throws IllegalArgumentException where there is none of the name
  public TrainableModel task(String name) {
    TrainableModel found = tasks.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no task «%s» is on this model".formatted(name));
    }
    return found;
  }

  /// The body with this task's last layer, for an objective of several.
  public SeveralTasks.One learning(Objective objective, double weight) {
    return new SeveralTasks.One(output, objective, weight);
  }

  /// A model with random weights, as its table of parameters begins.
  public static TrainableModel random(ModelShape shape, long seed, int threads, Precision precision)
      throws InterruptedException {
    return random(shape, ParameterGroups.NONE, seed, threads, precision);
  }

  /// A model with random weights and a replica on each thread.
  ///
  /// @param groups what trains otherwise than the rest
  /// @throws IllegalArgumentException for groups that the model does not have
  public static TrainableModel random(
      ModelShape shape, ParameterGroups groups, long seed, int threads, Precision precision)
      throws InterruptedException {
    return random(shape, groups, seed, Parallelism.ofThreads(threads), precision);
  }

  /// A model with random weights, as its table of parameters begins.
  ///
  /// @param groups what trains otherwise than the rest
  /// @throws IllegalArgumentException for groups that the model does not have
  public static TrainableModel random(
      ModelShape shape,
      ParameterGroups groups,
      long seed,
      Parallelism parallelism,
      Precision precision)
      throws InterruptedException {
    var rules = new GroupRules(groups, shape.parameters());
    TrainableModel model =
        new TrainableModel(
            shape,
            new TuningRules(new Tuning.All(), Map.of(), rules, null),
            new LinkedHashMap<>(),
            parallelism,
            precision);
    Random random = new Random(seed);
    Map<String, Slot> slots = model.slots();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        Slot slot = model.slot(slots, p);
        draw(p.initial(), model.replicas.value(slot, model.part(slot, p)), random);
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
    return read(
        folder,
        UnaryOperator.identity(),
        new Tuning.All(),
        ParameterGroups.NONE,
        0,
        Parallelism.ofThreads(threads),
        precision);
  }

  /// The model of a Hugging Face folder: `config.json` and `model.safetensors` or its shards.
  ///
  /// @param wanted makes the shape of the file's, such as one with a classifier; what the file has
  ///   no numbers for begins as its table says
  /// @param tuning what trains of it
  /// @param seed of what is drawn
  /// @throws InputException for a folder that holds no such model, or one of another shape
  public static TrainableModel read(
      Path folder,
      UnaryOperator<ModelShape> wanted,
      Tuning tuning,
      long seed,
      int threads,
      Precision precision)
      throws InterruptedException {
    return read(
        folder,
        wanted,
        tuning,
        ParameterGroups.NONE,
        seed,
        Parallelism.ofThreads(threads),
        precision);
  }

  /// The model of a Hugging Face folder: `config.json` and `model.safetensors` or its shards.
  ///
  /// @param wanted makes the shape of the file's, such as one with a classifier; what the file has
  ///   no numbers for begins as its table says
  /// @param tuning what trains of it
  /// @param groups what trains otherwise than the rest
  /// @param seed of what is drawn
  /// @throws InputException for a folder that holds no such model, or one of another shape
  public static TrainableModel read(
      Path folder,
      UnaryOperator<ModelShape> wanted,
      Tuning tuning,
      ParameterGroups groups,
      long seed,
      Parallelism parallelism,
      Precision precision)
      throws InterruptedException {
    return read(folder, wanted, Additions.NONE, tuning, groups, seed, parallelism, precision);
  }

  /// The same with a larger vocabulary, and further last layers.
  ///
  /// @param wanted makes the shape of the file's, such as one with a classifier; what the file has
  ///   no numbers for begins as its table says
  /// @param more what it has beside
  /// @param tuning what trains of it
  /// @param groups what trains otherwise than the rest
  /// @param seed of what is drawn
  /// @throws InputException for a folder that holds no such model, or one of another shape
  public static TrainableModel read(
      Path folder,
      UnaryOperator<ModelShape> wanted,
      Additions more,
      Tuning tuning,
      ParameterGroups groups,
      long seed,
      Parallelism parallelism,
      Precision precision)
      throws InterruptedException {
    try (ModelFolder stored = ModelFolder.open(folder)) {
      ModelShape there = stored.shape();
      NewTokens added = more.tokens();
      ModelShape fit = wanted(folder, there, wanted);
      ModelShape shape = Architectures.ofTokens(fit, added.rows(fit.vocabularySize()));
      Map<String, Parameter> kept = added.kept(there, shape);
      if (!sameLabels(there.output(), shape.output())) {
        kept.keySet().removeIf(name -> LAST.matcher(name).matches());
      }
      GroupRules rules = rules(groups, shape);
      AdapterTargets targets = targets(tuning, shape);
      if (targets != null) {
        added.checkAdapted(there, kept, targets.tables());
      }
      TrainableModel model =
          new TrainableModel(
              shape,
              new TuningRules(tuning, kept, rules, targets),
              heads(folder, shape, more.heads()),
              parallelism,
              precision);
      try {
        Random random = new Random(seed);
        model.fill(stored.tensors(), kept, added, random);
        model
            .tasks
            .values()
            .forEach(
                own -> own.fillOwn(stored.tensors(), added.kept(there, own.shape), added, random));
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

  /// The last layers of further tasks, where the architecture has such.
  private static SequencedMap<String, Output> heads(
      Path folder, ModelShape shape, SequencedMap<String, Output> heads) {
    heads.values().forEach(own -> wanted(folder, shape, s -> s.withOutput(own)));
    return heads;
  }

  private static GroupRules rules(ParameterGroups groups, ModelShape shape) {
    try {
      return new GroupRules(groups, shape.parameters());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("groups: " + e.getMessage(), e);
    }
  }

  private static @Nullable AdapterTargets targets(Tuning tuning, ModelShape shape) {
    try {
      return tuning instanceof Tuning.Adapted(AdapterSettings own, List<Integer> tokens)
          ? new AdapterTargets(own, tokens, shape)
          : null;
    } catch (IllegalArgumentException e) {
      throw new ConfigException("tune.adapter." + e.getMessage(), e);
    }
  }

  /// Else a last layer of as many labels would tell others, and an adapter would leave it so.
  private static boolean sameLabels(Output there, Output wanted) {
    return there.getClass() == wanted.getClass() && there.names().equals(wanted.names());
  }

  private static ModelShape wanted(
      Path folder, ModelShape there, UnaryOperator<ModelShape> wanted) {
    try {
      return wanted.apply(there);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s is a %s of %s and cannot be trained for what is asked: %s"
              .formatted(
                  folder.getFileName(),
                  there.architecture(),
                  there.output().words(),
                  e.getMessage()),
          e);
    }
  }

  private void fill(
      ModelTensors stored, Map<String, Parameter> kept, NewTokens added, Random random) {
    Set<String> tables = AdapterTargets.tables(shape);
    Map<String, Slot> slots = slots();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        Slot slot = slot(slots, p);
        int part = part(slot, p);
        if (p.equals(kept.get(p.name()))) {
          float[] values = stored.get(p).toFloats();
          replicas.set(slot, part, added.in(values, p, tables.contains(p.name())));
        } else {
          draw(p.initial(), replicas.value(slot, part), random);
        }
      }
    }
    if (adapter != null) {
      adapter.begin((to, bound) -> draw(new Initialisation.Uniform(bound), to, random));
      adapter.beginVirtual(embedding(slots), random);
      adapter.beginBottlenecks(random);
    }
  }

  /// Fills what a further task has for itself.
  ///
  /// @param kept of the file's parameters, as this task's shape has them
  private void fillOwn(
      ModelTensors stored, Map<String, Parameter> kept, NewTokens added, Random random) {
    Set<String> tables = AdapterTargets.tables(shape);
    Map<String, Slot> slots = slots();
    for (Parameter p : shape.parameters()) {
      Slot slot = p.tied() ? null : slot(slots, p);
      if (slot == null || slot.names().contains(p.name())) {
        continue; // It is the body's.
      }
      int part = part(slot, p);
      if (!LAST.matcher(p.name()).matches() && p.equals(kept.get(p.name()))) {
        float[] values = stored.get(p).toFloats();
        replicas.set(slot, part, added.in(values, p, tables.contains(p.name())));
      } else {
        draw(p.initial(), replicas.value(slot, part), random);
      }
    }
  }

  /// The numbers of the tokens' embedding [V,D].
  private MemorySegment embedding(Map<String, Slot> slots) {
    Parameter table =
        shape.parameters().stream()
            .filter(p -> p.rows() == shape.vocabularySize() && p.columns() == shape.width())
            .findFirst()
            .orElseThrow();
    Slot slot = slot(slots, table);
    return replicas.value(slot, slot.names().indexOf(table.name()));
  }

  /// Goes on with an adapter on disk: its numbers come into the places of this model's, which has
  /// one of the same places.
  ///
  /// @throws IllegalArgumentException where they are others
  public void goOn(AdapterFile file) {
    adapter().load(file, slots());
  }

  private AdapterWeights adapter() {
    if (adapter == null) {
      throw new IllegalStateException("the model trains without an adapter");
    }
    return adapter;
  }

  /// The places by the names of their parts; a task's own before the body's.
  private Map<String, Slot> slots() {
    var slots = new HashMap<String, Slot>();
    replicas.layout().slots().forEach(slot -> slot.names().forEach(n -> slots.put(n, slot)));
    if (!task.isEmpty()) {
      for (Parameter p : shape.parameters()) {
        Slot own = slots.get(TaskHeads.named(task, p.name()));
        if (own != null) {
          slots.put(p.name(), own);
        }
      }
    }
    return slots;
  }

  /// Which part of a place a parameter is; −1 for none.
  private int part(Slot slot, Parameter p) {
    int own = task.isEmpty() ? -1 : slot.names().indexOf(TaskHeads.named(task, p.name()));
    return own >= 0 ? own : slot.names().indexOf(p.name());
  }

  private Slot slot(Map<String, Slot> slots, Parameter p) {
    Slot found = slots.get(p.name());
    int part = found == null ? -1 : part(found, p);
    if (found == null || found.rows().get(part) != p.rows() || found.columns() != p.columns()) {
      throw new IllegalStateException("the forward pass of the model does not use " + p.name());
    }
    return found;
  }

  /// A parameter's numbers: in place, or what its blocks stand for.
  private HostTensor tensor(Map<String, Slot> slots, Parameter p) {
    long[] lengths = p.shape().stream().mapToLong(Integer::longValue).toArray();
    Slot slot = slot(slots, p);
    int part = part(slot, p);
    return slot.held() == null
        ? new HostTensor(DataType.F32, lengths, replicas.value(slot, part))
        : HostTensor.of(replicas.floats(slot, part), lengths);
  }

  /// Gives the last layer these biases, where it has some that train and are all 0, as those of a
  /// layer that is new. Lin et al. 2017, arXiv:1708.02002, section 4.1.
  ///
  /// @param bias of each score
  public void beginAt(float[] bias) {
    Slot own = output.bias();
    if (own == null || !own.group().trains()) {
      return;
    }
    MemorySegment there = replicas.value(own, 0);
    if (there.byteSize() != 4L * bias.length) {
      return; // not a bias for each score
    }
    for (float value : there.toArray(ValueLayout.JAVA_FLOAT)) {
      if (value != 0) {
        return;
      }
    }
    MemorySegment.copy(bias, 0, there, ValueLayout.JAVA_FLOAT, 0, bias.length);
  }

  /// Keeps of each block its input alone, and computes the block again on the way back: a third
  /// more work for activations of one block in place of all.
  public TrainableModel recomputing() {
    output = output.recomputing();
    tasks.values().forEach(TrainableModel::recomputing);
    return this;
  }

  /// Keeps the states of recurrent layers from step to step, for batches whose rows go on.
  ///
  /// @param rows of a step
  public TrainableModel carrying(int rows) {
    replicas.carry(rows, shape.stateWidth());
    return this;
  }

  /// Keeps at 0 what is 0 of the matrices in the blocks, as [WeightPruning] leaves it.
  ///
  /// @return how many numbers
  /// @throws InputException where none is
  public long holdZeros() {
    Set<String> matrices =
        shape.parameters().stream()
            .filter(Parameter::adaptable)
            .map(Parameter::name)
            .collect(Collectors.toSet());
    long count = replicas.holdZeros(matrices::contains);
    if (count == 0) {
      throw new InputException(
          "keepZeros = true is of a model that was pruned by magnitude or 2:4, and no number of"
              + " this one's blocks is 0; set it to false");
    }
    return count;
  }

  public ModelShape config() {
    return shape;
  }

  /// Trains together with other processes from now on, which all do the same with the same model.
  ///
  /// @throws ConfigException where one of them trains on another device, or in another precision
  public void join(ProcessGroup group) {
    try {
      replicas.join(group);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  ModelWithHead output() {
    return output;
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
    return accumulate(Objective.LIKELIHOOD, batch, scale);
  }

  /// Adds the gradient of an objective times scale; returns the objective's value.
  double accumulate(Objective objective, Batch batch, double scale) throws InterruptedException {
    return replicas.accumulate(output, objective, batch, scale);
  }

  /// Adds the gradient of a step's last batch.
  double accumulateLast(Objective objective, Batch batch, double scale)
      throws InterruptedException {
    return replicas.accumulateLast(output, objective, batch, scale);
  }

  /// An objective's value for a batch.
  public double value(Objective objective, Batch batch) throws InterruptedException {
    return replicas.loss(output, objective, batch);
  }

  /// −ln p of each row's target, 0 where there is none.
  public float[] losses(Batch batch) {
    return replicas.losses(output, batch);
  }

  /// The sum of the losses of a batch's targets, in nats.
  public double loss(Batch batch) throws InterruptedException {
    return replicas.loss(output, Objective.LIKELIHOOD, batch);
  }

  /// All scores, row by row: of every next or masked token [B·T·V], of the tags, of the classes.
  public float[] logits(Batch batch) {
    return replicas.compute(ops -> model.logits(ops, model.hidden(ops)), batch, output.virtual());
  }

  /// The scores [B·V] of what comes after each sequence's last id that counts.
  float[] next(Batch batch) {
    return replicas.compute(
        ops -> model.logits(ops, ops.pool(model.hidden(ops), Operations.Pooling.LAST)),
        batch,
        output.virtual());
  }

  /// What an objective told of the batches since it was last asked, or since the last step began.
  public Map<String, Double> told(Objective objective) {
    return objective.sums() == 0 ? Map.of() : objective.told(replicas.told(objective.sums()));
  }

  /// Writes `config.json`, `generation_config.json` and `model.safetensors` into a draft's folder,
  /// an adapter merged.
  public void write(Path folder, Specials specials) {
    writeConfig(folder, specials);
    Map<String, Slot> slots = slots();
    var values = new HashMap<String, HostTensor>();
    for (Parameter p : shape.parameters()) {
      if (!p.tied()) {
        values.put(p.name(), tensor(slots, p));
      }
    }
    if (adapter != null) {
      adapter.merge(values);
    }
    var tensors = ModelTensors.forHuggingFace(shape, values);
    AtomicFile.replace(
        folder.resolve("model.safetensors"),
        path -> Safetensors.write(path, tensors, Safetensors.FORMAT_PT));
  }

  /// Writes `config.json` and `generation_config.json`.
  public void writeConfig(Path folder, Specials specials) {
    AtomicFile.write(folder.resolve("config.json"), shape.configJson(specials));
    AtomicFile.write(folder.resolve("generation_config.json"), ConfigJson.generation(specials));
  }

  /// Writes the adapter alone, in PEFT's form.
  ///
  /// @param base where the model lies without it, seen from the folder
  public void writeAdapter(Path folder, String base) {
    new AdapterExport(adapter(), read).write(folder, base);
  }

  @Override
  public void close() {
    replicas.close();
  }
}
