package dev.imago.cli;

import dev.imago.core.InputException;
import dev.imago.core.Workspace;
import dev.imago.ngram.NgramFile;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramUnit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// N-gram models by themselves, each command useful in a pipe.
@Command(
    name = "ngram",
    mixinStandardHelpOptions = true,
    description = "Build, ask, measure, prune and convert n-gram language models.",
    footer = {
      "",
      "Examples:",
      "  imago ngram build corpus.txt --order 5 --out corpus.ngram",
      "  cat corpus.txt | imago ngram build --order 3 > corpus.arpa",
      "  echo 'to be or not to be' | imago ngram query corpus.ngram",
      "  imago ngram perplexity corpus.ngram news.arpa.gz --fit dev.txt --text test.txt"
    },
    subcommands = {
      NgramBuildCommand.class,
      NgramQueryCommand.class,
      NgramPerplexityCommand.class,
      NgramPruneCommand.class,
      NgramConvertCommand.class,
    })
final class NgramCommand extends CommandGroup {
  static final String MODEL = "A model of ours, an ARPA file (.gz too), or an artifact (ngram/…).";

  /// Opens a model by what a user calls it.
  ///
  /// @param unit what the words of an ARPA are
  /// @param folder for what does not fit into memory
  NgramModel open(String name, NgramUnit unit, Path folder, long memoryBytes) {
    Path path = Path.of(name);
    if (!Files.exists(path)) {
      if (!name.matches("(ngram/)?[0-9a-f]{4,64}")) {
        throw new InputException(
            "«%s» is neither a file nor an artifact; name a model, such as corpus.ngram or ngram/4f85"
                .formatted(name));
      }
      path = new Workspace(imago.workspace()).find(name).folder();
    }
    Path file = Files.isDirectory(path) ? path.resolve("model.ngram") : path;
    // A pipe may hold ARPA.
    if (!Files.exists(file) || Files.isDirectory(file)) {
      throw new InputException("%s holds no model.ngram; name a model's file".formatted(path));
    }
    return checked(() -> NgramFile.open(file, unit, folder, memoryBytes));
  }

  /// What a library refuses is the data's fault.
  static <T> T checked(Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  /// A folder for sorted runs and converted files, which is removed with all in it, by Ctrl-C too.
  static final class Scratch implements AutoCloseable {
    private final Path folder;
    private final Thread atExit = new Thread(this::removeQuietly, "remove");

    Scratch() {
      try {
        folder = Files.createTempDirectory("imago-ngram");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(atExit);
    }

    Path folder() {
      return folder;
    }

    Path file(String name) {
      return folder.resolve(name);
    }

    private void remove() throws IOException {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }

    private void removeQuietly() {
      try {
        remove();
      } catch (IOException | UncheckedIOException _) {
        // What was interrupted still writes there.
      }
    }

    @Override
    public void close() {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException _) {
        return; // the process is ending, and the hook at work
      }
      try {
        remove();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
