package dev.imago.spark;

import dev.imago.collect.Collect;
import dev.imago.core.ConfigException;
import dev.imago.core.Recipe;
import dev.imago.corpus.CorpusRules;
import dev.imago.corpus.QualityRules;
import dev.imago.corpus.extract.FileKind;
import dev.imago.prepare.Forgotten;
import dev.imago.prepare.TestedRecipe;
import dev.imago.spark.RemoteFiles.Written;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A recipe's `collect` and `prepare` on a cluster.
@Command(
    name = "dev.imago.spark.PrepareOnSpark",
    mixinStandardHelpOptions = true,
    description = {
      "Make a corpus on Spark: a recipe's collect and prepare, the same bytes as on one machine.",
      "Leaves corpus/ and rejects/ in the output folder."
    },
    footer = {
      "",
      "Example:  spark-submit --class dev.imago.spark.PrepareOnSpark imago-spark.jar documents.yaml"
          + " --input hdfs:///crawl --output hdfs:///made"
    })
public final class PrepareOnSpark extends Job {
  @Option(
      names = "--input",
      paramLabel = "URI",
      description =
          "Documents: files of any kind that collect reads, or a folder of raw-*.jsonl.zst."
              + " Repeatable; without it those of the recipe's collect.")
  private List<String> inputs = List.of();

  @Option(
      names = "--signatures",
      paramLabel = "URI",
      description = "A signatures.bin of an earlier corpus, which is not repeated. Repeatable.")
  private List<String> signatures = List.of();

  @Option(
      names = "--forgotten",
      paramLabel = "FILE",
      description = "Ids, a line each, that no corpus may hold (`imago data forget` writes them).")
  private @Nullable Path forgotten;

  public static void main(String[] arguments) {
    System.exit(main(new PrepareOnSpark(), arguments));
  }

  @Override
  void run(Recipe recipe, JavaSparkContext spark, RemoteFiles files) {
    Recipe tested = TestedRecipe.of(recipe);
    Collect.Config collect = settings(tested, "collect", Collect.Config.defaults());
    CorpusRules rules = settings(tested, "prepare", CorpusRules.defaults());
    rules.check();
    refuseUnmeasured(rules.prose().quality());
    rules.repeats().refuseParts();
    if (collect.leastRead() != Collect.Config.defaults().leastRead()) {
      throw new ConfigException(
          "collect.leastRead = %s is not measured on Spark; leave it out"
              .formatted(collect.leastRead()));
    }
    List<String> sources = inputs.isEmpty() ? collect.sources() : inputs;
    if (sources.isEmpty()) {
      throw new ConfigException("no input is named; name a folder or file with --input");
    }
    var found = new InputFiles(files, collect.extraction(), collect.skipFolders());
    var parts = new ArrayList<>(found.parts(sources));
    if (found.passedOver() > 0) {
      told.note(
          "%,d files are of no kind that is read, and are passed over"
              .formatted(found.passedOver()));
    }
    for (String each : signatures) {
      var file = new InputPart.InputFile(each, each, FileKind.OTHER, files.status(each).getLen());
      parts.add(new InputPart(InputPart.Form.SIGNATURES, List.of(file)));
    }
    Forgotten gone = forgotten == null ? Forgotten.none() : Forgotten.read(forgotten);
    var tools = new Tools(rules, gone, collect.extraction(), files);
    tools.each().tell(String.valueOf(forgotten), told);
    List<List<Written>> written =
        new PrepareFlow(spark, told, tools, partitions(spark)).run(parts, output);
    tellMade("corpus", output + "/corpus", written.getFirst());
    tellMade("corpus", output + "/rejects", written.getLast());
  }

  /// Refuses bounds that nothing here measures.
  static void refuseUnmeasured(QualityRules quality) {
    quality.checkModel();
    if (!quality.percentiles().isEmpty()) {
      throw new ConfigException(
          "prepare.prose.quality.percentiles = %s are not measured on Spark; `imago run` notes which perplexities they are: give those as minPerplexity and maxPerplexity"
              .formatted(quality.percentiles()));
    }
  }
}
