package dev.imago.corpus.extract;

import java.nio.file.Path;

/// A file to read.
///
/// @param path where it is on this machine
/// @param name its place for the artifact: the source's own name and the path below it, with `/`
/// @param kind what its ending says; [FileKind#OTHER] is read as plain text if it is text
/// @param bytes its size
/// @param from the byte at which reading begins: 0, or that of a record in an archive
public record SourceFile(Path path, String name, FileKind kind, long bytes, long from) {
  /// All of a file.
  public SourceFile(Path path, String name, FileKind kind, long bytes) {
    this(path, name, kind, bytes, 0);
  }
}
