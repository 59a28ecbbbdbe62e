package dev.imago.cli;

import picocli.CommandLine.Command;

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
      "  imago alerts silence alertname=LossSpike --for 2h",
      "  imago alerts export alerts.yaml > imago.rules.yml",
      "  imago alerts drift evaluated.jsonl asked.jsonl --field language"
    },
    subcommands = {
      AlertsTestCommand.class,
      AlertsCheckCommand.class,
      AlertsSilenceCommand.class,
      AlertsExportCommand.class,
      AlertsDriftCommand.class
    })
final class AlertsCommand extends CommandGroup {}
