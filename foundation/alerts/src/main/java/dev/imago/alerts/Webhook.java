package dev.imago.alerts;

import dev.imago.core.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/// Sends alerts to an address, in the JSON that Prometheus' Alertmanager sends its webhooks
/// (version 4), so that whatever takes those takes ours.
public final class Webhook implements AlertBook.Outlet {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private final URI address;
  private final List<String> groupBy;
  private final Consumer<String> problems;

  /// @param problems is told why alerts did not arrive
  public Webhook(URI address, Consumer<String> problems) {
    this(address, List.of("alertname"), problems);
  }

  /// @param groupBy the labels that the alerts of a group have in common
  public Webhook(URI address, List<String> groupBy, Consumer<String> problems) {
    this.address = address;
    this.groupBy = List.copyOf(groupBy);
    this.problems = problems;
  }

  @Override
  public boolean tell(List<Alert> group) {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(message(group, groupBy)))
            .build();
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status / 100 == 2) {
        return true;
      }
      problems.accept("%s answered %d; its alerts are sent again".formatted(where(), status));
    } catch (IOException e) {
      problems.accept("%s cannot be reached (%s); its alerts are sent again".formatted(where(), e));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /// Its path and query may be a secret, as those of chat services are.
  private String where() {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    return "%s://%s%s".formatted(address.getScheme(), address.getHost(), port);
  }

  /// An address that can be asked.
  ///
  /// @throws ConfigException for one that cannot
  public static URI address(String text) {
    URI address;
    try {
      address = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "the webhook's address is none: give http://127.0.0.1:9000/hook", e);
    }
    boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
    if (address.getHost() == null || !http || address.getPort() > 65_535) {
      throw new ConfigException(
          "the webhook %s is no address; give one like http://127.0.0.1:9000/hook"
              .formatted(address));
    }
    if (address.getRawUserInfo() != null) {
      throw new ConfigException(
          "the webhook's user and password before %s are not sent; leave them out"
              .formatted(address.getHost()));
    }
    return address;
  }

  /// The values of the labels by which an alert is grouped.
  static Map<String, String> group(Alert alert, List<String> groupBy) {
    var labels = new TreeMap<String, String>();
    for (String label : groupBy) {
      labels.put(label, alert.labels().getOrDefault(label, ""));
    }
    return labels;
  }

  /// @param group alerts of one status and of the same values of the labels
  static String message(List<Alert> group, List<String> groupBy) {
    Map<String, String> labels = common(group.stream().map(Alert::labels).toList());
    Map<String, String> annotations = common(group.stream().map(Alert::annotations).toList());
    Map<String, String> grouped = group(group.getFirst(), groupBy);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("version", "4");
    all.put("groupKey", "{}:" + PrometheusText.key("", grouped));
    all.put("truncatedAlerts", 0);
    all.put("status", status(group.getFirst()));
    all.put("receiver", "imago");
    all.put("groupLabels", grouped);
    all.put("commonLabels", labels);
    all.put("commonAnnotations", annotations);
    all.put("externalURL", "");
    List<Map<String, Object>> alerts = new ArrayList<>();
    for (Alert alert : group) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("status", status(alert));
      each.put("labels", new TreeMap<>(alert.labels()));
      each.put("annotations", new TreeMap<>(alert.annotations()));
      each.put("startsAt", time(alert.since()));
      each.put("endsAt", alert.until() == 0 ? NEVER : time(alert.until()));
      each.put("generatorURL", "");
      each.put("fingerprint", fingerprint(alert));
      alerts.add(each);
    }
    all.put("alerts", alerts);
    return JsonMapper.shared().writeValueAsString(all);
  }

  /// Stays the same from one process to the next.
  private static String fingerprint(Alert alert) {
    byte[] text = new TreeMap<>(alert.labels()).toString().getBytes(StandardCharsets.UTF_8);
    return "%016x".formatted(UUID.nameUUIDFromBytes(text).getMostSignificantBits());
  }

  private static String status(Alert alert) {
    return alert.status() == Alert.Status.RESOLVED ? "resolved" : "firing";
  }

  private static String time(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000)).toString();
  }

  /// What all of several say alike.
  static Map<String, String> common(List<Map<String, String>> all) {
    var same = new TreeMap<>(all.getFirst());
    all.forEach(each -> same.entrySet().retainAll(each.entrySet()));
    return same;
  }
}
