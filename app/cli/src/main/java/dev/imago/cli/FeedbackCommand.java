package dev.imago.cli;

import dev.imago.feedback.PreferenceExport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Turns what users said into the next round's data.
@Command(
    name = "feedback",
    mixinStandardHelpOptions = true,
    description = "Turn what users said into the next round's data.",
    subcommands = {
      FeedbackCommand.Export.class,
      FeedbackQueueCommand.class,
      FeedbackForgetCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  imago feedback export --out preferences.jsonl",
      "  imago feedback queue reviews",
      "  imago feedback forget user-7"
    })
final class FeedbackCommand implements Callable<Integer> {
  @ParentCommand Imago imago = new Imago();

  @Override
  public Integer call() {
    System.out.println(
        "`imago feedback export` writes a preference file, `queue` makes items of kept answers,"
            + " `forget` deletes what a user said; --help tells more");
    return 0;
  }

  /// Writes a preference file.
  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = {
        "Write the ratings as a file to learn from (JSONL), in TRL's forms:",
        "  preference     {prompt, chosen, rejected}, of prompts rated up and down, of choices",
        "                 between two and of corrections (DPO)",
        "  unpaired       {prompt, completion, label}, every rated answer (KTO)",
        "  demonstration  {prompt, completion}, the answers rated up and corrections",
        "                 (supervised tuning)",
        "  rest           as unpaired, what preference leaves over"
      },
      footer = {"", "Example:  imago feedback export --format unpaired --out kto.jsonl"})
  static final class Export implements Callable<Integer> {
    @ParentCommand private FeedbackCommand parent = new FeedbackCommand();

    @Option(names = "--out", paramLabel = "FILE", description = "Default: preferences.jsonl.")
    private Path out = Path.of("preferences.jsonl");

    @Option(
        names = "--format",
        description = "preference (default), unpaired, demonstration or rest.")
    private PreferenceExport.Format format = PreferenceExport.Format.PREFERENCE;

    @Option(
        names = "--log",
        paramLabel = "FILE",
        description = "The rating log (default: ratings.jsonl in the workspace).")
    private @Nullable Path log;

    @Override
    public Integer call() {
      Path from = log == null ? parent.imago.workspace().resolve("ratings.jsonl") : log;
      PreferenceExport.Summary summary = PreferenceExport.export(from, out, format);
      System.out.printf(
          "%s: %d rows, of %d ratings (%d pairs, %d in no pair, %d contradictory%s)%n",
          out,
          summary.rows(),
          summary.ratings(),
          summary.pairs(),
          summary.rest(),
          summary.contradictory(),
          summary.bareTexts() == 0
              ? ""
              : ", %d of texts that are no conversations".formatted(summary.bareTexts()));
      return 0;
    }
  }
}
