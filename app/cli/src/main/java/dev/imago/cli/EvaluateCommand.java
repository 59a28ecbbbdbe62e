package dev.imago.cli;

import picocli.CommandLine.Command;

/// Metrics by themselves, of files, useful in a pipe.
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Ask a model tasks; score texts against references; compare two systems on the same items.",
    footer = {
      "",
      "Examples:  imago evaluate suite arc.yaml weights/3f2a",
      "           imago evaluate score --metric bleu,chrf,rouge answers.txt references.txt",
      "           imago evaluate compare a.jsonl b.jsonl",
      "           imago evaluate check answers.jsonl --check numbers,refusal,repetition",
      "On its own held-out text and labels, `imago run` evaluates a model: step evaluate of a"
          + " recipe."
    },
    subcommands = {
      EvaluateSuiteCommand.class,
      EvaluateScoreCommand.class,
      EvaluateCompareCommand.class,
      EvaluateCheckCommand.class,
      EvaluateJudgeCommand.class,
      EvaluateContaminationCommand.class,
      EvaluateReportCommand.class,
      EvaluateGateCommand.class
    })
final class EvaluateCommand extends CommandGroup {}
