package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The descriptors of our modules, as they lie on this class path, in folders or jars.
class ModulesTest {
  /// Whose parts are open: to whoever builds a tokenizer (`decisions/0008`), reads files, or serves
  /// a task by routes of its own.
  private static final Set<String> IN_PARTS =
      Set.of("dev.imago.tokenizers", "dev.imago.corpus", "dev.imago.tasks");

  /// Of tests alone, and no module.
  private static final String FIXTURES = "imago-fixtures";

  private static Stream<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::exists);
  }

  private static boolean described(Path place) {
    return Files.isDirectory(place)
        ? Files.exists(place.resolve("module-info.class"))
        : String.valueOf(place.getFileName()).startsWith("imago-")
            && !String.valueOf(place.getFileName()).startsWith(FIXTURES);
  }

  private static Map<String, ModuleDescriptor> modules() {
    var modules = new TreeMap<String, ModuleDescriptor>();
    classPath()
        .filter(ModulesTest::described)
        .flatMap(place -> ModuleFinder.of(place).findAll().stream())
        .map(ModuleReference::descriptor)
        .forEach(module -> modules.put(module.name(), module));
    assumeFalse(modules.isEmpty(), "compiled without descriptors");
    return modules;
  }

  @Test
  void everyModuleHasADescriptor() {
    var without = new TreeSet<String>();
    modules().values().stream()
        .filter(ModuleDescriptor::isAutomatic)
        .forEach(module -> without.add(module.name()));
    assertEquals(Set.of(), without);
  }

  @Test
  void aModuleExportsThePackageOfItsNameAlone() {
    var further = new TreeSet<String>();
    modules()
        .forEach(
            (name, module) ->
                module.exports().stream()
                    .filter(export -> !export.isQualified() && !export.source().equals(name))
                    .filter(_ -> !IN_PARTS.contains(name))
                    .forEach(export -> further.add(export.source())));
    assertEquals(Set.of(), further);
  }
}
