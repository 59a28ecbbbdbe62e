package dev.imago.collect;

import dev.imago.collect.Collect.Config;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.corpus.extract.ExtractionListener;
import dev.imago.corpus.extract.FileKind;
import dev.imago.corpus.extract.Magic;
import dev.imago.corpus.extract.Skip;
import dev.imago.corpus.extract.SourceFile;
import dev.imago.fetch.RemoteStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The files below the named sources, in one order on every machine.
final class Sources {
  private Sources() {}

  /// @throws ConfigException for a source that is not there or of no kind that is read
  static void check(Config config) {
    if (config.sources().isEmpty()) {
      throw new ConfigException(
          "no input is named; name a folder or file (%s) with --input PATH or collect.sources"
              .formatted(FileKind.ENDINGS));
    }
    for (String source : config.sources()) {
      if (RemoteStore.isRemote(source)) {
        continue; // it is asked for when it is listed
      }
      Path path = Path.of(source);
      if (!Files.exists(path)) {
        String mend =
            path.endsWith("lib/src.zip")
                ? "this JDK came without its sources; install them (a package such as"
                    + " openjdk-25-source) or name documents of your own with --input PATH"
                : "name a folder or file (%s) with --input PATH or collect.sources"
                    .formatted(FileKind.ENDINGS);
        throw new ConfigException("%s is not there; %s".formatted(path, mend));
      }
      if (!Files.isDirectory(path)) {
        checkFile(path, config);
      }
    }
  }

  /// A file that was named itself is read as plain text whatever its ending, if it is text.
  private static void checkFile(Path path, Config config) {
    if (FileKind.of(path.toString(), config.textEndings()) != FileKind.OTHER) {
      return;
    }
    try {
      Magic magic = Magic.of(head(path));
      if (magic != null && !magic.read()) {
        throw new ConfigException(
            "%s is %s, which is not read: %s; these are: %s"
                .formatted(path, magic.words(), magic.mend(), FileKind.ENDINGS));
      }
    } catch (IOException e) {
      throw AtomicFile.failure("read", path, e);
    }
  }

  /// When a file last changed, in milliseconds since 1970.
  static long modifiedMillis(SourceFile file) {
    try {
      return Files.getLastModifiedTime(file.path()).toMillis();
    } catch (IOException e) {
      throw AtomicFile.failure("read", file.path(), e);
    }
  }

  private static byte[] head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(Magic.HEAD_BYTES);
    }
  }

  /// All files of a kind that is read; the listener is told of the others. Missing sources give
  /// none, nor do those behind addresses: [RemoteSources].
  static List<SourceFile> list(Config config, ExtractionListener listener) {
    var files = new ArrayList<SourceFile>();
    Map<String, Integer> roots = new HashMap<>();
    for (String source : config.sources()) {
      if (RemoteStore.isRemote(source)) {
        continue;
      }
      Path root = Path.of(source);
      if (!Files.exists(root)) {
        continue;
      }
      String name = rootName(root);
      int times = roots.merge(name, 1, Integer::sum);
      String unique = times == 1 ? name : name + "-" + times;
      try {
        var below = new ArrayList<SourceFile>();
        // A folder that was named itself is meant, be it by a link.
        Path walked = Files.isDirectory(root) ? root.toRealPath() : root;
        Files.walkFileTree(walked, new Walk(walked, unique, config, listener, below));
        below.sort(Comparator.comparing(SourceFile::name));
        files.addAll(below);
      } catch (IOException e) {
        throw AtomicFile.failure("read", root, e);
      }
    }
    return files;
  }

  private static String rootName(Path root) {
    Path name = root.toAbsolutePath().normalize().getFileName();
    return name == null ? "root" : name.toString();
  }

  /// Collects the files of one source. Links to folders are not followed: they may lead in circles.
  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final String rootName;
    private final Config config;
    private final ExtractionListener listener;
    private final List<SourceFile> found;

    Walk(
        Path root,
        String rootName,
        Config config,
        ExtractionListener listener,
        List<SourceFile> found) {
      this.root = root;
      this.rootName = rootName;
      this.config = config;
      this.listener = listener;
      this.found = found;
    }

    private String name(Path file) {
      String below = root.relativize(file).toString().replace('\\', '/');
      return below.isEmpty() ? rootName : rootName + "/" + below;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = String.valueOf(folder.getFileName());
      boolean skipped = name.startsWith(".") || config.skipFolders().contains(name);
      return skipped && !folder.equals(root)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      boolean hidden = String.valueOf(file.getFileName()).startsWith(".") && !file.equals(root);
      if (hidden) {
        return FileVisitResult.CONTINUE;
      }
      if (!Files.isRegularFile(file)) {
        if (attributes.isSymbolicLink()) {
          listener.in(0);
          listener.skip(
              Skip.LINK,
              null,
              name(file),
              Files.exists(file) ? "leads to a folder" : "leads to nothing that is there",
              0);
        }
        return FileVisitResult.CONTINUE;
      }
      FileKind kind = FileKind.of(file.toString(), config.textEndings());
      boolean other =
          kind == FileKind.OTHER || kind == FileKind.XML && Magic.of(head(file)) != Magic.MEDIAWIKI;
      if (other && !file.equals(root)) {
        listener.other(name(file), Files.size(file), () -> head(file));
        return FileVisitResult.CONTINUE;
      }
      // Whatever it is, it was named: plain text, if it is text.
      kind = other ? FileKind.OTHER : kind;
      // The attributes of a linked file are its own, not the link's.
      found.add(new SourceFile(file, name(file), kind, Files.size(file)));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      listener.skip(Skip.UNREADABLE, null, name(file), e.toString(), 0);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
      if (e != null) {
        listener.skip(Skip.UNREADABLE, null, name(folder), e.toString(), 0);
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
