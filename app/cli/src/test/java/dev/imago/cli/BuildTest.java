package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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
    modules.remove("imago-fixtures"); // for tests of ours alone
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
}
