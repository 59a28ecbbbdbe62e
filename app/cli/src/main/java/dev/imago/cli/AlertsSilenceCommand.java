package dev.imago.cli;

import dev.imago.alerts.Silences;
import dev.imago.core.ConfigException;
import dev.imago.core.Workspace;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Has nobody told of some alerts for a while.
@Command(
    name = "silence",
    mixinStandardHelpOptions = true,
    description = {
      "Have nobody told of alerts whose labels match, for a while; without any, list what is",
      "silenced. Operators are Alertmanager's: = != =~ !~."
    },
    footer = {
      "",
      "Examples:",
      "  imago alerts silence alertname=LossSpike run=~20261128.* --for 2h --comment warmup",
      "  imago alerts silence",
      "  imago alerts silence --end 3f2a91bc"
    })
final class AlertsSilenceCommand implements Callable<Integer> {
  @ParentCommand private AlertsCommand alerts = new AlertsCommand();

  @Parameters(
      arity = "0..*",
      paramLabel = "MATCHER",
      description = "A label and what it must be, all of which must hold.")
  private List<String> matchers = List.of();

  @Option(names = "--for", paramLabel = "TIME", description = "How long (default: 2h).")
  private String length = "2h";

  @Option(names = "--comment", paramLabel = "TEXT", description = "Why.")
  private String comment = "";

  @Option(names = "--end", paramLabel = "ID", description = "End a silence now.")
  private @Nullable String end;

  @Override
  public Integer call() {
    Silences silences = AlertWatch.silences(new Workspace(alerts.imago.workspace()));
    double now = Clock.systemUTC().millis() / 1000.0;
    if (end != null) {
      if (!matchers.isEmpty()) {
        throw new ConfigException("--end ends one silence, and matchers begin another: give one");
      }
      silences.end(end, now);
      System.out.println("silence " + end + " has ended");
    } else if (matchers.isEmpty()) {
      list(silences.open(now));
    } else {
      Silences.Silence made =
          silences.begin(
              matchers, now, AccountsOption.time("--for", length), AccountsOption.actor(), comment);
      System.out.printf("silence %s holds until %s%n", made.id(), time(made.until()));
    }
    return 0;
  }

  private static Instant time(double seconds) {
    return Instant.ofEpochSecond((long) seconds);
  }

  private static void list(List<Silences.Silence> silences) {
    var rows = new ArrayList<List<String>>();
    for (Silences.Silence each : silences) {
      rows.add(
          List.of(
              each.id(),
              String.join(" ", each.matchers()),
              time(each.until()).toString(),
              each.by(),
              each.comment()));
    }
    System.out.print(
        rows.isEmpty()
            ? "nothing is silenced%n".formatted()
            : Table.render(List.of("id", "alerts", "until", "by", "comment"), rows));
  }
}
