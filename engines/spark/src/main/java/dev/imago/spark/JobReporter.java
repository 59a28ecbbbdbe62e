package dev.imago.spark;

import dev.imago.core.Reporter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a job says of itself, on standard output: lines for people, or a JSON object a line for the
/// program that started it (`note`; `table`, `header`, `rows`; `step`; `remark`; `made`; `error`,
/// `exit`).
final class JobReporter implements Reporter {
  private final PrintStream out;
  private final boolean json;

  JobReporter(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  private void say(ObjectNode line) {
    out.println(line);
    out.flush();
  }

  private static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }

  @Override
  public void note(String line) {
    if (json) {
      say(object().put("note", line));
    } else {
      out.println(line);
    }
  }

  @Override
  public void table(String title, List<String> header, List<List<String>> rows) {
    if (json) {
      ObjectNode line = object().put("table", title);
      row(line.putArray("header"), header);
      ArrayNode all = line.putArray("rows");
      rows.forEach(each -> row(all.addArray(), each));
      say(line);
    } else {
      out.println(title);
      rows.forEach(each -> out.println("  " + String.join("  ", each)));
    }
  }

  private static void row(ArrayNode to, List<String> cells) {
    cells.forEach(to::add);
  }

  /// What was made, and where; whoever started the program has asked for it by its place.
  void made(String folder, String artifact) {
    if (json) {
      say(object().put("made", artifact));
    } else {
      out.println(folder + ": " + artifact);
    }
  }

  /// What ended the job.
  void error(String message, int exitCode, PrintWriter err) {
    if (json) {
      say(object().put("error", message).put("exit", exitCode));
    } else {
      err.println("imago: " + message);
      err.flush();
    }
  }

  /// A part of the work begins; the one before has ended.
  void step(String name) {
    if (json) {
      say(object().put("step", name));
    } else {
      out.println(name + " …");
    }
  }

  void round(int round, long edges) {
    if (json) {
      say(object().put("remark", "round %d, %,d edges".formatted(round, edges)));
    } else {
      out.println("  round %d, %,d edges".formatted(round, edges));
    }
  }
}
