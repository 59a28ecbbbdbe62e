package dev.imago.cli;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.http.Gate;
import dev.imago.labelling.ItemProposer;
import dev.imago.labelling.ItemTexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A model that is served elsewhere, asked at `POST /classify` (vLLM's form), or where it has tags
/// at `POST /tag`. What stands behind `#` in the address names the model where there are several;
/// the environment's `IMAGO_API_KEY` is shown as the key, over https or on this machine alone.
final class ServedProposer implements ItemProposer {
  private static final int TOGETHER = 32;
  private static final long MOST_BYTES = 64 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final URI address;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  /// Whether it is asked for tags; null until it has answered.
  private @Nullable Boolean tags;

  ServedProposer(URI address) {
    this.address = address;
  }

  /// Its answers alone tell.
  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public List<Optional<Proposal>> propose(List<AnnotatedItem> items) {
    List<Optional<Proposal>> all = new ArrayList<>();
    for (int from = 0; from < items.size(); from += TOGETHER) {
      all.addAll(some(items.subList(from, Math.min(items.size(), from + TOGETHER))));
    }
    return all;
  }

  private List<Optional<Proposal>> some(List<AnnotatedItem> items) {
    JsonNode reply = null;
    if (tags == null) {
      reply = asked("/classify", items, true);
      tags = reply == null;
    }
    boolean spans = Boolean.TRUE.equals(tags);
    if (reply == null) {
      reply = asked(spans ? "/tag" : "/classify", items, false);
    }
    JsonNode data = reply == null ? null : reply.get("data");
    if (data == null || data.size() != items.size()) {
      throw new InputException(
          "%s gave no answer for each of %d texts: %s"
              .formatted(address, items.size(), brief(String.valueOf(reply))));
    }
    List<Optional<Proposal>> all = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      all.add(spans ? spans(data.get(i)) : label(data.get(i)));
    }
    return all;
  }

  private static Optional<Proposal> label(JsonNode answer) {
    double probability = Double.NaN;
    for (JsonNode each : answer.path("probs")) {
      probability =
          Double.isNaN(probability) ? each.asDouble() : Math.max(probability, each.asDouble());
    }
    String label = answer.path("label").asString("");
    return label.isEmpty()
        ? Optional.empty()
        : Optional.of(new Proposal(LabelAnswer.ofLabels(List.of(label)), probability));
  }

  private static Optional<Proposal> spans(JsonNode answer) {
    List<MarkedSpan> spans = new ArrayList<>();
    double least = 1;
    for (JsonNode each : answer.path("entities")) {
      spans.add(
          new MarkedSpan(
              each.path("start").asInt(-1),
              each.path("end").asInt(-1),
              each.path("entity_group").asString("")));
      least = Math.min(least, each.path("score").asDouble(0));
    }
    return spans.isEmpty()
        ? Optional.empty()
        : Optional.of(new Proposal(LabelAnswer.ofSpans(spans), least));
  }

  /// @param trying whether another route is tried where this one is none of this model's
  /// @return null where it is none
  private @Nullable JsonNode asked(String path, List<AnnotatedItem> items, boolean trying) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    if (address.getFragment() != null) {
      body.put("model", address.getFragment());
    }
    var input = body.putArray("input");
    items.forEach(item -> input.add(ItemTexts.read(item)));
    body.put("truncate_prompt_tokens", -1);
    String base = address.toString().replaceFirst("#.*", "").replaceFirst("/+$", "");
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    String key = System.getenv("IMAGO_API_KEY");
    // Nowhere where others could read it on its way.
    boolean covered =
        "https".equalsIgnoreCase(address.getScheme())
            || address.getHost() != null && Gate.isLoopback(address.getHost());
    if (key != null && covered) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      HttpResponse<String> answer =
          client.send(
              request.build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_BYTES));
      if (answer.statusCode() == 200) {
        return JsonMapper.shared().readTree(answer.body());
      }
      if (trying && (answer.statusCode() == 400 || answer.statusCode() == 404)) {
        return null;
      }
      throw new InputException(
          "%s%s answered %d: %s%s"
              .formatted(
                  base,
                  path,
                  answer.statusCode(),
                  brief(answer.body()),
                  key != null && !covered
                      ? "; IMAGO_API_KEY was not sent, since http shows it to others: use https"
                      : ""));
    } catch (JacksonException e) {
      throw new InputException(base + path + " answered with no JSON", e);
    } catch (IOException e) {
      throw new EnvironmentException(
          "%s cannot be reached (%s); start it, or name another --model"
              .formatted(
                  base, e.getMessage() == null ? "nothing listens there" : brief(e.getMessage())),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while " + base + " was asked", e);
    }
  }

  private static String brief(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
