package dev.imago.cli;

import dev.imago.alerts.AlertRules;
import dev.imago.alerts.PrometheusText;
import dev.imago.core.Workspace;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
            Map.of("job", job, "instance", instance(address)),
            measured,
            Clock.systemUTC(),
            line -> System.err.println("imago: " + line));
    watch.start();
    return watch;
  }

  /// What servers tell at `/metrics`, each labelled with its address; `up` is 0 of one that does
  /// not answer. All are asked at once, and none is waited for longer than a few seconds.
  static List<PrometheusText.Sample> scraped(List<URI> servers) {
    var all = new ArrayList<PrometheusText.Sample>();
    if (servers.isEmpty()) {
      return all;
    }
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      List<CompletableFuture<List<PrometheusText.Sample>>> asked =
          servers.stream().map(server -> scraped(client, server)).toList();
      for (int i = 0; i < asked.size(); i++) {
        List<PrometheusText.Sample> samples = asked.get(i).join();
        Map<String, String> labels = Map.of("job", "serve", "instance", instance(servers.get(i)));
        for (PrometheusText.Sample each : samples) {
          var more = new TreeMap<>(each.labels());
          more.putAll(labels);
          all.add(new PrometheusText.Sample(each.metric(), more, each.value()));
        }
        all.add(new PrometheusText.Sample("up", labels, samples.isEmpty() ? 0 : 1));
      }
    } finally {
      client.shutdownNow(); // `close` would wait for an answer that does not end
    }
    return all;
  }

  /// Prometheus' label of that name.
  private static String instance(URI server) {
    int port =
        server.getPort() >= 0 ? server.getPort() : server.getScheme().equals("https") ? 443 : 80;
    return server.getHost() + ":" + port;
  }

  /// Nothing of a server that does not answer in time.
  private static CompletableFuture<List<PrometheusText.Sample>> scraped(
      HttpClient client, URI server) {
    return client
        .sendAsync(
            HttpRequest.newBuilder(server.resolve("/metrics")).build(),
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_BYTES))
        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .handle(
            (answer, failure) ->
                failure == null && answer.statusCode() == 200
                    ? PrometheusText.parse(answer.body())
                    : List.of());
  }
}
