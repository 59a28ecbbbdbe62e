package dev.imago.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The list of an artifact's files; the artifact's hash is the hash of their paths, sizes and
/// hashes.
///
/// @param files in the order of their paths
record Manifest(String kind, String hash, List<Entry> files) {
  static final String NAME = "manifest.json";
  private static final String PROVENANCE = "provenance.json";

  /// @param path relative, with forward slashes
  /// @param bytes the size
  /// @param sha256 of the content
  /// @param modifiedMillis when it was written: for the quick check alone, part of no hash
  record Entry(String path, long bytes, String sha256, long modifiedMillis) {}

  Manifest {
    files = List.copyOf(files);
  }

  /// Hashes a folder's files.
  static Manifest of(String kind, Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
    }
    var files = new ArrayList<Entry>();
    MessageDigest digest = Hashing.sha256();
    digest.update((kind + "\n").getBytes(StandardCharsets.UTF_8));
    for (Path path : paths) {
      String name = folder.relativize(path).toString().replace('\\', '/');
      if (name.equals(NAME) || name.equals(PROVENANCE)) {
        continue;
      }
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      var entry =
          new Entry(
              name, attributes.size(), Hashing.of(path), attributes.lastModifiedTime().toMillis());
      files.add(entry);
      digest.update(
          "%s\0%d\0%s\n"
              .formatted(entry.path(), entry.bytes(), entry.sha256())
              .getBytes(StandardCharsets.UTF_8));
    }
    return new Manifest(kind, Hashing.hex(digest), files);
  }

  /// What is wrong with the folder, or nothing.
  ///
  /// @param rehash whether to read every byte, or to trust sizes and times
  Optional<String> damage(Path folder, boolean rehash) {
    for (Entry entry : files) {
      Path path = folder.resolve(entry.path());
      try {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.size() != entry.bytes()) {
          return Optional.of(
              "%s has %d bytes, not %d".formatted(path, attributes.size(), entry.bytes()));
        }
        boolean touched = attributes.lastModifiedTime().toMillis() != entry.modifiedMillis();
        // A copied workspace has other times but the same bytes: then the bytes decide.
        if ((rehash || touched) && !Hashing.of(path).equals(entry.sha256())) {
          return Optional.of(path + " has other bytes than when it was written");
        }
      } catch (IOException e) {
        return Optional.of(path + " cannot be read");
      }
    }
    return Optional.empty();
  }

  long bytes() {
    return files.stream().mapToLong(Entry::bytes).sum();
  }
}
