package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnergyUse;
import dev.imago.core.ImagoException;
import dev.imago.core.InputException;
import dev.imago.core.Inventory;
import dev.imago.core.LineageEnergy;
import dev.imago.core.Ref;
import dev.imago.core.RunSummary;
import dev.imago.core.Workspace;
import dev.imago.data.Corpus;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.data.Scores;
import dev.imago.data.Split;
import dev.imago.data.Weights;
import dev.imago.evaluate.LineageCost;
import dev.imago.evaluate.ModelLineage;
import dev.imago.evaluate.StoredEvaluation;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelCardText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// What a workspace knows of a model or a corpus, for its card.
///
/// @param card that the model's own files hold; empty of a corpus
/// @param library that loads it, as the hub names it
/// @param lineage the artifact first
/// @param documents of the corpora that it was made from
/// @param unlicensed documents of them that state no licence
/// @param licences documents by the licence that they state
/// @param languages documents by language
/// @param rejects documents by the rule that refused them
/// @param scores what was measured of it, or of what it was made from
/// @param evaluations task suites that it went through
/// @param imports references of weights that were imported
/// @param importLicences licences that these state themselves
/// @param foreignLabels whether labels came from elsewhere than its corpora
/// @param energy that making it took, with all that it was made from
record CardFacts(
    Artifact artifact,
    ModelCard card,
    String library,
    List<ModelLineage.Made> lineage,
    long documents,
    long unlicensed,
    Map<String, Long> licences,
    Map<String, Long> languages,
    Map<String, Long> rejects,
    List<Measured> scores,
    List<StoredEvaluation> evaluations,
    List<String> imports,
    Set<String> importLicences,
    boolean foreignLabels,
    LineageEnergy energy) {
  private static final String WEIGHTS = Artifact.kind(Weights.class);
  private static final String CORPUS = Artifact.kind(Corpus.class);

  /// A measurement.
  ///
  /// @param of the weights that it was taken of
  /// @param from the artifact of scores
  /// @param low and `high`: the interval's ends; not numbers where there is none
  record Measured(
      Ref of, Ref from, String name, double value, double low, double high, long n, String unit) {}

  boolean ofModel() {
    return artifact.ref().kind().equals(WEIGHTS);
  }

  /// Looks through the workspace, and reads the corpora once.
  ///
  /// @throws ConfigException for an artifact that has no card
  static CardFacts of(Workspace workspace, String reference) {
    Artifact artifact = workspace.find(reference);
    Ref ref = artifact.ref();
    if (!ref.kind().equals(WEIGHTS) && !ref.kind().equals(CORPUS)) {
      throw new ConfigException(
          "%s has no card; name one of kind weights or corpus".formatted(ref.brief()));
    }
    List<ModelLineage.Made> lineage = ModelLineage.of(workspace, ref).made();
    List<Ref> all = lineage.stream().map(m -> Ref.parse(m.artifact())).toList();
    var counts = new Counts();
    List<RunSummary> runs = workspace.runSummaries();
    // A corpus goes out whole, a model has read what trains alone.
    List<String> splits =
        ref.kind().equals(CORPUS)
            ? List.of(Split.TRAIN.fileName(), Split.HELDOUT.fileName(), "raw")
            : List.of(Split.TRAIN.fileName(), "raw");
    List<Ref> corpora = ref.kind().equals(CORPUS) ? List.of(ref) : prepared(workspace, all);
    for (Ref corpus : corpora) {
      counts.read(folder(workspace, corpus), splits, runs, corpus, workspace);
    }
    Inventory inventory = Inventory.of(workspace);
    var imports = new ArrayList<String>();
    var importLicences = new LinkedHashSet<String>();
    boolean foreign = false;
    for (ModelLineage.Made made : lineage) {
      Ref each = Ref.parse(made.artifact());
      if (each.kind().equals(WEIGHTS) && made.inputs().isEmpty()) {
        imports.add(made.artifact());
        String licence = ModelCardText.field(readme(folder(workspace, each)), "license");
        if (!licence.isEmpty()) {
          importLicences.add(licence);
        }
      }
      foreign |= each.kind().equals("labels") && made.inputs().isEmpty();
    }
    String readme = readme(artifact.folder());
    return new CardFacts(
        artifact,
        ref.kind().equals(WEIGHTS) ? ModelCardText.read(readme) : ModelCard.named(""),
        Files.exists(artifact.folder().resolve("model.gguf")) ? "gguf" : "transformers",
        lineage,
        counts.documents,
        counts.unlicensed,
        counts.licences,
        counts.languages,
        counts.rejects,
        ref.kind().equals(WEIGHTS) ? scores(workspace, inventory, all, runs) : List.of(),
        evaluations(workspace).stream().filter(e -> e.artifact().equals(ref.toString())).toList(),
        imports,
        importLicences,
        foreign,
        LineageEnergy.of(inventory, ref));
  }

  /// The artifact's folder, wherever the workspace keeps it.
  private static Path folder(Workspace workspace, Ref ref) {
    return workspace.find(ref.toString()).folder();
  }

  /// The card in a model's folder; empty where there is none.
  static String readme(Path folder) {
    Path file = folder.resolve(ModelCardText.FILE);
    try {
      return Files.isRegularFile(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// The corpora that training reads; where there is none, those that were collected.
  private static List<Ref> prepared(Workspace workspace, List<Ref> all) {
    var here = Set.copyOf(workspace.artifacts());
    List<Ref> corpora =
        all.stream().filter(r -> r.kind().equals(CORPUS) && here.contains(r)).toList();
    List<Ref> trained =
        corpora.stream()
            .filter(r -> !Documents.shards(folder(workspace, r), Split.TRAIN.fileName()).isEmpty())
            .toList();
    return trained.isEmpty() ? corpora : trained;
  }

  /// Counts of documents.
  private static final class Counts {
    long documents;
    long unlicensed;
    final Map<String, Long> licences = new TreeMap<>();
    final Map<String, Long> languages = new TreeMap<>();
    final Map<String, Long> rejects = new TreeMap<>();

    void read(
        Path folder, List<String> splits, List<RunSummary> runs, Ref corpus, Workspace workspace) {
      for (String split : splits) {
        try (var reader = new Documents.Reader(folder, split, read -> {})) {
          reader.forEachRemaining(this::count);
        }
      }
      var here = Set.copyOf(workspace.artifacts());
      var beside = new LinkedHashSet<String>();
      runs.stream()
          .filter(run -> run.outputs().containsValue(corpus.toString()))
          .forEach(run -> beside.addAll(run.outputs().values()));
      for (String name : beside) {
        Ref ref = Ref.parse(name);
        if (ref.kind().equals(CORPUS) && here.contains(ref)) {
          try (var reader =
              new Documents.Reader(CardFacts.folder(workspace, ref), "rejects", read -> {})) {
            reader.forEachRemaining(
                document ->
                    rejects.merge(document.tags().getOrDefault("rule", "unnamed"), 1L, Long::sum));
          }
        }
      }
    }

    private void count(Document document) {
      documents++;
      languages.merge(document.tags().getOrDefault("language", "und"), 1L, Long::sum);
      String licence = document.tags().getOrDefault("licence", "").strip();
      if (licence.isEmpty()) {
        unlicensed++;
      } else {
        licences.merge(licence, 1L, Long::sum);
      }
    }
  }

  /// What was measured of the model itself, or else of the nearest weights that it was made from.
  private static List<Measured> scores(
      Workspace workspace, Inventory inventory, List<Ref> all, List<RunSummary> runs) {
    for (Ref weights : all) {
      var found = new ArrayList<Measured>();
      if (weights.kind().equals(WEIGHTS)) {
        for (Ref scores : inventory.dependants(weights)) {
          if (scores.kind().equals("scores")) {
            found.addAll(measured(workspace, weights, scores, runs));
          }
        }
      }
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /// Of scores that compare several models the ones that carry this model's name.
  private static List<Measured> measured(
      Workspace workspace, Ref of, Ref from, List<RunSummary> runs) {
    Path folder = folder(workspace, from);
    var all = new ArrayList<Measured>();
    try {
      for (Scores.Measurement m : Scores.measurements(folder)) {
        all.add(new Measured(of, from, m.name(), m.value(), m.low(), m.high(), m.n(), m.unit()));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder.resolve(Scores.FILE), e);
    } catch (JacksonException e) {
      throw new InputException(
          "%s is no file of scores (%s); evaluate again"
              .formatted(folder.resolve(Scores.FILE), e.getOriginalMessage()),
          e);
    }
    all.removeIf(m -> !Double.isFinite(m.value()));
    Set<String> roles = new LinkedHashSet<>();
    for (RunSummary run : runs) {
      if (run.outputs().containsValue(from.toString())) {
        run.inputs()
            .forEach(
                (role, ref) -> {
                  if (ref.equals(of.toString())) {
                    roles.add("." + role.replaceAll("\\[\\d+]$", "")); // tuned[0]: one of several
                  }
                });
      }
    }
    List<Measured> own =
        all.stream().filter(m -> roles.stream().anyMatch(m.name()::endsWith)).toList();
    return own.isEmpty() ? all : own;
  }

  /// All evaluations that the workspace keeps.
  ///
  /// @throws InputException where one cannot be read
  static List<StoredEvaluation> evaluations(Workspace workspace) {
    return evaluationFolders(workspace).stream().map(StoredEvaluation::read).toList();
  }

  /// The same, but those that cannot be read.
  ///
  /// @param broken is told of each of these, in words
  static List<StoredEvaluation> evaluations(Workspace workspace, Consumer<String> broken) {
    var all = new ArrayList<StoredEvaluation>();
    for (Path each : evaluationFolders(workspace)) {
      try {
        all.add(StoredEvaluation.read(each));
      } catch (ImagoException e) {
        broken.accept(String.valueOf(e.getMessage()));
      }
    }
    return all;
  }

  private static List<Path> evaluationFolders(Workspace workspace) {
    Path folder = workspace.root().resolve("evaluations");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(f -> Files.isRegularFile(f.resolve("results.json")))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  /// What making it took, as the console tells it: by the records of its runs. Where these know
  /// nothing, what the curves of its training do.
  Optional<EnergyUse> took() {
    return energy
        .known()
        .or(
            () ->
                LineageCost.of(new ModelLineage(artifact.ref().toString(), lineage))
                    .filter(cost -> Double.isFinite(cost.joules()))
                    .map(
                        cost ->
                            new EnergyUse(
                                cost.joules(),
                                cost.joules(),
                                !cost.estimated(),
                                cost.estimated()
                                    ? "declared power times time, of training alone"
                                    : EnergyUse.RAPL + ", of training alone")));
  }
}
