package dev.imago.alerts;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ObjDoubleConsumer;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Which alerts there are, and what was told of them. Used by one thread.
public final class AlertBook {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String NO_ALERTS =
      "%s holds no alerts; delete it, and those that fire are told anew";

  private final Map<Map<String, String>, Alert> alerts = new LinkedHashMap<>();
  private double evaluated;

  /// Tells a group of alerts: those of one rule that fire, or that are resolved.
  @FunctionalInterface
  public interface Outlet {
    /// @return whether they arrived; where not, they are told again next time
    boolean tell(List<Alert> group);
  }

  /// What a file keeps.
  ///
  /// @param alerts that are pending or firing, and those whose end is still to be told
  /// @param evaluated as [#evaluated]
  record Kept(List<Alert> alerts, double evaluated) {
    Kept {
      alerts = List.copyOf(alerts);
    }
  }

  /// Takes up what an earlier process left.
  ///
  /// @throws InputException for a file that holds no alerts
  public static AlertBook open(Path file) {
    var book = new AlertBook();
    if (Files.exists(file)) {
      try {
        Kept kept = JSON.readValue(Files.readString(file), Kept.class);
        if (kept == null) {
          throw new InputException(NO_ALERTS.formatted(file));
        }
        book.evaluated = kept.evaluated();
        for (Alert alert : kept.alerts()) {
          book.alerts.put(alert.labels(), alert);
        }
      } catch (IOException e) {
        throw AtomicFile.failure("read", file, e);
      } catch (JacksonException e) {
        throw new InputException(NO_ALERTS.formatted(file), e);
      }
    }
    return book;
  }

  /// Keeps it for the next process.
  ///
  /// @throws dev.imago.core.ImagoException when the file cannot be written
  public void save(Path file) {
    AtomicFile.write(
        file, JSON.writeValueAsString(new Kept(List.copyOf(alerts.values()), evaluated)));
  }

  /// The last time that was looked at, in seconds since 1970; 0 for none.
  public double evaluated() {
    return evaluated;
  }

  /// Looks at all rules at each point of the series after one time and until another, and between
  /// them at a pace: what a process that looked on all the while would have seen.
  ///
  /// @param every seconds
  /// @param changed is told of what [#evaluate] returns, with its time
  public void replay(
      AlertRules rules,
      List<Series> series,
      double from,
      double to,
      double every,
      ObjDoubleConsumer<Alert> changed) {
    var times = new TreeSet<Double>();
    for (Series each : series) {
      for (int i = each.until(from); i < each.until(to); i++) {
        times.add(each.time(i));
      }
    }
    for (double time = from + every; time < to; time += every) {
      times.add(time);
    }
    times.add(to);
    for (double time : times) {
      evaluate(rules, series, time).forEach(alert -> changed.accept(alert, time));
    }
  }

  /// Looks at all rules at a time. An alert whose end was told is forgotten.
  ///
  /// @param now in seconds since 1970; earlier than at the call before where a clock was set back
  /// @return the alerts that began to fire now, or were resolved
  public List<Alert> evaluate(AlertRules rules, List<Series> series, double now) {
    evaluated = now;
    var changed = new ArrayList<Alert>();
    Set<Map<String, String>> met = new HashSet<>();
    List<Series> there = series.stream().filter(each -> now <= each.end()).toList();
    for (AlertRule rule : rules.rules()) {
      for (Condition.Finding finding : rule.condition().findings(there, now)) {
        Map<String, String> labels = rule.labels(finding);
        met.add(labels);
        Alert before = alerts.get(labels);
        if (before != null && before.status() == Alert.Status.RESOLVED && before.told()) {
          // Nobody has heard of its end, such as one in a restart's gap: it goes on.
          before = before.as(Alert.Status.FIRING, now, finding.value());
        } else if (before == null || before.status() == Alert.Status.RESOLVED) {
          before =
              new Alert(
                  labels, rule.annotations(), Alert.Status.PENDING, now, 0, finding.value(), false);
        } else if (before.since() > now) {
          before = before.begun(now); // the clock was set back: it has not waited yet
        }
        boolean fires =
            before.status() == Alert.Status.FIRING || now - before.since() >= rule.hold();
        Alert.Status next = fires ? Alert.Status.FIRING : Alert.Status.PENDING;
        Alert after = before.as(next, now, finding.value());
        alerts.put(labels, after);
        if (next == Alert.Status.FIRING && before.status() != Alert.Status.FIRING) {
          changed.add(after);
        }
      }
    }
    for (Map.Entry<Map<String, String>, Alert> each : List.copyOf(alerts.entrySet())) {
      Alert alert = each.getValue();
      if (met.contains(each.getKey()) || alert.status() == Alert.Status.RESOLVED) {
        continue;
      }
      if (alert.status() == Alert.Status.PENDING) {
        alerts.remove(each.getKey());
        continue;
      }
      Alert over = alert.as(Alert.Status.RESOLVED, now, alert.value());
      changed.add(over);
      alerts.put(each.getKey(), over);
    }
    return changed;
  }

  /// Tells what was not told yet, in groups of one rule and status; what began to fire and was over
  /// since the last telling is told as resolved. What is silenced waits, and is told when the
  /// silence ends if it still fires then.
  ///
  /// @param silenced whether nobody is to hear of an alert now
  public void tell(Outlet outlet, Predicate<Alert> silenced) {
    tell(outlet, List.of("alertname"), silenced);
  }

  /// The same, in groups of alerts that have the same values of some labels.
  public void tell(Outlet outlet, List<String> groupBy, Predicate<Alert> silenced) {
    Map<String, List<Alert>> groups = new TreeMap<>();
    for (Alert alert : List.copyOf(alerts.values())) {
      boolean over = alert.status() == Alert.Status.RESOLVED;
      boolean due = over || alert.status() == Alert.Status.FIRING && !alert.told();
      if (due && silenced.test(alert)) {
        if (over && !alert.told()) {
          alerts.remove(alert.labels()); // nobody heard of it, nobody is to, and it is over
        }
      } else if (due) {
        groups
            .computeIfAbsent(
                alert.status() + " " + Webhook.group(alert, groupBy), _ -> new ArrayList<>())
            .add(alert);
      }
    }
    for (List<Alert> group : groups.values()) {
      if (!outlet.tell(List.copyOf(group))) {
        continue;
      }
      for (Alert alert : group) {
        if (alert.status() == Alert.Status.RESOLVED) {
          alerts.remove(alert.labels());
        } else {
          alerts.put(alert.labels(), alert.told(true));
        }
      }
    }
  }

  /// All alerts, those that fire first.
  public List<Alert> alerts() {
    return alerts.values().stream()
        .sorted(
            Comparator.comparing((Alert each) -> each.status() == Alert.Status.FIRING ? 0 : 1)
                .thenComparing(Alert::name)
                .thenComparing(Alert::since))
        .toList();
  }
}
