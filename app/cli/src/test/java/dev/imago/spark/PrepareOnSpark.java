package dev.imago.spark;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Stands in the place of the program of that name where there is no Spark: says what it is
/// expected to and writes what it is asked for.
public final class PrepareOnSpark {
  private PrepareOnSpark() {}

  public static void main(String[] words) throws Exception {
    List<String> said = List.of(words);
    if (!Files.readString(Path.of(words[0])).contains("heldoutFraction")) {
      System.exit(1);
    }
    if (said.get(said.indexOf("--input") + 1).endsWith("nothing")) {
      System.out.println("{\"error\": \"none is left\", \"exit\": 3}");
      System.exit(3);
    }
    System.out.println("{\"step\": \"judge\"}");
    System.out.println("a library's words");
    System.out.println("{\"note\": \"all is well\"}");
    System.out.println("{\"table\": \"T\", \"header\": [\"a\"], \"rows\": [[\"b\"]]}");
    Path out = Path.of(URI.create(said.get(said.indexOf("--output") + 1)));
    for (String side : new String[] {"corpus", "rejects"}) {
      Files.createDirectories(out.resolve(side));
      Files.writeString(out.resolve(side).resolve(side + ".txt"), side);
    }
  }
}
