package dev.imago.spark;

import dev.imago.core.ConfigException;
import dev.imago.corpus.extract.ExtractionSettings;
import dev.imago.corpus.extract.FileKind;
import dev.imago.corpus.extract.Magic;
import dev.imago.spark.InputPart.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/// What there is to read, in parts, in the order that `collect` has on one machine: sources as
/// given, the files of each by name.
final class InputFiles {
  /// A task of less does not pay for its start.
  private static final long PART_BYTES = 64L << 20;

  private final RemoteFiles files;
  private final ExtractionSettings extraction;
  private final List<String> skipFolders;
  private final Map<String, Integer> roots = new HashMap<>();
  private long passedOver;

  InputFiles(RemoteFiles files, ExtractionSettings extraction, List<String> skipFolders) {
    this.files = files;
    this.extraction = extraction;
    this.skipFolders = skipFolders;
  }

  /// The shards of one split in a folder, in order.
  static List<InputFile> shards(RemoteFiles files, String folder, String split) {
    return files.list(folder).stream()
        .filter(file -> file.getPath().getName().matches(split + "-\\d+\\.jsonl\\.zst"))
        .map(InputFiles::shard)
        .toList();
  }

  private static InputFile shard(FileStatus file) {
    return new InputFile(
        file.getPath().toString(), file.getPath().getName(), FileKind.OTHER, file.getLen());
  }

  /// How many files are of no kind that is read.
  long passedOver() {
    return passedOver;
  }

  /// The parts of sources: of a folder of shards each shard, else files together.
  List<InputPart> parts(List<String> sources) {
    var parts = new ArrayList<InputPart>();
    var waiting = new ArrayList<InputFile>();
    for (String source : sources) {
      if (!files.exists(source)) {
        throw new ConfigException(
            "%s is not there; name a folder or file with --input".formatted(source));
      }
      List<InputFile> shards = files.isFolder(source) ? shards(files, source, "raw") : List.of();
      if (shards.isEmpty()) {
        waiting.addAll(below(source));
      } else {
        together(waiting, parts);
        shards.forEach(shard -> parts.add(new InputPart(InputPart.Form.SHARDS, List.of(shard))));
      }
    }
    together(waiting, parts);
    if (parts.isEmpty()) {
      throw new ConfigException(
          "no file of a kind that is read (%s) in %s; name others with --input, or their endings with collect.textEndings"
              .formatted(FileKind.ENDINGS, String.join(", ", sources)));
    }
    return parts;
  }

  private static void together(List<InputFile> waiting, List<InputPart> parts) {
    var part = new ArrayList<InputFile>();
    long bytes = 0;
    for (InputFile file : waiting) {
      if (!part.isEmpty() && bytes + file.bytes() > PART_BYTES) {
        parts.add(new InputPart(InputPart.Form.FILES, List.copyOf(part)));
        part.clear();
        bytes = 0;
      }
      part.add(file);
      bytes += file.bytes();
    }
    if (!part.isEmpty()) {
      parts.add(new InputPart(InputPart.Form.FILES, List.copyOf(part)));
    }
    waiting.clear();
  }

  private List<InputFile> below(String source) {
    FileStatus root = files.status(source);
    String name = new Path(source).getName();
    int times = roots.merge(name, 1, Integer::sum);
    String unique = times == 1 ? name : name + "-" + times;
    var found = new ArrayList<InputFile>();
    if (root.isDirectory()) {
      walk(root.getPath().toString(), unique, found);
      found.sort(Comparator.comparing(InputFile::name));
    } else {
      found.add(file(root, unique));
    }
    return found;
  }

  private void walk(String folder, String name, List<InputFile> found) {
    for (FileStatus each : files.list(folder)) {
      String own = each.getPath().getName();
      String below = name + "/" + own;
      if (own.startsWith(".")) {
        continue;
      }
      if (each.isDirectory()) {
        if (!skipFolders.contains(own)) {
          walk(each.getPath().toString(), below, found);
        }
        continue;
      }
      InputFile file = file(each, below);
      if (file.kind() == FileKind.OTHER) {
        passedOver++;
      } else {
        found.add(file);
      }
    }
  }

  /// What a file is: of another kind too where it was named itself, and is read if it is text.
  private InputFile file(FileStatus file, String name) {
    String uri = file.getPath().toString();
    FileKind kind = FileKind.of(uri, extraction.textEndings());
    if (kind == FileKind.XML && !isDump(uri)) {
      kind = FileKind.OTHER;
    }
    return new InputFile(uri, name, kind, file.getLen());
  }

  private boolean isDump(String uri) {
    try (InputStream in = files.open(uri)) {
      return Magic.of(in.readNBytes(Magic.HEAD_BYTES)) == Magic.MEDIAWIKI;
    } catch (IOException e) {
      throw RemoteFiles.failure("read", uri, e);
    }
  }
}
