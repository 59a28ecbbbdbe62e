package dev.imago.collect;

import java.nio.file.Path;

/// A file to read.
///
/// @param path where it is on this machine
/// @param name its place for the artifact: the source's own name and the path below it, with `/`
/// @param kind what its ending says, or plain text where it was named itself
/// @param bytes its size
/// @param modifiedMillis when it last changed, in milliseconds since 1970
record SourceFile(Path path, String name, Kind kind, long bytes, long modifiedMillis) {}
