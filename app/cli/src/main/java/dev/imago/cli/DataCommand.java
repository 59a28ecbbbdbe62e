package dev.imago.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Documents by themselves, each command useful in a pipe.
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description =
        "Read documents out of files of any kind; crawl sites; convert tables of them; tell their"
            + " languages, and what rules measure in them; leave out what repeats and what tests"
            + " hold; mask and sample them; tell why one went, and forget one.",
    footer = {
      "",
      "Examples:",
      "  imago data read report.pdf --text",
      "  imago data read crawl.warc.gz dump.xml.bz2 books/ | head",
      "  imago data convert rows.jsonl rows.parquet",
      "  imago data read notes/ | imago data mask --action=number"
    },
    subcommands = {
      DataReadCommand.class,
      DataCrawlCommand.class,
      DataConvertCommand.class,
      DataIdentifyCommand.class,
      DataLanguagesCommand.class,
      DataStatsCommand.class,
      MaskCommand.class,
      DataSampleCommand.class,
      DataDedupCommand.class,
      DataDecontaminateCommand.class,
      DataWhyCommand.class,
      DataForgetCommand.class
    })
final class DataCommand implements Callable<Integer> {
  @ParentCommand Imago imago = new Imago();
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().usage(System.out);
    }
    return 0;
  }
}
