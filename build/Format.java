import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/// Checks (`check ROOT`) or rewrites (`write ROOT`) every Java source below a folder with
/// google-java-format. The build runs it on JDK 25, whatever JDK Maven itself runs on.
final class Format {
  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    List<Path> sources;
    try (Stream<Path> files = Files.walk(root)) {
      sources =
          files
              .filter(f -> f.toString().endsWith(".java"))
              .filter(f -> !root.relativize(f).toString().matches("(.*/)?(target|\\..*)/.*"))
              .sorted()
              .toList();
    }
    var wrong = new ConcurrentLinkedQueue<String>();
    sources.parallelStream()
        .forEach(
            file -> {
              try {
                String before = Files.readString(file);
                String after = RemoveUnusedImports.removeUnusedImports(before);
                after =
                    new Formatter().formatSource(ImportOrderer.reorderImports(after, Style.GOOGLE));
                if (before.equals(after)) {
                  return;
                }
                if (write) {
                  Files.writeString(file, after);
                } else {
                  wrong.add(root.relativize(file).toString());
                }
              } catch (Exception e) {
                wrong.add(root.relativize(file) + ": " + e.getMessage());
              }
            });
    wrong.stream().sorted().forEach(w -> System.err.println("not formatted: " + w));
    if (!wrong.isEmpty()) {
      System.err.println("To format: mvn -pl build process-sources -Dformat=write");
      System.exit(1);
    }
  }
}
