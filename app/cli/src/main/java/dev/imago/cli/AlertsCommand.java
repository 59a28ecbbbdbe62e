package dev.imago.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// Rules over what runs measure.
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = "Alert on what runs measure, try rules against the past, look for drift.",
    footer = {
      "",
      "Examples:",
      "  imago alerts test alerts.yaml",
      "  imago alerts check alerts.yaml --webhook http://127.0.0.1:9000/hook",
      "  imago alerts export alerts.yaml > imago.rules.yml",
      "  imago alerts drift evaluated.jsonl asked.jsonl --field language"
    },
    subcommands = {
      AlertsTestCommand.class,
      AlertsCheckCommand.class,
      AlertsExportCommand.class,
      AlertsDriftCommand.class
    })
final class AlertsCommand implements Callable<Integer> {
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
