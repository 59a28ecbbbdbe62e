package dev.imago.cli;

import dev.imago.compress.Compress;
import dev.imago.core.Artifact;
import dev.imago.core.Binder;
import dev.imago.core.Chain;
import dev.imago.core.Compute;
import dev.imago.core.ConfigException;
import dev.imago.core.Follower;
import dev.imago.core.ImagoException;
import dev.imago.core.InputException;
import dev.imago.core.Plan;
import dev.imago.core.Recipe;
import dev.imago.core.Workspace;
import dev.imago.data.GgufWeights;
import dev.imago.data.Weights;
import dev.imago.generate.LanguageModel;
import dev.imago.model.Architectures;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.model.Output;
import dev.imago.prepare.TestedRecipe;
import dev.imago.pretrain.Pretrain;
import dev.imago.tensor.DataType;
import dev.imago.tokenize.TrainTokenizer;
import dev.imago.torch.ProcessGroup;
import dev.imago.tune.Tune;
import dev.imago.vocabularies.TokenizerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Runs a recipe.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Run a recipe: the whole chain, from documents to a model that can be served.",
      "What is done already is not done again; what was broken off goes on."
    },
    footer = {"", "Example:  imago run --input ~/documents pretrain.depth=6"})
final class RunCommand implements Callable<Integer> {
  private static final Set<String> SPARK = Set.of("prepare", "encode");

  @ParentCommand private Imago imago = new Imago();

  @Mixin private RecipeArguments arguments = new RecipeArguments();

  @Option(names = "--dry-run", description = "Print the resolved recipe and what would run.")
  private boolean dryRun;

  @Option(names = "--verify", description = "Rehash every file before it is reused.")
  private boolean verify;

  @Option(
      names = "--show",
      paramLabel = "N",
      description =
          "Print the first N examples that tuning learns from, before it begins: what is learned of"
              + " them stands in ⟦ ⟧. A step that is done already shows none.")
  private int show;

  @Option(names = "--serve", description = "Serve the model when the recipe is done.")
  private boolean serve;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Compute threads (default: the processors, shared by the processes of a launch).")
  private @Nullable Integer threads;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description =
          "Replicas of a model in training that share the threads, each with a gradient of its own"
              + " (default: as many as fit; fewer take less memory).")
  private int replicas;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "What prepares and encodes: local, this process (default), or spark, on this machine: the"
              + " same bytes. docs/spark.md has clusters.")
  private String engine = "local";

  @Option(
      names = "--jfr",
      paramLabel = "FILE",
      description =
          "Profile the run with the JDK's Flight Recorder: `jfr summary FILE` and JDK Mission"
              + " Control read it.")
  private @Nullable Path jfr;

  private Map<String, Map<String, Artifact>> left = Map.of();

  /// What was asked for, checked.
  private record Prepared(Recipe recipe, Plan plan, ServeOptions serving, ServeAccess access) {}

  @Override
  public Integer call() throws Exception {
    TorchrunVariables variables = TorchrunVariables.of(System.getenv());
    int processors = Runtime.getRuntime().availableProcessors();
    int own = threads == null ? Math.max(1, processors / variables.local()) : threads;
    var compute = new Compute(own, replicas);
    if (variables.member().isEmpty() || dryRun) {
      return lead(prepare(null, own), compute, null);
    }
    try (ProcessPeers peers = ProcessPeers.join(variables.member().get())) {
      return together(peers, compute, own);
    } catch (ConfigException | InputException e) {
      if (variables.localRank() > 0) {
        return e.exitCode(); // the first on this machine says it
      }
      throw e;
    }
  }

  private Integer together(ProcessPeers peers, Compute compute, int own) throws Exception {
    Prepared prepared;
    try {
      prepared = prepare(peers.group(), own);
    } catch (ImagoException e) {
      peers.refuse(String.valueOf(e.getMessage()));
      throw e;
    }
    try (AutoCloseable _ = imago.interruptible()) {
      peers.agree(prepared.plan().resolved(), Imago.version());
      if (!peers.first()) {
        var workspace = new Workspace(imago.workspace());
        return new Follower(workspace, compute, peers).follow(prepared.plan()) ? 0 : 4;
      }
    } catch (InterruptedException e) {
      if (peers.first()) {
        throw e;
      }
      return 130;
    }
    return lead(prepared, compute, peers);
  }

  /// What a step has left in the run that is over, done in it or reused; nothing where there is
  /// none.
  Map<String, Artifact> left(String step) {
    return left.getOrDefault(step, Map.of());
  }

  private Prepared prepare(@Nullable ProcessGroup group, int own) throws Exception {
    Recipe recipe =
        FoldedRecipe.of(
            TestedRecipe.of(Identity.of(arguments.read(List.of()), arguments.ownDocuments())));
    if (serve && recipe.folds() > 0) {
      throw new ConfigException(
          "--serve is of one model, and folds = %d makes one for each; leave one of them out"
              .formatted(recipe.folds()));
    }
    Workspace workspace = new Workspace(imago.workspace());
    Plan plan =
        Plan.of(
            recipe, Catalog.stages(imago.workspace(), group, spark(recipe, own)), workspace::find);
    checkTokenizer(plan);
    checkArchitecture(plan);
    if (show > 0 && plan.configs(Tune.Config.class).isEmpty()) {
      throw new ConfigException(
          "--show = %d shows what tuning learns from, and the recipe %s has no step that tunes; leave it out"
              .formatted(show, recipe.name()));
    }
    ServeOptions serving = Binder.bind("serve", recipe.serve(), ServeOptions.DEFAULTS);
    var access = new ServeAccess();
    if (serve) {
      access.listening(
          serving, access.keepsAccounts(imago)); // refuses what it must before hours are spent
    }
    Profile.check(jfr);
    return new Prepared(recipe, plan, serving, access);
  }

  private @Nullable SparkEngine spark(Recipe recipe, int own) {
    if (engine.equals("local")) {
      return null;
    }
    if (!engine.equals("spark")) {
      throw new ConfigException(
          "--engine = %s is none that there is; local and spark are".formatted(engine));
    }
    if (recipe.steps().stream().noneMatch(step -> SPARK.contains(step.stage()))) {
      throw new ConfigException(
          "--engine spark prepares and encodes, and the recipe %s does neither; leave it out"
              .formatted(recipe.name()));
    }
    return SparkEngine.find(Imago.root(), System.getenv(), own);
  }

  /// @param peers who take part; null for one process alone
  private Integer lead(Prepared prepared, Compute compute, @Nullable ProcessPeers peers)
      throws Exception {
    Recipe recipe = prepared.recipe();
    Plan plan = prepared.plan();
    ServeOptions serving = prepared.serving();
    Workspace workspace = new Workspace(imago.workspace());
    Console console = Console.of(imago);
    plan.notes().forEach(console::note);
    var options = new Chain.Options(compute, verify, Imago.version(), show);
    Chain chain = new Chain(workspace, console, options, Clock.systemUTC());
    if (peers != null) {
      chain.together(peers);
    }
    if (dryRun) {
      System.out.print(
          YAMLMapper.builder()
              .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
              .build()
              .writeValueAsString(plan.resolved()));
      new Costs(workspace, compute.threads())
          .print(System.out, recipe.name(), chain.forecast(plan), freeBytes(workspace.root()));
      return 0;
    }
    arguments.notes().forEach(console::note);
    Map<String, Map<String, Artifact>> made;
    try (AutoCloseable _ = imago.interruptible();
        Profile _ = Profile.begin(jfr, console)) {
      made = chain.run(plan);
    }
    left = made;
    printSummary(workspace, made);
    @Nullable Artifact model = served(serving, made);
    if (model == null || recipe.folds() > 0) { // a fold's model saw a part of the rows alone
      return 0;
    }
    if (serve) {
      return ServeSession.of(
              imago,
              model.folder(),
              model.ref().toString(),
              serving,
              prepared.access(),
              compute.threads())
          .run();
    }
    for (Artifact one : measuredWith(model, serving.weights(), recipe, made)) {
      ModelCard card = LanguageModel.card(one.folder()).called(serving.name(), serving.about(), "");
      System.out.printf("%n%s: %s%n", card.name(), card.description());
      System.out.printf("%nServe it:  ./imago serve %s%n", one.ref().brief());
      String call = ServerCall.of(one, card);
      if (!call.isEmpty()) {
        System.out.printf("Ask it:    %s%n", call);
      }
    }
    return 0;
  }

  /// The model that is served, and before it those that one step measures with it, as `evaluate` of
  /// intents and their slots does.
  ///
  /// @param output of the steps, whose models these are
  static Set<Artifact> measuredWith(
      Artifact model, String output, Recipe recipe, Map<String, Map<String, Artifact>> made) {
    var all = new LinkedHashSet<Artifact>();
    for (Recipe.Step step : recipe.steps()) {
      List<String> several = step.inputs().getOrDefault(output, List.of());
      for (String source : several.size() > 1 ? several : List.<String>of()) {
        int dot = source.lastIndexOf('.');
        Artifact one =
            made.getOrDefault(source.substring(0, Math.max(0, dot)), Map.of())
                .get(source.substring(dot + 1));
        if (one != null) {
          all.add(one);
        }
      }
    }
    all.remove(model);
    all.add(model);
    return all;
  }

  /// What one step cannot know of another, before hours are spent.
  private static void checkTokenizer(Plan plan) {
    if (plan.configs(Compress.Config.class).isEmpty()) {
      return;
    }
    for (TrainTokenizer.Config vocabulary : plan.configs(TrainTokenizer.Config.class)) {
      boolean fits =
          vocabulary.kind() == TokenizerKind.BPE || vocabulary.kind() == TokenizerKind.WORDPIECE;
      if (!fits || vocabulary.chineseWords()) {
        throw new ConfigException(
            "vocabulary: kind = %s, chineseWords = %s cannot go into the GGUF that compress writes; take kind = BPE, or WORDPIECE without chineseWords, or a recipe without compress"
                .formatted(vocabulary.kind(), vocabulary.chineseWords()));
      }
    }
  }

  /// A model that compress cannot write is told before it is trained.
  private static void checkArchitecture(Plan plan) {
    if (plan.configs(Compress.Config.class).isEmpty()) {
      return;
    }
    for (Pretrain.Config pretrain : plan.configs(Pretrain.Config.class)) {
      ModelShape shape = Architectures.ofDepth(pretrain.architecture(), 1, 512, 64);
      String reason = "it predicts masked tokens, and what is written there generates";
      try {
        var _ = shape.gguf("", DataType.F32);
        if (shape.output() instanceof Output.NextToken) {
          if (shape.decoderStart().isEmpty()) {
            continue;
          }
          reason = "it answers a source, and the loss there is of texts that go on";
        }
      } catch (IllegalArgumentException e) {
        reason = String.valueOf(e.getMessage());
      }
      throw new ConfigException(
          "pretrain.architecture = %s cannot go into the GGUF that compress writes: %s; take llama, or a recipe without compress"
              .formatted(pretrain.architecture(), reason));
    }
  }

  private static long freeBytes(Path workspace) throws IOException {
    Path folder = workspace;
    while (!Files.exists(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return Files.getFileStore(folder).getUsableSpace();
  }

  private static void printSummary(Workspace workspace, Map<String, Map<String, Artifact>> made) {
    var took = new LinkedHashMap<String, String>();
    workspace
        .runSummaries()
        .forEach(
            r ->
                r.outputs()
                    .values()
                    .forEach(
                        ref ->
                            took.put(
                                ref, Quantity.of(Duration.ofMillis((long) (r.seconds() * 1000))))));
    var rows = new ArrayList<List<String>>();
    made.forEach(
        (step, outputs) ->
            outputs.forEach(
                (name, artifact) ->
                    rows.add(
                        List.of(
                            step,
                            name,
                            artifact.ref().brief(),
                            Quantity.of(
                                workspace.files(artifact.ref()).values().stream()
                                    .mapToDouble(Long::doubleValue)
                                    .sum(),
                                "bytes"),
                            took.getOrDefault(artifact.ref().toString(), "–")))));
    System.out.println();
    System.out.print(Table.render(List.of("step", "left", "artifact", "size", "took"), rows));
  }

  private static @Nullable Artifact served(
      ServeOptions options, Map<String, Map<String, Artifact>> made) {
    Artifact last = null; // as `serve` without a name takes the newest
    for (Map<String, Artifact> outputs : made.values()) {
      Artifact model = outputs.get(options.weights());
      last = model instanceof Weights || model instanceof GgufWeights ? model : last;
    }
    return last;
  }
}
