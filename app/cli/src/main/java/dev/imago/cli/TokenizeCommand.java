package dev.imago.cli;

import picocli.CommandLine.Command;

/// Tokenizers by themselves, each command useful in a pipe.
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description = "Train, use, look at, compare and convert tokenizers, of any common kind.",
    footer = {
      "",
      "Examples:",
      "  imago tokenize train corpus.txt --vocabulary-size 32768 --out tokenizer",
      "  echo 'Hello world' | imago tokenize encode tokenizer | imago tokenize decode tokenizer",
      "  imago tokenize compare tokenizer gpt2/tokenizer.json corpus.txt"
    },
    subcommands = {
      TokenizeTrainCommand.class,
      TokenizeEncodeCommand.class,
      TokenizeDecodeCommand.class,
      TokenizeInspectCommand.class,
      TokenizeCompareCommand.class,
      TokenizeConvertCommand.class,
    })
final class TokenizeCommand extends CommandGroup {}
