package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the build's own files promise.
class BuildTest {
  private static final Path ROOT = Path.of(System.getProperty("imago.root"));
  private static final Pattern MODULE =
      Pattern.compile("<module>((?:foundation|chain)/[a-z]+)</module>");
  private static final Pattern NAME =
      Pattern.compile("</parent>\\s*<artifactId>([a-z-]+)</artifactId>");
  private static final Pattern LISTED = Pattern.compile("<artifactId>(imago-[a-z]+)</artifactId>");

  private static String read(String file) throws Exception {
    return Files.readString(ROOT.resolve(file));
  }

  @Test
  void theBomNamesEveryModuleThatCanBeEmbedded() throws Exception {
    var modules = new TreeSet<String>();
    for (Matcher m = MODULE.matcher(read("pom.xml")); m.find(); ) {
      Matcher name = NAME.matcher(read(m.group(1) + "/pom.xml"));
      assertTrue(name.find(), m.group(1));
      modules.add(name.group(1));
    }
    modules.removeIf(name -> name.startsWith("imago-fixtures")); // for tests of ours alone
    var listed = new TreeSet<String>();
    for (Matcher m = LISTED.matcher(read("app/bom/pom.xml")); m.find(); ) {
      listed.add(m.group(1));
    }
    listed.remove("imago-bom");
    assertEquals(modules, listed);
  }

  @Test
  void whatServesBringsNoLibtorchIntoAClassPath() throws Exception {
    for (String module : new String[] {"chain/serve", "foundation/generate", "foundation/model"}) {
      String pom = read(module + "/pom.xml");
      assertTrue(!pom.contains("bytedeco") && !pom.contains("imago-torch"), module);
    }
  }

  /// Every Java file of ours, those of tests, measurements and checks, too.
  private static List<Path> sources() throws IOException {
    var sources = new ArrayList<Path>();
    for (String folder :
        List.of("foundation", "chain", "app", "engines", "build", "benchmarks", "conformance")) {
      Files.walkFileTree(
          ROOT.resolve(folder),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
              return at.endsWith("target")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.toString().endsWith(".java")) {
                sources.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return sources;
  }

  /// `ArchitectureTest` looks at what is on one class path; tests, programs and what Spark runs are
  /// not. A program's stand-in has its name, since it is started by that.
  @Test
  void noTwoFilesAreOfTheSameName() throws Exception {
    var places = new TreeMap<String, List<String>>();
    for (Path source : sources()) {
      String name = String.valueOf(source.getFileName());
      if (!name.endsWith("-info.java") && !name.equals("PrepareOnSpark.java")) {
        places
            .computeIfAbsent(name, _ -> new ArrayList<>())
            .add(ROOT.relativize(source).toString());
      }
    }
    assertTrue(places.size() > 2000, places.size() + " files were found");
    places.values().removeIf(of -> of.size() < 2);
    assertEquals(Map.of(), places);
  }

  @Test
  void aLongFileSaysWhyItIsOne() throws Exception {
    var silent = new TreeSet<String>();
    for (Path source : sources()) {
      if (Files.size(source) < 8_000) {
        continue; // no need to read it
      }
      List<String> lines = Files.readAllLines(source);
      if (lines.size() > 400
          && lines.stream().limit(1).noneMatch(line -> line.startsWith("// Past 400 lines: "))) {
        silent.add(ROOT.relativize(source) + ", " + lines.size());
      }
    }
    assertEquals(Set.of(), silent);
  }
}
