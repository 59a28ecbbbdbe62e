package dev.imago.cli;

import dev.imago.accounts.RequestPolicy;
import dev.imago.accounts.TenantPolicies;
import dev.imago.compress.FileSize;
import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who may ask a server for what, and when, as a gateway's file has it.
final class PolicyFile {
  private PolicyFile() {}

  /// @param maxPrompt 0 for no bound; so with `maxAnswer`
  /// @param maxFiles of the organisation's files together, such as `2GB`; empty for no bound
  /// @param hours such as `08:00-18:00`; empty for all
  /// @param days of the week, such as `mon`; empty for all
  record PolicySetting(
      List<String> models,
      List<String> tools,
      int maxPrompt,
      int maxAnswer,
      String maxFiles,
      String hours,
      List<String> days) {
    static final PolicySetting USUAL =
        new PolicySetting(List.of("*"), List.of("*"), 0, 0, "", "", List.of());

    RequestPolicy policy() {
      return new RequestPolicy(
          models,
          tools,
          bound("maxPrompt", maxPrompt),
          bound("maxAnswer", maxAnswer),
          maxFiles.isEmpty() ? Long.MAX_VALUE : FileSize.parse("maxFiles", maxFiles),
          times());
    }

    private static int bound(String name, int tokens) {
      if (tokens < 0) {
        throw new ConfigException(
            "%s = %d is no number of tokens; 0 stands for no bound".formatted(name, tokens));
      }
      return tokens == 0 ? Integer.MAX_VALUE : tokens;
    }

    private RequestPolicy.Hours times() {
      Set<DayOfWeek> on = EnumSet.allOf(DayOfWeek.class);
      if (!days.isEmpty()) {
        on.clear();
        days.forEach(day -> on.add(day(day)));
      }
      if (hours.isEmpty()) {
        return new RequestPolicy.Hours(LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, on);
      }
      String[] ends = hours.split("-", -1);
      try {
        if (ends.length == 2) {
          return new RequestPolicy.Hours(
              LocalTime.parse(ends[0].strip()), LocalTime.parse(ends[1].strip()), on);
        }
      } catch (DateTimeException _) {
        // Told below.
      }
      throw new ConfigException(
          "hours = %s is no stretch of a day; give one like \"08:00-18:00\"".formatted(hours));
    }

    private static DayOfWeek day(String word) {
      for (DayOfWeek day : DayOfWeek.values()) {
        if (day.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(word)) {
          return day;
        }
      }
      throw new ConfigException(
          "days has «%s»; there are mon, tue, wed, thu, fri, sat, sun".formatted(word));
    }
  }

  static TenantPolicies read(JsonNode settings) {
    for (var field : settings.properties()) {
      if (!field.getKey().equals("all") && !field.getKey().equals("tenants")) {
        throw new ConfigException(
            "policy has no %s; it has all and tenants".formatted(field.getKey()));
      }
    }
    if (!settings.isObject() || settings.isEmpty()) {
      throw new ConfigException("policy holds no settings; write all: {maxAnswer: 500}, say");
    }
    if (settings.has("tenants") && !settings.get("tenants").isObject()) {
      throw new ConfigException(
          "policy.tenants is no list of tenants with their policies; write acme: {maxAnswer: 500}");
    }
    var byTenant = new HashMap<String, RequestPolicy>();
    for (var each : settings.path("tenants").properties()) {
      byTenant.put(each.getKey(), policy("policy.tenants." + each.getKey(), each.getValue()));
    }
    return new TenantPolicies(
        settings.has("all") ? policy("policy.all", settings.get("all")) : RequestPolicy.ANY,
        byTenant);
  }

  private static RequestPolicy policy(String where, JsonNode settings) {
    if (settings instanceof ObjectNode each) {
      return Binder.bind(where, each, PolicySetting.USUAL).policy();
    }
    throw new ConfigException(where + " holds no settings; write {maxAnswer: 500}, say");
  }
}
