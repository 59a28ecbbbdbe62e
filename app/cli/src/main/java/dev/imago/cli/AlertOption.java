package dev.imago.cli;

import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusText;
import dev.imago.core.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option of rules that are looked at while a server or a console is at work.
final class AlertOption {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 8 << 20;

  @Option(
      names = "--alerts",
      paramLabel = "RULES",
      description = {
        "Look at rules each 15 s while this is at work, and tell what fires: a file as of",
        "`imago alerts check`."
      })
  private @Nullable Path file;

  /// The rules, read and checked; empty where none are named.
  Optional<AlertRules> rules() {
    return Optional.ofNullable(file).map(AlertRules::read);
  }

  /// Begins to look.
  ///
  /// @param job what this process is, as Prometheus' label of that name
  static AlertWatch watch(
      Workspace workspace,
      AlertRules rules,
      String job,
      URI address,
      Supplier<List<PrometheusText.Sample>> measured) {
    var watch =
        new AlertWatch(
            workspace,
            rules,
            job + "-" + address.getPort(),
            Map.of("job", job, "instance", address.getHost() + ":" + address.getPort()),
            measured,
            Clock.systemUTC(),
            line -> System.err.println("imago: " + line));
    watch.start();
    return watch;
  }

  /// What servers tell at `/metrics`, each labelled with its address; `up` is 0 of one that does
  /// not answer.
  static List<PrometheusText.Sample> scraped(List<URI> servers) {
    var all = new ArrayList<PrometheusText.Sample>();
    if (servers.isEmpty()) {
      return all;
    }
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      for (URI server : servers) {
        Map<String, String> labels =
            Map.of("job", "serve", "instance", server.getHost() + ":" + server.getPort());
        List<PrometheusText.Sample> samples = scraped(client, server);
        for (PrometheusText.Sample each : samples) {
          var more = new TreeMap<>(each.labels());
          more.putAll(labels);
          all.add(new PrometheusText.Sample(each.metric(), more, each.value()));
        }
        all.add(new PrometheusText.Sample("up", labels, samples.isEmpty() ? 0 : 1));
      }
    }
    return all;
  }

  private static List<PrometheusText.Sample> scraped(HttpClient client, URI server) {
    try {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(server.resolve("/metrics")).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = answer.body()) {
        String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        return answer.statusCode() == 200 ? PrometheusText.parse(text) : List.of();
      }
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
