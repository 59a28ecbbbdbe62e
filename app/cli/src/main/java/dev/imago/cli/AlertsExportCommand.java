package dev.imago.cli;

import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusRules;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Rules for Prometheus.
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Write rules as a rule file of Prometheus, to standard output.",
    footer = {"", "Example:  imago alerts export alerts.yaml > imago.rules.yml"})
final class AlertsExportCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "RULES", description = "The rules, in YAML.")
  private Path file = Path.of("");

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = "The group's name (default: imago).")
  private String group = "imago";

  @Override
  public Integer call() {
    System.out.print(PrometheusRules.of(AlertRules.read(file), group));
    return 0;
  }
}
