package dev.imago.alerts;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Rules, as a YAML file tells them; `alert`, `for`, `labels` and `annotations` are Prometheus':
///
/// ```yaml
/// rules:
///   - alert: LossIsNaN
///     nan: {metric: loss}
///   - alert: QueueIsLong
///     threshold: {metric: queue_seconds, above: 0.5, over: 5m}
///     for: 5m
///     labels: {severity: page}
/// ```
public final class AlertRules {
  private static final int MOST = 1_000;
  private static final List<String> CONDITIONS =
      List.of(
          "threshold",
          "absence",
          "change",
          "forecast",
          "objective",
          "budget",
          "nan",
          "spike",
          "stall",
          "gap");
  private static final List<String> FIELDS = fields();
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final List<AlertRule> rules;
  private final List<String> groupBy;
  private final Receivers.Addresses receivers;
  private final List<MetricSelector> metrics;

  private AlertRules(List<AlertRule> rules, List<String> groupBy, Receivers.Addresses receivers) {
    this.rules = List.copyOf(rules);
    this.groupBy = List.copyOf(groupBy);
    this.receivers = receivers;
    this.metrics =
        rules.stream()
            .flatMap(rule -> rule.condition().metrics().stream())
            .distinct()
            .map(MetricSelector::parse)
            .toList();
  }

  private static List<String> fields() {
    var all = new ArrayList<>(List.of("alert", "for", "labels", "annotations"));
    all.addAll(CONDITIONS);
    return List.copyOf(all);
  }

  /// @throws ConfigException naming the file, the rule and what is wrong in it
  public static AlertRules read(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      return parse(Files.readString(file), folder == null ? file : folder);
    } catch (ConfigException e) {
      throw new ConfigException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// @param yaml rules as a file tells them
  /// @throws ConfigException naming the rule and what is wrong in it
  public static AlertRules parse(String yaml) {
    return parse(yaml, Path.of(""));
  }

  private static AlertRules parse(String yaml, Path folder) {
    JsonNode tree;
    try {
      tree = YAML.readTree(yaml);
    } catch (JacksonException e) {
      throw new ConfigException(
          "not YAML (%s)".formatted(e.getOriginalMessage().lines().findFirst().orElse("")), e);
    }
    RuleFields all = new RuleFields("the file", tree).only(List.of("rules", "route", "receivers"));
    JsonNode list = all.node().path("rules");
    if (!list.isArray() || list.isEmpty() || list.size() > MOST) {
      throw new ConfigException("rules is no list of 1 … %d rules".formatted(MOST));
    }
    var rules = new ArrayList<AlertRule>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      RuleFields fields = new RuleFields("rules[%d]".formatted(i), list.get(i)).only(FIELDS);
      String name = fields.text("alert");
      if (!names.add(name)) {
        throw new ConfigException("two rules are named %s; give each its own name".formatted(name));
      }
      add(rules, name, new RuleFields(name, fields.node()));
    }
    return new AlertRules(rules, groupBy(all), Receivers.read(all, folder));
  }

  /// Alertmanager's `route.group_by`.
  private static List<String> groupBy(RuleFields all) {
    if (!all.has("route")) {
      return List.of("alertname");
    }
    RuleFields route = new RuleFields("route", all.node().path("route")).only(List.of("group_by"));
    var labels = new ArrayList<String>();
    for (JsonNode each : route.node().path("group_by")) {
      if (!each.isString()) {
        throw new ConfigException("route.group_by holds no names of labels");
      }
      labels.add(each.asString());
    }
    if (labels.isEmpty()) {
      throw new ConfigException(
          "route.group_by is missing, or names no label; [alertname] is usual");
    }
    return labels;
  }

  private static void add(List<AlertRule> to, String name, RuleFields fields) {
    List<String> given = CONDITIONS.stream().filter(fields::has).toList();
    if (given.size() != 1) {
      throw new ConfigException(
          "%s has %s; give one of %s"
              .formatted(
                  name,
                  given.isEmpty() ? "no condition" : "several conditions: " + given,
                  String.join(", ", CONDITIONS)));
    }
    String kind = given.getFirst();
    double hold = fields.duration("for", "0s");
    Map<String, String> labels = fields.texts("labels");
    Map<String, String> annotations = fields.texts("annotations");
    var part = new RuleFields(name + "." + kind, fields.node().path(kind));
    if (!kind.equals("objective")) {
      to.add(new AlertRule(name, condition(kind, part), hold, labels, annotations));
      return;
    }
    part.only(List.of("errors", "total", "target", "errorsAtLeast"));
    burn(to, name, part, hold, labels, annotations, 14.4, 3600, 300, "page");
    burn(to, name, part, hold, labels, annotations, 6, 6 * 3600, 1800, "page");
    burn(to, name, part, hold, labels, annotations, 1, 3 * 86_400, 6 * 3600, "ticket");
  }

  private static void burn(
      List<AlertRule> to,
      String name,
      RuleFields part,
      double hold,
      Map<String, String> labels,
      Map<String, String> annotations,
      double factor,
      double longWindow,
      double shortWindow,
      String severity) {
    var all = new HashMap<>(Map.of("severity", severity, "window", PromQl.time(longWindow)));
    all.putAll(labels);
    to.add(
        new AlertRule(
            name,
            new Condition.Burn(
                part.metric("errors"),
                part.metric("total"),
                target(part),
                factor,
                longWindow,
                shortWindow,
                part.number("errorsAtLeast", 5, 1, 1e12)),
            hold,
            all,
            annotations));
  }

  private static double target(RuleFields part) {
    double target = part.number("target", 0.999, 0, 0.999999);
    if (!part.has("target")) {
      throw new ConfigException(part.where() + ": target is missing; 0.999 is usual");
    }
    return target;
  }

  private static Condition condition(String kind, RuleFields part) {
    return switch (kind) {
      case "threshold" -> {
        part.only(List.of("metric", "above", "below", "over"));
        boolean above = part.above();
        double bound = part.number(above ? "above" : "below");
        yield new Condition.Threshold(
            part.metric("metric"), above, bound, part.window("over", "5m"));
      }
      case "absence" -> {
        part.only(List.of("metric", "over"));
        yield new Condition.Absence(part.metric("metric"), part.window("over", "10m"));
      }
      case "change" -> {
        part.only(List.of("metric", "by", "over"));
        double by = part.number("by");
        if (by == 0) {
          throw new ConfigException(part.where() + ": by = 0 is no change; -0.3 is a fall by 30 %");
        }
        yield new Condition.Change(part.metric("metric"), by, part.window("over", "10m"));
      }
      case "forecast" -> {
        part.only(List.of("metric", "above", "below", "over", "within"));
        boolean above = part.above();
        double bound = part.number(above ? "above" : "below");
        yield new Condition.Forecast(
            part.metric("metric"),
            above,
            bound,
            part.window("over", "6h"),
            part.window("within", "1d"));
      }
      case "budget" -> {
        part.only(List.of("errors", "total", "target", "period", "spent", "errorsAtLeast"));
        double period = part.window("period", "30d");
        yield new Condition.Burn(
            part.metric("errors"),
            part.metric("total"),
            target(part),
            part.number("spent", 1, 0.01, 100),
            period,
            period,
            part.number("errorsAtLeast", 5, 1, 1e12));
      }
      case "nan" -> new Condition.NotANumber(part.only(List.of("metric")).metric("metric"));
      case "spike" -> {
        part.only(List.of("metric", "deviations", "over"));
        yield new Condition.Spike(
            part.metric("metric"),
            part.number("deviations", 6, 1, 1_000),
            part.window("over", "10m"));
      }
      case "stall" -> {
        part.only(List.of("metric", "over"));
        yield new Condition.Stall(part.metric("metric"), part.window("over", "10m"));
      }
      default -> {
        part.only(List.of("metric", "heldOut", "above"));
        yield new Condition.Gap(
            part.metric("metric"), part.metric("heldOut"), part.number("above"));
      }
    };
  }

  List<AlertRule> rules() {
    return rules;
  }

  /// By which labels alerts are told together.
  public List<String> groupBy() {
    return groupBy;
  }

  /// Where alerts go.
  public Receivers.Addresses receivers() {
    return receivers;
  }

  /// How far back the rules look, in seconds.
  public double reach() {
    return rules.stream().mapToDouble(rule -> rule.condition().reach()).max().orElse(0);
  }

  /// Whether some rule looks at a series.
  public boolean lookAt(String metric, Map<String, String> labels) {
    return metrics.stream().anyMatch(selector -> selector.matches(metric, labels));
  }

  /// The names of all rules.
  public Set<String> names() {
    var all = new TreeSet<String>();
    rules.forEach(rule -> all.add(rule.alert()));
    return all;
  }
}
