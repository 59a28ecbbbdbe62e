package dev.imago.spark;

import dev.imago.core.Recipe;
import dev.imago.tokenize.EncodeCorpus;
import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A recipe's `encode` on a cluster.
@Command(
    name = "dev.imago.spark.EncodeOnSpark",
    mixinStandardHelpOptions = true,
    description = {
      "Encode a corpus to token shards on Spark: a recipe's encode, the same bytes as on one"
          + " machine.",
      "Leaves tokens/ in the output folder."
    },
    footer = {
      "",
      "Example:  spark-submit --class dev.imago.spark.EncodeOnSpark imago-spark.jar documents.yaml"
          + " --corpus hdfs:///made/corpus --vocabulary hdfs:///tokenizer.json --output"
          + " hdfs:///made"
    })
public final class EncodeOnSpark extends Job {
  @Option(
      names = "--corpus",
      paramLabel = "URI",
      required = true,
      description = "A folder of train-*.jsonl.zst and heldout-*.jsonl.zst.")
  private String corpus = "";

  @Option(
      names = "--vocabulary",
      paramLabel = "URI",
      required = true,
      description = "A tokenizer.json, or its folder.")
  private String vocabulary = "";

  public static void main(String[] arguments) {
    System.exit(main(new EncodeOnSpark(), arguments));
  }

  @Override
  void run(Recipe recipe, JavaSparkContext spark, RemoteFiles files) throws IOException {
    EncodeCorpus.Config config = settings(recipe, "encode", EncodeCorpus.Config.defaults());
    tellMade(
        "tokens",
        output + "/tokens",
        new EncodeFlow(spark, told, files).run(corpus, vocabulary, config, output));
  }
}
