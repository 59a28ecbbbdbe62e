package dev.imago.training;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.model.AdapterConfig;
import dev.imago.model.AdapterFile;
import dev.imago.model.BottleneckConfig;
import dev.imago.model.ConfigJson;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.model.Parameter;
import dev.imago.tensor.DataType;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Nonlinearity;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.Adapter;
import dev.imago.torch.LearnedTokens;
import dev.imago.torch.PrincipalParts;
import dev.imago.torch.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// An adapter in PEFT's form, out of one in training: `adapter_config.json` and
/// `adapter_model.safetensors`.
///
/// @param read the parameters, by name, that the model's file had numbers for: what it had none for
///   is the adapter's own
record AdapterExport(AdapterWeights weights, Set<String> read) {
  private static final String PREFIX = "base_model.model.";

  AdapterExport {
    read = Set.copyOf(read);
  }

  /// What stands before texts wraps no module of the model.
  private String prefix() {
    return bottlenecks() ? "" : weights.virtual() == null ? PREFIX : "base_model.";
  }

  /// A parameter's module, as transformers' class calls it.
  private String module(String parameter) {
    return AdapterTargets.module(weights.shape().writtenName(parameter));
  }

  private boolean bottlenecks() {
    return weights.settings().kind() == AdapterSettings.Kind.BOTTLENECK;
  }

  private HostTensor tensor(Slot slot, int part, long... shape) {
    return new HostTensor(DataType.F32, shape, weights.replicas().value(slot, part));
  }

  /// Writes `adapter_config.json` and `adapter_model.safetensors`.
  ///
  /// @param base where the model lies without it, seen from the folder
  void write(Path folder, String base) {
    if (weights.settings().kind() == AdapterSettings.Kind.BITFIT) {
      throw new InputException("biases alone have no form of PEFT's; merge them");
    }
    var tensors = new LinkedHashMap<String, HostTensor>();
    for (AdapterWeights.Place place : weights.additions()) {
      String module = PREFIX + module(place.name());
      int rank = place.own().rank();
      int columns = place.weight().columns();
      HostTensor down =
          new HostTensor(DataType.F32, new long[] {rank, columns}, weights.down(place));
      HostTensor up =
          new HostTensor(DataType.F32, new long[] {place.rows(), rank}, weights.up(place));
      PrincipalParts first = weights.begun().get(place.name());
      tensors.put(
          module + ".lora_A.weight",
          first == null ? down : below(down.toFloats(), first.down(), columns));
      tensors.put(
          module + ".lora_B.weight",
          first == null ? up : beside(up.toFloats(), first.up(), place.rows()));
      Slot magnitude = place.own().magnitude();
      if (magnitude != null) {
        tensors.put(module + ".lora_magnitude_vector", tensor(magnitude, 0, place.rows()));
      }
    }
    for (Slot slot : weights.replicas().layout().slots()) {
      if (slot.adapter() instanceof Adapter.Scaling(boolean inputs, List<Slot> factors)) {
        for (int part = 0; part < factors.size(); part++) {
          Slot own = factors.get(part);
          if (own != null) {
            long n = own.rows().getFirst();
            tensors.put(
                PREFIX + module(slot.names().get(part)) + ".ia3_l",
                inputs ? tensor(own, 0, 1, n) : tensor(own, 0, n, 1));
          }
        }
      }
    }
    for (Slot slot : weights.replicas().layout().slots()) {
      if (slot.adapter() instanceof Adapter.Rows(List<Integer> ids, Slot rows)) {
        tensors.put(
            PREFIX + module(slot.names().getFirst()) + "." + AdapterFile.ROWS,
            tensor(rows, 0, ids.size(), slot.columns()));
      }
    }
    for (Slot slot : weights.replicas().layout().slots()) {
      if (slot.adapter() instanceof Adapter.Bottleneck own) {
        for (Slot part : List.of(own.down(), own.downBias(), own.up(), own.upBias())) {
          long rows = part.rows().getFirst();
          tensors.put(
              weights.shape().writtenName(part.names().getFirst()),
              part.columns() == 0 ? tensor(part, 0, rows) : tensor(part, 0, rows, part.columns()));
        }
      }
    }
    LearnedTokens virtual = weights.virtual();
    if (virtual != null) {
      Slot slot = virtual.slot();
      tensors.put(AdapterFile.VIRTUAL, tensor(slot, 0, slot.rows().getFirst(), slot.columns()));
    }
    if (bottlenecks()) {
      writeBottlenecks(folder, tensors, base);
      return;
    }
    var modules = new TreeSet<String>();
    whole(tensors, modules);
    AtomicFile.write(folder.resolve(AdapterConfig.FILE), config(base, List.copyOf(modules)).json());
    AtomicFile.replace(
        folder.resolve(AdapterFile.TENSORS),
        path -> Safetensors.write(path, tensors, Safetensors.FORMAT_PT));
  }

  /// In AdapterHub's form: what trained whole is in a file of its own.
  private void writeBottlenecks(
      Path folder, SequencedMap<String, HostTensor> tensors, String base) {
    var heads = new LinkedHashMap<String, HostTensor>();
    whole(heads, new TreeSet<>());
    ModelShape shape = weights.shape();
    var of =
        new BottleneckConfig(
            Nonlinearity.SILU, shape.width(), shape.architecture(), className(folder));
    var config =
        AdapterConfig.bottleneck(
            of, weights.settings().bottleneck(shape.width()), Optional.of(base));
    AtomicFile.write(folder.resolve(AdapterConfig.FILE), config.json());
    save(folder.resolve(BottleneckConfig.TENSORS), tensors);
    if (!heads.isEmpty()) {
      AtomicFile.write(
          folder.resolve(BottleneckConfig.HEAD_CONFIG), of.headJson(Optional.of(base)));
      save(folder.resolve(BottleneckConfig.HEAD), heads);
    }
  }

  private static void save(Path file, SequencedMap<String, HostTensor> tensors) {
    AtomicFile.replace(file, path -> Safetensors.write(path, tensors, Safetensors.FORMAT_PT));
  }

  /// The class that `config.json` names, which lies in the folder by now.
  private static String className(Path folder) {
    try {
      return new ConfigJson(Files.readString(folder.resolve("config.json")))
          .texts("architectures")
          .getFirst();
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// Of what began as W = rest + B₀A₀, the addition to W: scale · [B, −B₀] · [A; A₀].
  private static HostTensor below(float[] down, float[] first, int columns) {
    float[] both = Arrays.copyOf(down, down.length + first.length);
    System.arraycopy(first, 0, both, down.length, first.length);
    return HostTensor.of(both, both.length / columns, columns);
  }

  private static HostTensor beside(float[] up, float[] first, int rows) {
    int rank = up.length / rows;
    float[] both = new float[2 * up.length];
    for (int i = 0; i < up.length; i++) {
      int at = i / rank * 2 * rank + i % rank;
      both[at] = up[i];
      both[at + rank] = -first[i];
    }
    return HostTensor.of(both, rows, 2L * rank);
  }

  /// What trained whole: heads, named modules, biases.
  private void whole(Map<String, HostTensor> tensors, Set<String> modules) {
    var slots = new HashMap<String, Slot>();
    weights.replicas().layout().slots().forEach(s -> s.names().forEach(n -> slots.put(n, s)));
    for (Parameter p : weights.shape().parameters()) {
      String name = p.tiedTo().orElse(p.name());
      Slot slot = slots.get(name);
      if (slot == null || !slot.group().trains()) {
        continue;
      }
      long[] lengths = p.shape().stream().mapToLong(Integer::longValue).toArray();
      HostTensor value = tensor(slot, slot.names().indexOf(name), lengths);
      boolean bias =
          p.name().endsWith(".bias")
              && read.contains(p.name())
              && weights.settings().bias() != AdapterSettings.Biases.NONE;
      String module = module(p.name());
      boolean inside = bias && weights.targets().adapts(AdapterTargets.module(p) + ".weight");
      tensors.put(
          prefix() + (inside ? module + ".base_layer.bias" : weights.shape().writtenName(p.name())),
          p.transposed() ? AdapterWeights.turned(value) : value);
      if (!bias) {
        modules.add(module.startsWith("classifier.") ? "classifier" : module);
      }
    }
  }

  private AdapterConfig config(String base, List<String> modules) {
    boolean factors = weights.settings().kind() == AdapterSettings.Kind.IA3;
    AdapterSettings own = weights.settings();
    boolean twice = own.kind() == AdapterSettings.Kind.PISSA;
    int ranks = twice ? 2 : 1;
    double alphas = twice ? own.rsLora() ? Math.sqrt(2) : 2 : 1;
    return new AdapterConfig(
        switch (weights.settings().kind()) {
          case IA3 -> AdapterConfig.Method.IA3;
          case PROMPT -> AdapterConfig.Method.PROMPT_TUNING;
          case PREFIX -> AdapterConfig.Method.PREFIX_TUNING;
          case BOTTLENECK -> AdapterConfig.Method.BOTTLENECK;
          case NONE, LORA, DORA, PISSA, BITFIT -> AdapterConfig.Method.LORA;
        },
        Optional.ofNullable(weights.virtual()).map(this::virtual),
        Optional.empty(),
        own.rank() * ranks,
        own.alpha() * alphas,
        weights.targets().patterns(module -> own.rank(module) * ranks, own.rank() * ranks),
        weights.targets().patterns(module -> own.alpha(module) * alphas, own.alpha() * alphas),
        weights.settings().rsLora(),
        weights.settings().kind() == AdapterSettings.Kind.DORA,
        weights.settings().dropout(),
        switch (weights.settings().bias()) {
          case NONE -> AdapterConfig.Bias.NONE;
          case ALL -> AdapterConfig.Bias.ALL;
          case ADAPTED -> AdapterConfig.Bias.LORA_ONLY;
        },
        weights.targets().names(),
        factors ? weights.targets().fedNames() : List.of(),
        modules,
        tokens(),
        Optional.of(base),
        task(),
        weights.shape().parameters().stream().anyMatch(Parameter::transposed));
  }

  /// Of one table their ids alone, as PEFT finds the embedding itself.
  private Map<String, List<Integer>> tokens() {
    var to = new TreeMap<String, List<Integer>>();
    Set<String> tables = weights.targets().tables();
    for (String table : tables) {
      to.put(tables.size() == 1 ? "" : module(table), weights.targets().tokens());
    }
    return to;
  }

  private AdapterConfig.Virtual virtual(LearnedTokens own) {
    ModelShape shape = weights.shape();
    int tokens = own.slot().rows().getFirst();
    return own.keys()
        ? new AdapterConfig.Virtual(
            tokens, shape.layers(), shape.keyWidth() / shape.keyHeadWidth(), shape.keyWidth())
        : new AdapterConfig.Virtual(tokens, 0, 0, shape.width());
  }

  /// PEFT's word for what the model tells.
  private String task() {
    return switch (weights.shape().output()) {
      case Output.NextToken _ ->
          weights.shape().decoderStart().isPresent() ? "SEQ_2_SEQ_LM" : "CAUSAL_LM";
      case Output.Classes _ -> "SEQ_CLS";
      case Output.Tags _ -> "TOKEN_CLS";
      case Output.Dependencies _ -> "";
      case Output.Span _ -> "QUESTION_ANS";
      case Output.Embedding _ -> "FEATURE_EXTRACTION";
      case Output.MaskedToken _ -> "";
    };
  }
}
