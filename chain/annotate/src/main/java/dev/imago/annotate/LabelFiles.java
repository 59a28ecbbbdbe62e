package dev.imago.annotate;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.data.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The files that hold a user's own labels: those named, and those of rows in the folders named.
final class LabelFiles {
  /// A file to read.
  ///
  /// @param name machine-independent: the name of what was named, then the path below it
  record LabelFile(String name, Path path, long bytes, long modifiedMillis) {}

  private LabelFiles() {}

  /// @param places files and folders, in order; paths within each are sorted
  /// @param plain whether a file that is named itself is read whatever its ending
  /// @throws ConfigException for what is not there or holds no rows
  static List<LabelFile> of(List<String> places, boolean plain) {
    var files = new ArrayList<LabelFile>();
    for (String place : places) {
      Path path = Path.of(place);
      if (place.isBlank() || !Files.exists(path)) {
        throw new ConfigException(
            "annotate.labels = «%s»: there is no such file or folder; give the path of your rows"
                .formatted(place));
      }
      int before = files.size();
      add(path, plain && Files.isRegularFile(path), files);
      if (files.size() == before) {
        throw new ConfigException(
            "annotate.labels = «%s» holds no rows: .jsonl, .json, .csv and .tsv are read, .gz or not"
                .formatted(place));
      }
    }
    return files;
  }

  /// The lines of a file of names; none for no file.
  ///
  /// @throws ConfigException where there is no such file, or one name stands twice
  static List<String> names(String file) {
    if (file.isEmpty()) {
      return List.of();
    }
    Path path = Path.of(file);
    if (!Files.isRegularFile(path)) {
      throw new ConfigException(
          "annotate.labelNames = «%s»: there is no such file; give one of a name a line"
              .formatted(file));
    }
    try {
      List<String> names =
          Files.readAllLines(path).stream().map(String::strip).filter(n -> !n.isEmpty()).toList();
      if (names.stream().distinct().count() < names.size()) {
        throw new ConfigException(
            "annotate.labelNames = «%s» holds a name twice; each stands for one class"
                .formatted(file));
      }
      return names;
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    }
  }

  private static void add(Path place, boolean any, List<LabelFile> files) {
    Path root = place.toAbsolutePath().normalize();
    String name = String.valueOf(root.getFileName());
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        String below = root.relativize(file).toString().replace('\\', '/');
        boolean hidden = !below.isEmpty() && (below.startsWith(".") || below.contains("/."));
        if (any || (Rows.Format.of(file.toString()) != null && !hidden)) {
          files.add(
              new LabelFile(
                  below.isEmpty() ? name : name + "/" + below,
                  file,
                  Files.size(file),
                  Files.getLastModifiedTime(file).toMillis()));
        }
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", root, e);
    }
  }
}
