package dev.imago.console.profiles;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Our processes on this machine, of this user, and what the JDK's `jcmd` can tell them to do.
public class JavaProcesses {
  private static final int PATIENCE_SECONDS = 30;
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern OURS =
      Pattern.compile("(?:dev\\.imago\\.cli/)?dev\\.imago\\.cli\\.Imago|\\S*/?imago[^/]*\\.jar");

  /// `jcmd` sends a signal first, by which another program would end: an editor that has our jar
  /// open is no process of ours.
  private static final Pattern JAVA = Pattern.compile(".*[/\\\\]javaw?(?:\\.exe)?");

  private final Path tool;

  public JavaProcesses() {
    this(Path.of(System.getProperty("java.home"), "bin", "jcmd"));
  }

  JavaProcesses(Path tool) {
    this.tool = tool;
  }

  /// One process.
  ///
  /// @param command what it was told to do, without options: they may hold keys
  public record Running(long pid, String command) {}

  /// Those that are at work now.
  public List<Running> list() {
    String user = ProcessHandle.current().info().user().orElse("");
    var all = new ArrayList<Running>();
    ProcessHandle.allProcesses()
        .filter(each -> each.info().user().orElse("").equals(user))
        .filter(each -> JAVA.matcher(each.info().command().orElse("")).matches())
        .forEach(
            each ->
                command(arguments(each))
                    .ifPresent(command -> all.add(new Running(each.pid(), command))));
    return all;
  }

  /// Linux tells them in a file, of any length; the JDK leaves out those that fill a page, as a
  /// class path does.
  private static List<String> arguments(ProcessHandle process) {
    Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.asList(
          new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).split("\0"));
    } catch (IOException _) {
      return process.info().arguments().map(List::of).orElse(List.of());
    }
  }

  /// What a Java of ours was told to do, up to the first option; empty for another program.
  static Optional<String> command(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      if (OURS.matcher(arguments.get(i)).matches()) {
        List<String> words = arguments.subList(i + 1, arguments.size());
        while (!words.isEmpty() && words.getFirst().startsWith("-")) {
          // Options that stand before the command: one of them has a value of its own.
          int taken = words.getFirst().equals("--workspace") ? 2 : 1;
          words = words.subList(Math.min(taken, words.size()), words.size());
        }
        return Optional.of(
            words.stream()
                .takeWhile(word -> !word.startsWith("-"))
                .limit(2)
                .collect(Collectors.joining(" ")));
      }
    }
    return Optional.empty();
  }

  /// Has a process do something, and returns what it says.
  ///
  /// @throws EnvironmentException where it does not answer, or there is no `jcmd`
  String tell(long pid, String... what) {
    if (!Files.isExecutable(tool)) {
      throw new EnvironmentException(
          "%s is not there: recordings need a JDK, and this Java is without its tools"
              .formatted(tool));
    }
    var command = new ArrayList<>(List.of(tool.toString(), Long.toString(pid)));
    command.addAll(Arrays.asList(what));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      // Whoever does not answer is ended, and the stream with it.
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                  }
                } catch (InterruptedException e) {
                  process.destroyForcibly();
                }
              });
      String said =
          new String(process.getInputStream().readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new EnvironmentException(
            "process %d does not answer: %s"
                .formatted(pid, said.lines().skip(1).findFirst().orElse("it may have ended")));
      }
      return said;
    } catch (IOException e) {
      throw new EnvironmentException("%s cannot be run: %s".formatted(tool, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted", e);
    }
  }
}
