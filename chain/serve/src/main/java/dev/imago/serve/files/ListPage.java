package dev.imago.serve.files;

import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A page of a list in OpenAI's form, by the parameters `limit` and `after` of the query.
public final class ListPage {
  private ListPage() {}

  /// @param usual how many a page has where the query says nothing
  /// @param id of an entry
  /// @param json an entry as it is told
  public static <T> Map<String, @Nullable Object> of(
      Exchange exchange, List<T> all, int usual, Function<T, String> id, Function<T, ?> json) {
    List<T> rest = all;
    Optional<String> after = exchange.queryParameter("after");
    if (after.isPresent()) {
      int place = 0;
      while (place < all.size() && !id.apply(all.get(place)).equals(after.get())) {
        place++;
      }
      rest = all.subList(Math.min(place + 1, all.size()), all.size());
    }
    int limit = limit(exchange.queryParameter("limit").orElse(Integer.toString(usual)));
    List<T> page = rest.subList(0, Math.min(limit, rest.size()));
    var list = new LinkedHashMap<String, @Nullable Object>();
    list.put("object", "list");
    list.put("data", page.stream().map(json).toList());
    list.put("first_id", page.isEmpty() ? "" : id.apply(page.getFirst()));
    list.put("last_id", page.isEmpty() ? "" : id.apply(page.getLast()));
    list.put("has_more", rest.size() > limit);
    return list;
  }

  private static int limit(String given) {
    if (!given.matches("\\d{1,5}")
        || Integer.parseInt(given) < 1
        || Integer.parseInt(given) > 10_000) {
      throw ApiException.invalid(
          "limit",
          "limit = «%s» is not a whole number in 1 … 10,000"
              .formatted(given.length() > 20 ? "…" : given));
    }
    return Integer.parseInt(given);
  }
}
