package dev.imago.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The rules of the house that the compiler does not hold.
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.imago");

  private static final List<String> LINKS =
      List.of(
          "collect",
          "prepare",
          "annotate",
          "tokenize",
          "pretrain",
          "tune",
          "evaluate",
          "compress",
          "serve",
          "feedback");

  /// What each foundation module may see of ours.
  private static final Map<String, Set<String>> FOUNDATION =
      Map.of(
          "core", Set.of(),
          "data", Set.of("core"),
          "text", Set.of(),
          "tensor", Set.of(),
          "model", Set.of("tensor"),
          "torch", Set.of("tensor"),
          "training", Set.of("core", "data", "model", "tensor", "torch"),
          "generate", Set.of("text", "tensor", "model"));

  private static String packageOf(String module) {
    return "dev.imago." + module + "..";
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
          hidden.add("cli");
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

  @Test
  void whatTextIsMadeOfIsItsOwn() {
    noClasses()
        .that()
        .resideOutsideOfPackage(packageOf("text"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.imago.text.*..")
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
        .check(ALL);
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
