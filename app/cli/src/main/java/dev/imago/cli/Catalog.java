package dev.imago.cli;

import dev.imago.annotate.Annotate;
import dev.imago.annotate.HoldOutFold;
import dev.imago.annotate.TrainQuality;
import dev.imago.collect.Collect;
import dev.imago.collect.Crawl;
import dev.imago.compress.Compress;
import dev.imago.compress.ExportOnnx;
import dev.imago.compress.Prune;
import dev.imago.core.Stage;
import dev.imago.count.CountNgrams;
import dev.imago.embed.TrainVectors;
import dev.imago.evaluate.CrossValidation;
import dev.imago.evaluate.Evaluate;
import dev.imago.feedback.ExportFeedback;
import dev.imago.feedback.LabelRatings;
import dev.imago.labelling.AwaitLabels;
import dev.imago.prepare.Forgotten;
import dev.imago.prepare.Prepare;
import dev.imago.prepare.SegmentCorpus;
import dev.imago.prepare.SignCorpus;
import dev.imago.pretrain.Pretrain;
import dev.imago.tokenize.EncodeCorpus;
import dev.imago.tokenize.TrainTokenizer;
import dev.imago.torch.ProcessGroup;
import dev.imago.tune.Tune;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All stages that recipes may name, wired here and nowhere else.
final class Catalog {
  private Catalog() {}

  /// @param workspace where the server writes what users say
  static List<Stage<?, ?, ?>> stages(Path workspace) {
    return stages(workspace, null, null);
  }

  /// @param workspace where the server writes what users say
  /// @param group of the processes that train together; null for one alone
  /// @param spark what prepares and encodes; null for this process
  static List<Stage<?, ?, ?>> stages(
      Path workspace, @Nullable ProcessGroup group, @Nullable SparkEngine spark) {
    return List.of(
        new Crawl(),
        new Collect(),
        new Prepare(workspace.resolve(Forgotten.NAME), spark),
        new SignCorpus(),
        new SegmentCorpus(),
        new Annotate(),
        new HoldOutFold(),
        new TrainQuality(),
        new TrainTokenizer(),
        new EncodeCorpus(spark),
        new CountNgrams(),
        new TrainVectors(),
        new Pretrain(group),
        new Tune(group),
        new Evaluate(),
        new CrossValidation(),
        new Compress(),
        new ExportOnnx(),
        new Prune(),
        new ExportFeedback(workspace.resolve("ratings.jsonl")),
        new LabelRatings(),
        new AwaitLabels(workspace.resolve("state")),
        new ModelInService(workspace),
        new PromoteModel(workspace));
  }
}
