package dev.imago.spark;

import dev.imago.corpus.extract.FileKind;
import java.io.Serializable;
import java.util.List;

/// A part of the input that one task reads.
///
/// @param files in order
record InputPart(Form form, List<InputFile> files) implements Serializable {
  /// What the files are.
  enum Form {
    /// Shards of documents that were collected before.
    SHARDS,
    /// Files that documents are read out of.
    FILES,
    /// Signatures of an earlier corpus.
    SIGNATURES
  }

  /// @param uri where it is
  /// @param name its name in a document's id
  record InputFile(String uri, String name, FileKind kind, long bytes) implements Serializable {}
}
