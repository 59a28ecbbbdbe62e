package dev.imago.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The rules of the house that the compiler does not hold.
class ArchitectureTest {
  /// The folders of `foundation/model`.
  private static final List<String> FAMILIES =
      List.of("llama", "gpt2", "gemma", "bert", "t5", "recurrent", "convolution", "neural");

  private static final JavaClasses ALL = ours();

  /// Our classes alone: no rule asks what a class of others is made of, and to read those, too,
  /// takes twice as long.
  private static JavaClasses ours() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("dev.imago");
  }

  private static final List<String> LINKS =
      List.of(
          "collect",
          "prepare",
          "annotate",
          "tokenize",
          "count",
          "embed",
          "pretrain",
          "tune",
          "evaluate",
          "compress",
          "serve",
          "feedback",
          "labelling");

  /// What each foundation module may see of ours.
  private static final Map<String, Set<String>> FOUNDATION =
      Map.ofEntries(
          Map.entry("core", Set.of()),
          Map.entry("data", Set.of("core")),
          Map.entry("state", Set.of("core")),
          Map.entry("accounts", Set.of("core", "state")),
          Map.entry("sources", Set.of()),
          Map.entry("http", Set.of("core")),
          Map.entry("crawl", Set.of("core", "fetch")),
          Map.entry("fetch", Set.of("core")),
          Map.entry("pages", Set.of()),
          Map.entry("duplicates", Set.of("core")),
          Map.entry("languages", Set.of()),
          Map.entry("masking", Set.of("core")),
          Map.entry("moderation", Set.of("core", "regex")),
          Map.entry(
              "corpus",
              Set.of(
                  "core",
                  "data",
                  "duplicates",
                  "languages",
                  "linear",
                  "masking",
                  "ngram",
                  "pages",
                  "sources")),
          Map.entry("agreement", Set.of("metrics")),
          Map.entry("active", Set.of()),
          Map.entry("alerts", Set.of("core")),
          Map.entry("annotation", Set.of("core", "data", "metrics")),
          Map.entry("regex", Set.of()),
          Map.entry("metrics", Set.of()),
          Map.entry("tokenizers", Set.of("regex")),
          Map.entry("vocabularies", Set.of("regex", "tokenizers")),
          Map.entry("ngram", Set.of()),
          Map.entry("linear", Set.of()),
          Map.entry("vectors", Set.of("metrics")),
          Map.entry("sequences", Set.of()),
          Map.entry("constraints", Set.of("tokenizers")),
          Map.entry("templates", Set.of("regex", "tokenizers")),
          Map.entry("dialogue", Set.of("constraints", "templates", "tokenizers")),
          Map.entry("suites", Set.of("core", "data", "metrics", "regex", "sources", "templates")),
          Map.entry("tensor", Set.of()),
          Map.entry("model", Set.of("tensor")),
          Map.entry(
              "tasks",
              Set.of(
                  "core",
                  "data",
                  "linear",
                  "metrics",
                  "sequences",
                  "regex",
                  "tokenizers",
                  "templates",
                  "tensor",
                  "model")),
          Map.entry("torch", Set.of("tensor")),
          Map.entry("training", Set.of("core", "data", "model", "tensor", "torch")),
          Map.entry(
              "generate",
              Set.of("constraints", "dialogue", "tokenizers", "templates", "tensor", "model")));

  private static String packageOf(String module) {
    return "dev.imago." + module + "..";
  }

  @Test
  void everyModuleOfTheFoundationHasItsRule() throws Exception {
    try (var folders = Files.list(Path.of(System.getProperty("imago.root"), "foundation"))) {
      var modules =
          folders
              .filter(folder -> Files.exists(folder.resolve("src/main/java/module-info.java")))
              .map(folder -> folder.getFileName().toString())
              .collect(java.util.stream.Collectors.toSet());
      assertEquals(FOUNDATION.keySet(), modules);
    }
  }

  @Test
  void noLinkKnowsAnother() {
    for (String link : LINKS) {
      String[] others =
          LINKS.stream()
              .filter(l -> !l.equals(link))
              .map(ArchitectureTest::packageOf)
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(packageOf(link))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(ALL);
    }
  }

  @Test
  void theFoundationKnowsOnlyWhatStandsAboveIt() {
    FOUNDATION.forEach(
        (module, seen) -> {
          var hidden =
              new java.util.ArrayList<>(
                  FOUNDATION.keySet().stream()
                      .filter(m -> !m.equals(module) && !seen.contains(m))
                      .toList());
          hidden.addAll(LINKS);
          hidden.addAll(List.of("console", "cli"));
          noClasses()
              .that()
              .resideInAPackage(packageOf(module))
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(
                  hidden.stream().map(ArchitectureTest::packageOf).toArray(String[]::new))
              .check(ALL);
        });
  }

  /// Of core it may throw the exceptions that people read, check bounds and hash, and no more:
  /// whoever drives it need have no stage, run or workspace.
  @Test
  void whatMakesACorpusKnowsNoStage() {
    noClasses()
        .that()
        .resideInAPackage(packageOf("corpus"))
        .should()
        .dependOnClassesThat(
            resideInAPackage(packageOf("core"))
                .and(not(simpleNameEndingWith("Exception")))
                .and(not(simpleName("Bounds")))
                .and(not(simpleName("Hashing"))))
        .check(ALL);
  }

  /// Whoever needs a model asks `Architectures`: no class outside knows what a Llama is.
  @Test
  void noArchitectureIsNamedOutsideItsFolder() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packageOf("model"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.imago.model.*..")
        .check(ALL);
    for (String folder : FAMILIES) {
      noClasses()
          .that()
          .resideInAnyPackage(packageOf("model." + folder))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              FAMILIES.stream()
                  .filter(other -> !other.equals(folder))
                  .map(other -> packageOf("model." + other))
                  .toArray(String[]::new))
          .check(ALL);
    }
  }

  /// What the `module-info`s of the four text modules say, for classes that are compiled on the
  /// class path. The parts of tokenizers are open to whoever builds one; the fast path and the
  /// files of others are not, but for what the training of byte-level vocabularies shares.
  @Test
  void whatTextModulesDoNotExportIsTheirOwn() {
    isOwn("dev.imago.tokenizers.formats..", "tokenizers");
    isOwn("dev.imago.tokenizers.bytelevel..", "tokenizers", "vocabularies");
    isOwn("dev.imago.vocabularies.*..", "vocabularies");
    isOwn("dev.imago.templates.*..", "templates");
  }

  private static void isOwn(String hidden, String... modules) {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            java.util.Arrays.stream(modules)
                .map(ArchitectureTest::packageOf)
                .toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(hidden)
        .check(ALL);
  }

  @Test
  void onlyTorchSeesLibtorch() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packageOf("torch"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(ALL);
  }

  @Test
  void whatServesCannotReachLibtorch() {
    noClasses()
        .that()
        .resideInAnyPackage(
            packageOf("serve"), packageOf("generate"), packageOf("evaluate"), packageOf("compress"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packageOf("torch"), packageOf("training"))
        .check(ALL);
  }

  @Test
  void onlyTheCommandLineWritesToStandardOutput() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packageOf("cli"))
        .should(ACCESS_STANDARD_STREAMS)
        .orShould()
        .callMethodWhere(
            target(name("printStackTrace"))
                .and(target(rawParameterTypes(new Class<?>[0])))
                .as("a stack trace goes to the standard error"))
        .check(ALL);
  }

  private static String module(JavaClass type) {
    return type.getPackageName().replaceFirst("^dev\\.imago\\.([^.]*).*", "$1");
  }

  /// A reader who meets a word takes it for the one that he knows.
  @Test
  void noTwoModulesHaveATypeOfTheSameName() {
    var modules = new TreeMap<String, Set<String>>();
    for (JavaClass type : ALL) {
      if (type.isTopLevelClass() && !type.getSimpleName().endsWith("-info")) {
        modules.computeIfAbsent(type.getSimpleName(), _ -> new TreeSet<>()).add(module(type));
      }
    }
    modules.values().removeIf(in -> in.size() < 2);
    assertEquals(Map.of(), modules);
  }

  @Test
  void noClassIsNamedAfterNothing() {
    classes()
        .should(
            new ArchCondition<>("have a name of the field") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                boolean vague =
                    type.getSimpleName().matches(".*(Manager|Helper|Util|Utils|Impl|Base)");
                events.add(
                    new SimpleConditionEvent(type, !vague, type.getName() + " says nothing"));
              }
            })
        .check(ALL);
  }
}
