package dev.imago.alerts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Rules as a file for Prometheus' `rule_files`.
public final class PrometheusRules {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .disable(YAMLWriteFeature.SPLIT_LINES)
          .build();

  private PrometheusRules() {}

  /// @param group the name of their group
  public static String of(AlertRules rules, String group) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (AlertRule rule : rules.rules()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("alert", rule.alert());
      each.put("expr", rule.condition().promql());
      if (rule.hold() > 0) {
        each.put("for", PromQl.time(rule.hold()));
      }
      if (!rule.labels().isEmpty()) {
        each.put("labels", new TreeMap<>(rule.labels()));
      }
      if (!rule.annotations().isEmpty()) {
        each.put("annotations", new TreeMap<>(rule.annotations()));
      }
      all.add(each);
    }
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", group);
    one.put("rules", all);
    return YAML.writeValueAsString(Map.of("groups", List.of(one)));
  }
}
