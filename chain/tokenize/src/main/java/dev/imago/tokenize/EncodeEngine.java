package dev.imago.tokenize;

import dev.imago.core.Run;
import java.nio.file.Path;

/// Does the work of [EncodeCorpus] in its place, elsewhere: the same files, and the same said of
/// them.
public interface EncodeEngine {
  /// @param corpus a folder of `train-*.jsonl.zst` and `heldout-*.jsonl.zst`
  /// @param tokenizer its `tokenizer.json`
  /// @param tokens where the ids are to be
  record Request(Path corpus, Path tokenizer, EncodeCorpus.Config config, Path tokens) {}

  void encode(Request request, Run run) throws InterruptedException;
}
