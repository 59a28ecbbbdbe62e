package dev.imago.cli;

import dev.imago.annotate.Annotate;
import dev.imago.collect.Collect;
import dev.imago.compress.Compress;
import dev.imago.core.Stage;
import dev.imago.evaluate.Evaluate;
import dev.imago.feedback.ExportFeedback;
import dev.imago.feedback.LabelRatings;
import dev.imago.prepare.Prepare;
import dev.imago.pretrain.Pretrain;
import dev.imago.tokenize.EncodeCorpus;
import dev.imago.tokenize.TrainTokenizer;
import dev.imago.tune.Tune;
import java.nio.file.Path;
import java.util.List;

/// All stages that recipes may name, wired here and nowhere else.
final class Catalog {
  private Catalog() {}

  /// @param workspace where the server writes what users say
  static List<Stage<?, ?, ?>> stages(Path workspace) {
    return List.of(
        new Collect(),
        new Prepare(),
        new Annotate(),
        new TrainTokenizer(),
        new EncodeCorpus(),
        new Pretrain(),
        new Tune(),
        new Evaluate(),
        new Compress(),
        new ExportFeedback(workspace.resolve("ratings.jsonl")),
        new LabelRatings());
  }
}
