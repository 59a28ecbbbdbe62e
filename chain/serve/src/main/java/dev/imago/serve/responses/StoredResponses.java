package dev.imago.serve.responses;

import dev.imago.serve.completions.KeptOutlet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The latest responses, by id: what can be fetched, followed and cancelled. Each is its tenant's
/// alone. Thread-safe; bounded in number and in characters of JSON together. Kept in memory: with
/// the server they go.
final class StoredResponses {
  /// One of them.
  ///
  /// @param context the items that the model was shown
  /// @param response as it is now
  /// @param output its items
  /// @param outlet where it goes while it is made in the background; null for others
  record Stored(
      String tenant,
      List<ObjectNode> context,
      ObjectNode response,
      List<ObjectNode> output,
      @Nullable KeptOutlet outlet) {
    Stored {
      context = List.copyOf(context);
      output = List.copyOf(output);
    }

    /// All that one which follows it is shown.
    List<ObjectNode> items() {
      var items = new ArrayList<>(context);
      items.addAll(output);
      return items;
    }

    private long characters() {
      return response.toString().length()
          + context.stream().mapToLong(item -> item.toString().length()).sum();
    }
  }

  private final int most;
  private final long mostCharacters;
  private final LinkedHashMap<String, Stored> byId = new LinkedHashMap<>();
  private final Map<String, Long> weights = new LinkedHashMap<>();
  private long characters;

  /// @param most responses that are kept
  /// @param mostCharacters of all of them; the latest is kept whatever it weighs
  StoredResponses(int most, long mostCharacters) {
    this.most = most;
    this.mostCharacters = mostCharacters;
  }

  /// Keeps a response, or what it has become; forgets the oldest where there are too many.
  synchronized void put(String id, Stored stored) {
    long weight = stored.characters();
    Long before = weights.put(id, weight);
    characters += weight - (before == null ? 0 : before);
    byId.put(id, stored);
    while (byId.size() > 1 && (byId.size() > most || characters > mostCharacters)) {
      remove(byId.firstEntry().getKey());
    }
  }

  /// Changes one that is kept still; one that was deleted meanwhile stays so.
  synchronized void change(String id, ObjectNode response, List<ObjectNode> output) {
    Stored before = byId.get(id);
    if (before != null) {
      put(id, new Stored(before.tenant, before.context, response, output, before.outlet));
    }
  }

  synchronized Optional<Stored> find(String id, String tenant) {
    return Optional.ofNullable(byId.get(id)).filter(stored -> stored.tenant.equals(tenant));
  }

  synchronized void remove(String id) {
    byId.remove(id);
    Long weight = weights.remove(id);
    characters -= weight == null ? 0 : weight;
  }

  int most() {
    return most;
  }
}
