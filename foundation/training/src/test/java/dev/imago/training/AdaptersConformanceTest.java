package dev.imago.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.model.Architectures;
import dev.imago.model.Output;
import dev.imago.model.Specials;
import dev.imago.tensor.HostTensor;
import dev.imago.tensor.Safetensors;
import dev.imago.torch.AdamW;
import dev.imago.torch.Batch;
import dev.imago.torch.Parallelism;
import dev.imago.torch.Precision;
import dev.imago.training.AdapterSettings.BasePrecision;
import dev.imago.training.AdapterSettings.Biases;
import dev.imago.training.AdapterSettings.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Adapters that were trained and written here say the same in PEFT (`IMAGO_PEERS`: a Python with
/// it), added and merged.
@Tag("conformance")
final class AdaptersConformanceTest {
  private static final float TOLERANCE = 1e-4f;
  private static final int LENGTH = 8;

  @TempDir Path folder;
  private List<Integer> tokens = List.of();
  private NewTokens added = NewTokens.NONE;

  private static AdapterSettings of(
      Kind kind, List<String> targets, List<String> trained, Biases bias, boolean rsLora) {
    return new AdapterSettings(
        kind,
        0,
        16,
        rsLora,
        0,
        targets,
        AdapterParts.NONE,
        trained,
        bias,
        BasePrecision.F32,
        1,
        1,
        kind.virtual() ? 4 : 0,
        false);
  }

  private static AdapterSettings with(AdapterSettings own, AdapterParts parts) {
    return new AdapterSettings(
        own.kind(),
        own.rank(),
        own.alpha(),
        own.rsLora(),
        own.dropout(),
        own.targets(),
        parts,
        own.trained(),
        own.bias(),
        own.base(),
        own.rate(),
        own.rateOfB(),
        own.virtualTokens(),
        own.merge());
  }

  private static AdapterSettings of(Kind kind) {
    return of(kind, List.of(), List.of(), Biases.NONE, false);
  }

  @Test
  void whatIsWrittenHereSaysTheSameInPeft() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    Assumptions.assumeTrue(python != null, "skipped: IMAGO_PEERS names no Python with peft");
    Output next = new Output.NextToken();
    Output classes = new Output.Classes(List.of("a", "b", "c"));
    Output tags = new Output.Tags(List.of("O", "X"));
    make("lora", "llama", next, of(Kind.LORA));
    make(
        "patterns",
        "llama",
        next,
        with(
            of(Kind.LORA),
            new AdapterParts(Map.of("q_proj", 3), Map.of("up_proj", 7.0), List.of())));
    make(
        "patterns-pissa",
        "llama",
        next,
        with(
            of(Kind.PISSA),
            new AdapterParts(Map.of("layers.1.*", 2), Map.of("down_proj", 3.0), List.of())));
    tokens = List.of(7, 3, 60);
    make("tokens", "llama", next, of(Kind.LORA));
    make("tokens-gpt2", "gpt2", next, of(Kind.LORA));
    make("tokens-bert", "bert", classes, of(Kind.LORA));
    tokens = List.of(64, 3, 65);
    added = new NewTokens(64, Map.of(64, List.of(), 65, List.of(5, 9)));
    make("grown", "llama", next, of(Kind.LORA));
    make("grown-gpt2", "gpt2", next, of(Kind.LORA));
    make("grown-bert", "bert", classes, of(Kind.LORA));
    tokens = List.of();
    added = NewTokens.NONE;
    make(
        "embedding",
        "llama",
        next,
        of(Kind.LORA, List.of("q_proj"), List.of("model.embed_tokens"), Biases.NONE, false));
    make("dora", "llama", next, of(Kind.DORA));
    make("pissa", "llama", next, of(Kind.PISSA));
    make("ia3", "llama", next, of(Kind.IA3));
    make("rslora", "llama", next, of(Kind.LORA, List.of("*_proj"), List.of(), Biases.NONE, true));
    make(
        "pissa-rslora",
        "llama",
        next,
        of(Kind.PISSA, List.of("q_proj"), List.of(), Biases.NONE, true));
    make(
        "norm",
        "llama",
        tags,
        of(Kind.LORA, List.of("up_proj"), List.of("model.norm"), Biases.NONE, false));
    make("classes", "llama", classes, of(Kind.DORA));
    make("gpt2", "gpt2", next, of(Kind.LORA, List.of(), List.of(), Biases.ALL, false));
    make(
        "gpt2-some",
        "gpt2",
        next,
        of(Kind.LORA, List.of("c_attn"), List.of(), Biases.ADAPTED, false));
    make("gpt2-ia3", "gpt2", next, of(Kind.IA3));
    make("bert", "bert", classes, of(Kind.LORA));
    make("bert-ia3", "bert", tags, of(Kind.IA3));
    make("prompt", "llama", next, of(Kind.PROMPT));
    make("prompt-gpt2", "gpt2", next, of(Kind.PROMPT));
    make("prompt-bert", "bert", classes, of(Kind.PROMPT));
    make("prefix", "llama", next, of(Kind.PREFIX));
    make("prefix-gpt2", "gpt2", next, of(Kind.PREFIX));
    List<String> told = differences(python, "adapters.py", "check", folder.toString());
    assertEquals(27, told.size(), told.toString());
    for (String line : told) {
      String[] parts = line.split(" ");
      assertTrue(Float.parseFloat(parts[2]) <= TOLERANCE, line);
      assertTrue(Float.parseFloat(parts[3]) <= TOLERANCE, line);
    }
  }

  /// `IMAGO_ADAPTERS`: a checkout of AdapterHub's library.
  @Test
  void bottlenecksSayTheSameInAdapterHubsModules() throws Exception {
    String python = System.getenv("IMAGO_PEERS");
    String sources = System.getenv("IMAGO_ADAPTERS");
    Assumptions.assumeTrue(
        python != null && sources != null,
        "skipped: IMAGO_PEERS names no Python, or IMAGO_ADAPTERS no sources of AdapterHub");
    Output classes = new Output.Classes(List.of("a", "b", "c"));
    make("bottleneck", "llama", new Output.NextToken(), of(Kind.BOTTLENECK));
    make("bottleneck-gpt2", "gpt2", new Output.NextToken(), of(Kind.BOTTLENECK));
    make("bottleneck-bert", "bert", classes, of(Kind.BOTTLENECK));
    make("bottleneck-tags", "bert", new Output.Tags(List.of("O", "X")), of(Kind.BOTTLENECK));
    List<String> told = differences(python, "bottlenecks.py", folder.toString(), sources);
    assertEquals(4, told.size(), told.toString());
    for (String line : told) {
      assertTrue(Float.parseFloat(line.split(" ")[2]) <= TOLERANCE, line);
    }
  }

  /// The lines of a script that tell how far two answers are apart.
  private static List<String> differences(String python, String script, String... arguments)
      throws Exception {
    var command = new ArrayList<>(List.of(python, script(script).toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.lines().filter(l -> l.startsWith("DIFFERS ")).toList();
  }

  private void make(String name, String architecture, Output output, AdapterSettings settings)
      throws Exception {
    Path base = Files.createDirectories(folder.resolve(name).resolve("base"));
    Path to = Files.createDirectories(folder.resolve(name).resolve("adapter"));
    try (var model =
        TrainableModel.random(
            Architectures.ofDepth(architecture, 2, 64, 16), 5, 1, Precision.F32)) {
      model.write(base, new Specials(0, List.of(0)));
    }
    int rows = added.rows(64);
    int[] ids = new Random(7).ints(2 * LENGTH, 1, rows).toArray();
    ids[LENGTH - 1] = rows - 1;
    int choices = output.names().isEmpty() ? rows : output.names().size();
    int[] targets = new Random(8).ints(output.ofSequences() ? 2 : ids.length, 0, choices).toArray();
    Batch batch = Batch.of(2, LENGTH, ids, targets);
    try (var model =
        TrainableModel.read(
            base,
            s -> s.output().equals(output) ? s : s.withOutput(output),
            Additions.of(added),
            new Tuning.Adapted(settings, tokens),
            ParameterGroups.NONE,
            3,
            Parallelism.ofThreads(1),
            Precision.F32)) {
      for (int step = 1; step <= 10; step++) {
        model.replicas().clear();
        model.accumulate(batch, 1.0 / batch.counted());
        model.replicas().update(step, 1e-2, new AdamW(0.9, 0.95, 1e-8, 0.1, 1));
      }
      model.writeConfig(to, new Specials(0, List.of(0)));
      model.writeAdapter(to, "../base");
      float[] logits = model.logits(batch);
      float[] numbers = new float[ids.length];
      for (int i = 0; i < ids.length; i++) {
        numbers[i] = ids[i];
      }
      var tensors = new LinkedHashMap<String, HostTensor>();
      tensors.put("ids", HostTensor.of(numbers, 2, LENGTH));
      tensors.put("logits", HostTensor.of(logits, logits.length));
      Safetensors.write(
          folder.resolve(name).resolve("expected.safetensors"), tensors, Safetensors.FORMAT_PT);
    }
  }

  private static Path script(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path script = at.resolve("conformance").resolve(name);
      if (Files.exists(script)) {
        return script;
      }
    }
    throw new IllegalStateException("conformance/" + name + " is not above this folder");
  }
}
