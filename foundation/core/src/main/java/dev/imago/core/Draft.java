package dev.imago.core;

import java.nio.file.Path;

/// An artifact being written: a folder that becomes an artifact at once, or never.
///
/// Files are written straight into [#folder]; a kill leaves them unseen, and the next run of the
/// same key starts the draft afresh. No file of a draft may hold a time, a machine's name or a
/// path: the payload decides the artifact's name.
public interface Draft {
  /// The folder to write into; empty at first.
  Path folder();

  /// Hashes the files, writes the manifest last, and moves the folder to its place.
  <A extends Artifact> A commit(Class<A> kind);
}
