package dev.imago.constraints;

import java.net.URI;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Where the schemas of some documents lie: by `$id`, `$anchor`, `$dynamicAnchor` and place.
final class SchemaIndex {
  private static final int MOST_DEPTH = 400;

  /// A schema with the resource that it is a part of.
  ///
  /// @param base the resource's address
  record Located(JsonNode schema, String base) {}

  /// Keywords whose value holds no schemas.
  private static final Set<String> PLAIN =
      Set.of("const", "enum", "default", "examples", "required");

  private final Map<String, JsonNode> resources = new HashMap<>();
  private final Map<String, Map<String, JsonNode>> anchors = new HashMap<>();
  private final Map<String, Map<String, JsonNode>> dynamic = new HashMap<>();
  private final IdentityHashMap<JsonNode, String> bases = new IdentityHashMap<>();

  /// @param documents by address; the first is the schema itself
  SchemaIndex(Map<String, JsonNode> documents) {
    documents.forEach(
        (address, root) -> {
          resources.put(address, root);
          enter(root, address, 0);
        });
  }

  private void enter(JsonNode node, String base, int depth) {
    if (depth > MOST_DEPTH) {
      throw new ConstraintException(
          "the schema has more than %d levels inside one another".formatted(MOST_DEPTH));
    }
    if (node.isArray()) {
      node.forEach(item -> enter(item, base, depth + 1));
    }
    if (!node.isObject()) {
      return;
    }
    String own = base;
    JsonNode id = node.get("$id");
    if (id != null && id.isString()) {
      own = resolve(base, id.asString());
      resources.put(own, node);
    }
    bases.put(node, own);
    anchor(node, "$anchor", own, anchors);
    anchor(node, "$dynamicAnchor", own, anchors);
    anchor(node, "$dynamicAnchor", own, dynamic);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!PLAIN.contains(entry.getKey())) {
        enter(entry.getValue(), own, depth + 1);
      }
    }
  }

  private static void anchor(
      JsonNode node, String keyword, String base, Map<String, Map<String, JsonNode>> to) {
    JsonNode name = node.get(keyword);
    if (name != null && name.isString()) {
      to.computeIfAbsent(base, _ -> new LinkedHashMap<>()).putIfAbsent(name.asString(), node);
    }
  }

  /// The address of the resource that a schema is a part of.
  String base(JsonNode schema, String otherwise) {
    return bases.getOrDefault(schema, otherwise);
  }

  /// The dynamic anchors of a resource.
  Map<String, JsonNode> dynamicAnchors(String base) {
    return dynamic.getOrDefault(base, Map.of());
  }

  private static String resolve(String base, String reference) {
    try {
      URI to = URI.create(base).resolve(reference);
      String address = to.toString();
      return address.endsWith("#") ? address.substring(0, address.length() - 1) : address;
    } catch (IllegalArgumentException e) {
      throw new ConstraintException("«%s» in the schema is no address".formatted(reference));
    }
  }

  /// What a reference leads to.
  ///
  /// @throws ConstraintException where nothing is there
  Located find(String base, String reference) {
    int hash = reference.indexOf('#');
    String fragment = hash < 0 ? "" : reference.substring(hash + 1);
    String address =
        hash == 0 ? base : resolve(base, hash < 0 ? reference : reference.substring(0, hash));
    JsonNode root = resources.get(address);
    if (root == null) {
      throw new ConstraintException(
          "$ref «%s» leads out of the schema; put what it means into $defs".formatted(reference));
    }
    JsonNode found = root;
    if (fragment.startsWith("/")) {
      found = at(root, fragment, reference);
    } else if (!fragment.isEmpty()) {
      JsonNode anchored = anchors.getOrDefault(address, Map.of()).get(fragment);
      if (anchored == null) {
        throw missing(reference);
      }
      found = anchored;
    }
    return new Located(found, base(found, address));
  }

  private static JsonNode at(JsonNode root, String pointer, String reference) {
    JsonNode at = root;
    for (String part : List.of(pointer.substring(1).split("/", -1))) {
      String key = decoded(part, reference).replace("~1", "/").replace("~0", "~");
      JsonNode next =
          at.isArray() && key.matches("\\d{1,9}") ? at.get(Integer.parseInt(key)) : at.get(key);
      if (next == null) {
        throw missing(reference);
      }
      at = next;
    }
    return at;
  }

  private static String decoded(String part, String reference) {
    try {
      return java.net.URLDecoder.decode(
          part.replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw missing(reference);
    }
  }

  private static ConstraintException missing(String reference) {
    return new ConstraintException("$ref «%s» leads to nothing in the schema".formatted(reference));
  }

  /// The name that a reference's fragment is, where it is an anchor's.
  static @Nullable String anchorName(String reference) {
    int hash = reference.indexOf('#');
    String fragment = hash < 0 ? "" : reference.substring(hash + 1);
    return fragment.isEmpty() || fragment.startsWith("/") ? null : fragment;
  }
}
