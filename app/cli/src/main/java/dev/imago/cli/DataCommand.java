package dev.imago.cli;

import picocli.CommandLine.Command;

/// Documents by themselves, each command useful in a pipe.
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description =
        "Read documents out of files of any kind, and the main text of pages; crawl sites; convert"
            + " tables of them; tell their languages, and what rules measure in them; leave out"
            + " what repeats and what tests hold; mask and sample them; tell why one went, and"
            + " forget one.",
    footer = {
      "",
      "Examples:",
      "  imago data read report.pdf --text",
      "  imago data read crawl.warc.gz dump.xml.bz2 books/ | head",
      "  curl -s https://example.org | imago data extract --format markdown",
      "  imago data convert rows.jsonl rows.parquet",
      "  imago data read notes/ | imago data mask --action=number"
    },
    subcommands = {
      DataReadCommand.class,
      DataExtractCommand.class,
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
final class DataCommand extends CommandGroup {}
