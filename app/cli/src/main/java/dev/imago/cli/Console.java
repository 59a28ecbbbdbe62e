package dev.imago.cli;

import dev.imago.core.Listener;
import dev.imago.core.Progress;
import dev.imago.core.Ref;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What people see while a recipe runs: a bar for each step on a terminal, plain lines elsewhere.
/// Progress goes to standard error, results to standard output.
final class Console implements Listener {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;
  private final boolean quiet;

  Console(PrintStream out, PrintStream err, boolean terminal, boolean quiet) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.quiet = quiet;
  }

  static Console of(Imago imago) {
    java.io.Console console = System.console();
    boolean terminal = console != null && console.isTerminal() && System.getenv("NO_COLOR") == null;
    return new Console(System.out, System.err, terminal, imago.quiet);
  }

  @Override
  public void started(String step, boolean resumed) {
    if (!quiet) {
      err.println(bold(step) + (resumed ? "  goes on where it stopped" : ""));
    }
  }

  /// A part of the work begins that is no step.
  void begins(String part, String what) {
    if (!quiet) {
      err.println(bold(part) + "  " + what);
    }
  }

  @Override
  public void reused(String step, Map<String, Ref> outputs) {
    if (!quiet) {
      err.println(bold(step) + "  done before: " + brief(outputs));
    }
  }

  @Override
  public void finished(String step, Map<String, Ref> outputs, Duration took) {
    if (!quiet) {
      err.println("  done in " + Quantity.of(took) + ": " + brief(outputs));
    }
  }

  @Override
  public Progress progress(String step, String what, long total, String unit) {
    return quiet ? Progress.NONE : new Bar(err, terminal, what, total, unit, System::nanoTime);
  }

  @Override
  public synchronized void note(String line) {
    if (!quiet) {
      err.println((terminal ? Bar.CLEAR : "") + "  " + line);
    }
  }

  @Override
  public void table(String title, List<String> header, List<List<String>> rows) {
    if (!quiet) {
      out.println();
      out.println("  " + title);
      out.print(Table.render(header, rows));
      out.println();
    }
  }

  private String bold(String text) {
    return terminal ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  static String brief(Map<String, Ref> outputs) {
    return outputs.entrySet().stream()
        .map(e -> e.getKey() + " = " + e.getValue().brief())
        .collect(Collectors.joining(", "));
  }
}
