package dev.imago.prepare;

import dev.imago.core.Run;
import dev.imago.corpus.CorpusRules;
import java.nio.file.Path;
import java.util.List;

/// Does the work of [Prepare] in its place, elsewhere: the same files, and the same said of them.
public interface PrepareEngine {
  /// @param raw a folder of `raw-*.jsonl.zst`
  /// @param signatures files of earlier corpora
  /// @param forgotten ids that no corpus may hold ([Forgotten]); the file need not exist
  /// @param corpus where `train-*` and `heldout-*` are to be
  /// @param rejects where the rest is to be
  record Request(
      Path raw,
      List<Path> signatures,
      CorpusRules rules,
      Path forgotten,
      Path corpus,
      Path rejects) {
    public Request {
      signatures = List.copyOf(signatures);
    }
  }

  void prepare(Request request, Run run) throws InterruptedException;
}
