package dev.imago.serve.fields;

import dev.imago.http.JsonFields;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The fields of a route's requests, by name. A field that would change the answer and is not
/// supported is refused by name, since to pass over it would be to lie; so is one that nobody
/// knows, which is most likely misspelt.
///
/// @param path of the route, or of an object in its requests: `/api/chat options`
public record RouteFields(String path, Map<String, FieldUse> uses) {
  private static final JsonMapper JSON = JsonMapper.shared();

  public RouteFields {
    uses = Collections.unmodifiableMap(new LinkedHashMap<>(uses));
  }

  /// A route without any field.
  public static RouteFields of(String path) {
    return new RouteFields(path, Map.of());
  }

  /// The same fields at another path.
  public RouteFields at(String other) {
    return new RouteFields(other, uses);
  }

  /// With fields that do what they say.
  public RouteFields honoured(String... names) {
    return with(new FieldUse.Honoured(), names);
  }

  /// With fields that change nothing.
  public RouteFields accepted(String... names) {
    return with(new FieldUse.Accepted(), names);
  }

  /// With a field that is refused.
  ///
  /// @param instead what to do; empty where leaving it out is all
  /// @param neutral the values, as JSON, at which it changes nothing
  public RouteFields refused(String name, String instead, String... neutral) {
    List<JsonNode> values = Arrays.stream(neutral).<JsonNode>map(JSON::readTree).toList();
    return with(new FieldUse.Refused(values, instead), name);
  }

  /// With all that another has.
  public RouteFields and(RouteFields other) {
    var all = new LinkedHashMap<>(uses);
    all.putAll(other.uses);
    return new RouteFields(path, all);
  }

  private RouteFields with(FieldUse use, String... names) {
    var all = new LinkedHashMap<>(uses);
    Arrays.stream(names).forEach(name -> all.put(name, use));
    return new RouteFields(path, all);
  }

  /// Refuses what would be passed over.
  ///
  /// @throws dev.imago.http.ApiException naming the field
  public void check(JsonFields fields) {
    for (String name : fields.names()) {
      if (!fields.has(name)) {
        continue;
      }
      switch (uses.get(name)) {
        case FieldUse.Honoured _, FieldUse.Accepted _ -> {}
        case FieldUse.Refused refused ->
            fields.refuseBut(name, refused.neutral(), refused.instead());
        case null -> throw fields.unknown(name, uses.keySet());
      }
    }
  }
}
