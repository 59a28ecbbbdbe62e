package dev.imago.annotate;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.NotTextException;
import dev.imago.data.Rows;
import dev.imago.data.TextEncoding;
import dev.imago.data.TextReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// The files that hold a user's own labels: those named, and those of rows in the folders named.
final class LabelFiles {
  /// A file to read.
  ///
  /// @param name machine-independent: the name of what was named, then the path below it
  record LabelFile(String name, Path path, long bytes, long modifiedMillis) {}

  /// What is done with the text of a file.
  interface Use {
    void of(TextReader text) throws IOException;
  }

  private LabelFiles() {}

  /// Reads a file, unpacked and decoded, and tells what is doubtful of its encoding.
  ///
  /// @param encoding empty to find it
  /// @throws InputException for what is no text
  static void read(LabelFile file, String encoding, Run run, Use use) {
    Charset named = encoding.isEmpty() ? null : Charset.forName(encoding);
    boolean packed = file.name().toLowerCase(Locale.ROOT).endsWith(".gz");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file.path()), 1 << 16);
        var text = new TextReader(packed ? new GZIPInputStream(in, 1 << 16) : in, named)) {
      use.of(text);
      TextEncoding found = text.encoding();
      if (found.certainty() == TextEncoding.Certainty.DOUBTFUL) {
        run.note(
            "%s: read as %s, which is doubtful; annotate.encoding names another"
                .formatted(file.name(), found.label()));
      }
      if (text.replaced() > 0) {
        run.note(
            "%s: %,d pieces are no %s and became «\ufffd», the first at byte %,d"
                .formatted(file.name(), text.replaced(), found.label(), text.firstReplaced()));
      }
    } catch (NotTextException e) {
      throw new InputException(
          "%s cannot be read as text (%s); name its encoding with annotate.encoding"
              .formatted(file.name(), e.getMessage()),
          e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file.path(), e);
    }
  }

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

  /// A classifier's file; none where none is named.
  ///
  /// @throws ConfigException where there is no such file
  static Optional<LabelFile> classifier(String file) {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Path path = Path.of(file);
    if (!Files.isRegularFile(path)) {
      throw new ConfigException(
          "annotate.classifier = «%s»: there is no such file; train one with `imago classify train`"
              .formatted(file));
    }
    try {
      return Optional.of(
          new LabelFile(
              String.valueOf(path.getFileName()),
              path,
              Files.size(path),
              Files.getLastModifiedTime(path).toMillis()));
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    }
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
      for (Path file : walk.filter(f -> !Files.isDirectory(f)).sorted().toList()) {
        String below = root.relativize(file).toString().replace('\\', '/');
        boolean hidden = !below.isEmpty() && (below.startsWith(".") || below.contains("/."));
        if (any || (Rows.Format.of(file.toString()) != null && !hidden)) {
          if (!Files.exists(file)) {
            throw new ConfigException(
                "annotate.labels: %s is a link to nothing that is there; mend or remove it"
                    .formatted(file));
          }
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
